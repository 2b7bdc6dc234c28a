"""What is new since the plan before, in plain words to the person (PLA-5)."""

from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _

from organisations import swedish
from plans import documents, matching
from plans.models import BlockKey, Goal, Measure, MeasureReport, MeasureStatus
from plans.versions import carried_in

# Asked anew for each version, or shown in a place of its own.
NOT_NEWS = {BlockKey.PERSON_OPINION, BlockKey.DISAGREEMENT}


# As many as somebody reads at once; the rest is there to be opened.
AT_ONCE = 5


@dataclass(frozen=True)
class News:
    """One thing: what has happened to it, in a word and a sign, and what it says now."""

    word: str
    kind: str
    icon: str
    text: str


def new(text):
    return News(_("Nytt"), "success", "plus", text)


def changed(text):
    return News(_("Ändrat"), "warn", "pencil", text)


def gone(text):
    return News(_("Inte med längre"), "", "minus", text)


def since(before, plan) -> list[News]:
    """The differences that the person would ask about: goals, who does what, whom to ring, when to meet, the texts."""
    return [*goals(before, plan), *responsible(before, plan), *texts(before, plan)]


def goals_of(plan):
    """Goals with their measures and how far each has come; two queries."""
    latest = MeasureReport.objects.filter(measure=OuterRef("pk")).order_by("-reported_at", "-pk").values("status")[:1]
    measures = Measure.objects.select_related("unit", "authority").annotate(status=Subquery(latest))
    rows = Goal.objects.filter(plan=plan).order_by("position")
    return list(rows.prefetch_related(Prefetch("measures", measures.order_by("position", "pk"))))


def goals(before, plan):
    origin = carried_in(plan.case_id)
    older, newer = goals_of(before), goals_of(plan)
    for old, now in matching.goal_pairs(older, newer, lambda goal: goal.measures.all(), origin):
        if old is None:
            yield new(_("Ett mål: %(goal)s") % {"goal": now.text})
        elif now is None:
            yield gone(_("Målet: %(goal)s") % {"goal": old.text})
        elif (old.text, old.how_noticed) != (now.text, now.how_noticed):
            said = {"goal": " ".join(filter(None, (now.text, now.how_noticed)))}
            yield changed(_("Ett mål. Nu står det: %(goal)s") % said)
        # A new goal stands in the plan with its measures, and with a goal that is gone all of it is.
        if old and now:
            yield from measures(old.measures.all(), now.measures.all(), origin)


def measures(older, newer, origin):
    for old, now in matching.measure_pairs(older, newer, origin):
        if old is None:
            yield new(told(now))
        elif now is None and old.status == MeasureStatus.DONE:
            yield News(_("Klart"), "success", "check", old.text)
        elif now is None:
            yield gone(old.text)
        elif told(old) != told(now):
            yield changed(_("Nu gäller: %(measure)s") % {"measure": told(now)})


def told(measure) -> str:
    """What, who and when in one sentence each."""
    said = documents.measure_text(measure)
    who = said["who"] or said["who_label"]
    parts = (said["text"].strip(" ."), who.strip(" ."), said["when"].strip(" ."), said["where"].strip(" ."))
    return ". ".join(filter(None, parts)) + "."


def responsible(before, plan):
    if plan.lead_staff_id != before.lead_staff_id and plan.lead_staff_id:
        yield changed(_("%(name)s är huvudansvarig. Du kan ringa dit.") % {"name": plan.lead_staff.name})
    if plan.follow_up_on and plan.follow_up_on != before.follow_up_on:
        day = {"day": swedish.long_date(plan.follow_up_on)}
        yield changed(_("Nästa uppföljning är %(day)s.") % day)


def texts(before, plan):
    for key in BlockKey:
        if key in NOT_NEWS:
            continue
        old, now = before.words.get(key, ""), plan.words.get(key, "")
        said = {"part": key.label.rstrip("?"), "text": now}
        if now and not old:
            yield new(_("%(part)s: %(text)s") % said)
        elif old and not now:
            yield gone(_("Texten ”%(part)s”") % said)
        elif old != now:
            yield changed(_("%(part)s. Nu står det: %(text)s") % said)
