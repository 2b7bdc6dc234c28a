"""The persons of the citizen's tests: one with a plan, one waiting, one who withdrew, one without, and a guardian."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from cases import person_access
from cases.models import Person
from consent import services as consent
from meetings import services as meetings
from organisations.models import Authority, User
from plans import approval
from plans import services as plans
from tests import build
from tests.cast import Cast
from tests.database import PASSWORD

ELSA, INGEBORG, RONJA, TINDRA = "194307199069", "194112249166", "199911012384", "199903212380"
CHILD, VERA = "202309052393", "198505122393"


def signed_in(username: str) -> Client:
    client = Client()
    assert client.post("/logga-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def today():
    return timezone.localdate()


class Story:
    """Cases walked through the services; every step committed, as the web does."""

    def __init__(self):
        self.cast = Cast()
        self.planned = self.with_plan(self.agreed(ELSA, "Elsa"))
        self.waiting = self.called(self.agreed(INGEBORG, "Ingeborg"))
        self.ended = self.withdrawn(self.agreed(RONJA, "Ronja"))
        self.child = self.agreed_by_guardian(CHILD, "Bo")
        for username, case in (
            ("elsa.medborgare", self.planned),
            ("ingeborg.medborgare", self.waiting),
            ("ronja.medborgare", self.ended),
        ):
            self.grant(username, case)
        user = User.objects.using("admin").get(username="vera.medborgare")
        person_access.link("admin", user, VERA)

    def grant(self, username, case, **kwargs):
        user = User.objects.using("admin").get(username=username)
        person_access.grant("admin", user, Person.objects.using("admin").get(pk=case.person_id), **kwargs)

    def agreed(self, number, name, **details):
        """Started by the kommun, with a yes that covers the health centre."""
        case = build.case(self.cast, number=number, given_name=name)
        by = self.cast.owner
        answers = {"share_answer": "yes", "planning_answer": "yes"}
        with self.cast.acting("owner"):
            consent.record(
                case=case, form="spoken", informed_how="Vi pratade hemma.", given_on=today(), by=by,
                units=[self.cast.unit("owner")], new_units=[self.cast.unit("party")],
                excluded_note="Ekonomi", **answers, **details,
            )  # fmt: skip
        return case

    def agreed_by_guardian(self, number, name):
        """A child's case; the guardian's login is known by the number that staff have written in."""
        case = build.case(self.cast, number=number, given_name=name)
        build.party(self.cast, case)
        vera = build.representative(self.cast, case, "Vera Sagodal", number=VERA)
        build.guardians_say(self.cast, case, build.answer_of(vera), units=("party",), excluded_note="Ekonomi")
        return self.fresh(case)

    def called(self, case, *, days_ahead=10):
        """A meeting that the health centre has said yes to."""
        meeting = build.call(self.cast, case, days_ahead=days_ahead, place="Hemma hos dig")
        with self.cast.acting("party"):
            case = type(case).objects.with_names().get(pk=case.pk)
            invitation = meeting.invitations.select_related("meeting", "unit").get(unit=self.cast.unit("party"))
            meetings.answer(
                case=case, invitation=invitation, answer="coming", attendee_name="Hanna Provsten",
                attendee_title="distriktssköterska", name_to_person=True, by=self.cast.party,
            )  # fmt: skip
        return case

    def with_plan(self, case, *, goals=1):
        """The meeting is held today and the plan approved at it."""
        by, staff, unit = self.cast.owner, self.cast.staff("owner"), self.cast.unit("owner")
        case = build.held(self.cast, self.called(case, days_ahead=0))
        with self.cast.acting("owner"):
            case = type(case).objects.with_names().get(pk=case.pk)
            plan = plans.start_draft(case=case, by=by)
            for _ in range(goals):
                self.add_goal(plan, unit, by)
            plan = plans.draft_of(case)
            plan = plans.save_block(
                plan=plan, revision=plan.revision, by=by,
                values={
                    "what_matters": "Att få bo kvar hemma.", "long_term_goal": "Du bor kvar hemma.",
                    "others_nobody": True, "crisis_signs": "Du blir yr.", "crisis_self": "Sätt dig ner.",
                    "crisis_call": "Ring Hemsjukvården, 08-465 004 14, dygnet runt. Är det bråttom ringer du 112.",
                    "lead_staff_id": staff.pk, "lead_unit_id": unit.pk,
                    "lead_authority_id": Authority.objects.get(pk=unit.acts_for_id).pk,
                    "follow_up_on": today() + timedelta(days=60), "follow_up_caller": "Amira", "copies_to": "Du",
                    "situation": "Du bor ensam.", "why": "Flera hjälper dig.",
                },
            )  # fmt: skip
            approval.approve(plan=plan, agreed_how="Elsa sa ja", revision=plan.revision, by=by)
        return self.fresh(case)

    def add_goal(self, plan, unit, by):
        goal = plans.add_goal(plan=plan, text="Du rör dig hemma utan att ramla.", by=by)
        plans.add_measure(
            goal=goal, text="Vi tränar balans hemma hos dig.", doer="unit", unit_id=unit.pk, by=by,
            doer_name="Nadia Provén, fysioterapeut", frequency="Tisdagar", starts_on=today(), ongoing=True,
        )  # fmt: skip
        plans.add_measure(goal=goal, text="Du gör dina övningar.", doer="self", by=by, frequency="Varje dag")

    def withdrawn(self, case):
        with self.cast.acting("owner"):
            consent.withdraw(case=type(case).objects.with_names().get(pk=case.pk), form="spoken", by=self.cast.owner)
        return self.fresh(case)

    def fresh(self, case):
        return type(case).objects.using("admin").with_names().get(pk=case.pk)
