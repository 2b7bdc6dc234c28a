"""Which papers can be filled in now, for whom, and why not yet; which form each is drawn as."""

from cases.access import steers
from cases.enums import CloseReason
from cases.topics import sees_all
from meetings.models import Invitation
from organisations import swedish
from organisations.errors import RuleBroken
from papers import contexts, follow_up, pack
from papers.models import Kind
from plans import followups
from plans.models import Plan, PlanState

BUILD = {
    Kind.LEAFLET: contexts.leaflet,
    Kind.CONSENT: contexts.consent,
    Kind.CALL: contexts.call,
    Kind.INVITATION: contexts.invitation,
    Kind.CIRCLE: contexts.meeting_circle,
    Kind.PACK: pack.pack,
    Kind.FOLLOW_UP: follow_up.follow_up,
    Kind.CLOSURE: contexts.closure,
}
# The person's own copies.
OWN = (Kind.CONSENT, Kind.INVITATION, Kind.CLOSURE)
# Letters and forms that go out in the name of the unit that answers for the case.
STEERING = {Kind.CONSENT, Kind.CALL, Kind.INVITATION, Kind.CLOSURE}
ENDED = "Ärendet är avslutat."
NOT_STEERING = "Bara den ansvariga enheten eller huvudansvarigs enhet skriver ut det ifyllt."
NOT_WHOLE = "Personen har valt att en del inte delas med er, så ni kan inte fylla i den här. Använd den tomma."
NO_CALL = "Det finns inget möte som ni har kallat till."
NO_DUTY = "Ingen av dem som är kallade är skyldig att komma."
NO_PLAN = "Det finns ingen godkänd plan att följa upp."
NOT_WRITTEN = "Planen är inte påbörjad."
NOT_ENDED = "SIP:en är inte avslutad."
NO_NOTICE = "Inget besked skickas när SIP:en slutar av det här skälet."
LATEST = 5


class Facts:
    """What the rules ask of a case, fetched once: a fixed number of queries however much there is."""

    def __init__(self, case, by):
        self.case, self.by = case, by
        # The person sees its own, whole.
        self.steers = not by.is_staff or steers(case, by)
        self.whole = not by.is_staff or sees_all(case.pk, by)
        self.meeting = contexts.called_meeting(case) if case.is_open else None
        self.invitations = list(contexts.invited_to(self.meeting)) if self.meeting else []
        self.plans = set(Plan.objects.filter(case=case).values_list("state", flat=True))
        self.follow_ups = list(followups.history(case)[:LATEST])

    def why_not(self, kind: str) -> str:
        """Why the paper cannot be filled in now, or an empty string."""
        if kind == Kind.CLOSURE and self.case.is_open:
            return NOT_ENDED
        if kind in STEERING and not self.steers:
            return NOT_STEERING
        if kind == Kind.CLOSURE:
            # After a no there was never a plan to end.
            silent = self.case.close_reason in ("", CloseReason.DIED, CloseReason.MISTAKE)
            return NO_NOTICE if silent else ""
        if kind == Kind.PLAN:
            return "" if self.plans else NOT_WRITTEN
        if kind == Kind.FOLLOW_UP and self.follow_ups:
            return ""
        if kind != Kind.LEAFLET and not self.case.is_open:
            return ENDED
        if kind == Kind.CONSENT and not self.whole:
            return NOT_WHOLE
        if kind == Kind.FOLLOW_UP:
            return "" if PlanState.APPROVED in self.plans else NO_PLAN
        if kind in (Kind.CALL, Kind.INVITATION) and self.meeting is None:
            return NO_CALL
        return NO_DUTY if kind == Kind.CALL and not self.choices(kind) else ""

    def choices(self, kind: str) -> list[tuple[int, str]]:
        """For whom or about what it can be filled in, as the number and the word; one choice needs no asking."""
        if kind == Kind.CALL:
            return [self.receiver(row) for row in self.invitations if row.has_duty]
        if kind == Kind.INVITATION:
            return [(0, "Personen själv"), *(self.receiver(row) for row in self.invitations if not row.has_duty)]
        if kind == Kind.FOLLOW_UP:
            coming = (
                [(0, "Blankett för nästa uppföljning")]
                if self.case.is_open and PlanState.APPROVED in self.plans
                else []
            )
            return coming + [(row.pk, f"Det som skrevs {swedish.short_date(row.held_on)}") for row in self.follow_ups]
        return [(0, "")]

    def receiver(self, row: Invitation) -> tuple[int, str]:
        return row.pk, contexts.name_of(self.case, row)


def must_be(facts: Facts, kind: str, about: int) -> None:
    """Refuse what cannot be made. Raises RuleBroken with the sentence to show."""
    refused = facts.why_not(kind)
    if refused:
        raise RuleBroken(refused)
    if about not in dict(facts.choices(kind)):
        raise RuleBroken(contexts.GONE)


def document_of(kind: str, about: int) -> str:
    """The name of the form in the drawing process."""
    if kind == Kind.INVITATION:
        return "papers/call" if about else "invitation"
    return {Kind.PLAN: "papers/plan_form"}.get(kind, f"papers/{kind}")
