"""The one line of a pre-meeting that may come along into the plan (KAL-8)."""

from cases.topics import must_see_all
from plans import services
from plans.models import BlockKey, Plan
from preparation import premeetings
from preparation.models import PreMeeting


def carry(*, premeeting: PreMeeting, plan: Plan, by) -> None:
    """Put the outcome last in what the draft says of the present situation, about both texts' topics.

    Raises RuleBroken when there is no outcome, when it was taken along before, or once the draft is approved.
    """
    must_see_all(plan.case_id, by=by)
    text, about = premeetings.outcome(premeeting)
    draft = services.locked_draft(plan)
    row = services.block_rows(draft, {BlockKey.SITUATION.value: ""})[BlockKey.SITUATION]
    premeetings.carried(premeeting=premeeting, to="plan", by=by)
    topics = row.topics | about if row.text else about
    services.save_text(draft, row, "\n".join(filter(None, [row.text, text])), topics, by=by)
    services.saved(draft, what=BlockKey.SITUATION, by=by)
