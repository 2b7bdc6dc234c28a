"""Cases made by walking the services, so that no test starts from an impossible state."""

from datetime import date, timedelta
from itertools import cycle

from django.utils import timezone

from cases import services as cases
from cases.models import Case
from cases.topics import mask_of
from consent import coverage, givers, grounds, representatives
from consent import services as consents
from consent.handing_over import send_version
from meetings import services as meetings
from plans import approval, followups, own_parts
from plans import services as plans

# Official test numbers of adults, taken in turn.
NUMBERS = cycle(["198501012382", "199002222397", "194201077098", "196109732393"])


def today() -> date:
    return timezone.localdate()


def case(cast, *, who="owner", number="198501012382", days_ago=5, **values):
    """A case that `who` has started; state initiated."""
    by = cast.actor(who)
    defaults = {
        "id_kind": "personnummer",
        "given_name": "Astrid",
        "family_name": "Testholm",
        "reasons": ["coordination"],
        "need_found_on": today() - timedelta(days=days_ago),
    }
    with cast.acting(who):
        return cases.start(number=number, by=by, **(defaults | values))


def party(cast, case, *, who="party", by="owner"):
    """The unit of `who` takes part; it sees nothing until the consent covers it."""
    with cast.acting(by):
        return cases.add_party(case=Case.objects.with_names().get(pk=case.pk), unit=cast.unit(who), by=cast.actor(by))


def consent(cast, case, *, who="owner", units=("party",), share_answer="yes", planning_answer="yes", **values):
    """An answer recorded by `who`, covering the units of those named; returns the consent."""
    answer = {"form": "written", "given_on": today(), "units": [cast.unit(name) for name in units]} | values
    with cast.acting(who):
        return consents.record(
            case=Case.objects.with_names().get(pk=case.pk),
            by=cast.actor(who),
            share_answer=share_answer,
            planning_answer=planning_answer,
            **answer,
        )


CHILD = {"child_view": "Jag vill ha hjälp i skolan.", "child_mature": False, "maturity_note": "Amira, vid hembesöket."}


def representative(cast, case, name, *, who="owner", ground="guardian", **values):
    """One who may speak for the person, with evidence seen today."""
    long_ago = today() - timedelta(days=900)
    details = {"evidence": "Utdrag ur folkbokföringen", "evidence_on": today(), "from_on": long_ago}
    with cast.acting(who):
        return representatives.add(
            case=Case.objects.with_names().get(pk=case.pk),
            details=representatives.Details(ground=ground, name=name, **(details | values)),
            by=cast.actor(who),
        )


def answer_of(row, share_answer="yes", planning_answer="yes"):
    """What a guardian says."""
    return givers.Giver(row.name, share_answer, planning_answer, representative=row.pk)


def guardians_say(cast, case, *answers, **values):
    """What guardians have said, written in at one time, for a child who is not mature; returns the consent."""
    told = CHILD | {"units": (), "share_answer": "", "planning_answer": ""} | values
    return consent(cast, case, guardians=list(answers), **told)


def lapsed(cast, case, *, units=("party",)):
    """The present consent ran out yesterday, as it will look when the days have passed."""
    return answered(cast, case, units=units, valid_to=today() - timedelta(days=1))


def answered(cast, case, *, units=(), valid_to=None):
    """Both yes in the place of the present answer, whatever its dates, and nothing else happens."""
    with cast.acting("owner"):
        return consents.replace(
            case=Case.objects.with_names().get(pk=case.pk),
            before=coverage.current(case),
            seen=consents.LATEST,
            answer=consents.Given(form="written", given_on=today() - timedelta(days=30), valid_to=valid_to),
            share="yes",
            planning="yes",
            units=[cast.unit(name) for name in units],
            trees=[],
            who=[givers.Giver(case.full_name, "yes", "yes", "person")],
        )


def reread(cast, case, *, who="owner"):
    """The case as `who` sees it now, with the texts that it may read."""
    with cast.acting(who):
        found = Case.objects.with_names().get(pk=case.pk)
        assert found.rows is not None
        return found


def consented(cast, *, parties=("party",), **values):
    """A case with parties and both answers yes; state consented."""
    found = case(cast, **values)
    for who in parties:
        party(cast, found, who=who)
    consent(cast, found, units=parties)
    return reread(cast, found)


def met(cast, case=None, *, who="owner", parties=("party",)):
    """A case whose meeting has been held, everybody there; state met, or following_up when a plan is in force."""
    return held(cast, called(cast, case or consented(cast, parties=parties), units=parties, who=who), who=who)


def written(cast, plan, *, who="owner", party="party", lead=None, follow_up_in=60):
    """Fill a draft with all that the law demands: a measure of each huvudman, huvudansvarig, a follow-up date."""
    by = cast.actor(who)
    staff, unit = cast.staff(lead or who), cast.unit(lead or who)
    values = {
        "what_matters": "Att få bo kvar hemma.",
        "long_term_goal": "Du bor kvar hemma och känner dig trygg.",
        "others_nobody": True,
        "person_opinion": "Det känns bra.",
        "crisis_signs": "Du blir yr.",
        "crisis_call": "Hemsjukvården, 08-465 004 31",
        "lead_staff_id": staff.pk,
        "lead_unit_id": unit.pk,
        "lead_authority_id": unit.acts_for_id,
        "follow_up_on": today() + timedelta(days=follow_up_in),
        "follow_up_place": "Hemma hos dig",
        "copies_to": "Din dotter",
    }
    with cast.acting(who):
        plan = plans.save_block(plan=plan, values=values, revision=plan.revision, by=by)
        goal = plans.add_goal(plan=plan, text="Du rör dig hemma utan att ramla.", how_noticed="Du ramlar inte.", by=by)
        plans.add_measure(
            goal=goal, text="Vi tränar balans hemma hos dig.", doer="unit", unit_id=cast.unit(who).pk, by=by,
            frequency="Tisdagar", starts_on=today(), ends_on=today() + timedelta(days=50),
        )  # fmt: skip
        plans.add_measure(
            goal=goal, text="Vi går igenom dina läkemedel.", doer="unit", unit_id=cast.unit(party).pk, by=by,
            ongoing=True,
        )  # fmt: skip
        plans.add_measure(goal=goal, text="Du gör tre övningar.", doer="self", frequency="Varje dag", by=by)
    confirmed(cast, plan, who=party)
    with cast.acting(who):
        return plans.draft_of(plan.case)


def changed(cast, draft, *, who="owner"):
    """A change in a draft, so that there is something to take back."""
    with cast.acting(who):
        said = {"values": {"why": "Flera hjälper dig."}, "revision": draft.revision}
        return plans.save_block(plan=draft, **said, by=cast.actor(who))


def proposed(cast, case, *, who="owner", to="party"):
    """What one unit writes in the draft for another to do, and to confirm; returns the measure."""
    with cast.acting(who):
        goal = plans.draft_of(Case.objects.get(pk=case.pk)).goals.first()
        told = {"text": "Ni ringer varje vecka.", "doer": "unit", "unit_id": cast.unit(to).pk}
        return plans.add_measure(goal=goal, by=cast.actor(who), **told)


def confirmed(cast, plan, *, who="party"):
    """The unit of `who` says yes to everything that others have proposed that it does."""
    with cast.acting(who):
        for measure in own_parts.waiting_for(cast.unit(who).pk, plan).select_related("goal__plan"):
            own_parts.confirm(measure=measure, revision=measure.revision, by=cast.actor(who))


def drafted(cast, case=None, *, who="owner", whole=True, **values):
    """A case whose plan is being written; returns the draft, with all that approval demands unless `whole` is false."""
    found = case or met(cast)
    with cast.acting(who):
        plan = plans.start_draft(case=Case.objects.with_names().get(pk=found.pk), by=cast.actor(who))
    return written(cast, plan, who=who, **values) if whole else plan


def planned(cast, case=None, *, who="owner", lead=None, **values):
    """A case with an approved plan; returns the plan. State planned."""
    draft = drafted(cast, case, who=who, lead=lead, **values)
    with cast.acting(who):
        return approval.approve(
            plan=draft, agreed_how="Du sa ja på mötet.", revision=draft.revision, by=cast.actor(who)
        )


def followed_up(cast, plan=None, *, who="owner", outcome="continue", **values):
    """A case whose plan has been followed up without a meeting; returns the follow-up. State following_up."""
    plan = plan or planned(cast)
    told = {"held_on": today(), "how_it_went": "Det går bra.", "next_on": today() + timedelta(days=30)} | values
    with cast.acting(who):
        case = Case.objects.with_names().get(pk=plan.case_id)
        return followups.follow_up(case=case, outcome=outcome, by=cast.actor(who), **told)


def called(cast, found=None, *, units=("party",), days_ahead=0, **values):
    """A consented case with a meeting called to; today unless `days_ahead`, so that it can be held. State called."""
    found = found or consented(cast, parties=units)
    call(cast, found, units=units, days_ahead=days_ahead, **values)
    return reread(cast, found)


def call(cast, found, *, who="owner", units=("party",), days_ahead=0, **values):
    """The kallelse of `who`; returns the meeting."""
    begins = timezone.now() + timedelta(days=days_ahead, minutes=1)
    details = {
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=1),
        "form": "physical",
        "place": "Provgatan 4 B",
        "agenda": "Vad är viktigt för dig?",
        "chair": cast.staff(who),
        "writer": cast.staff(who),
        "units": [cast.unit(name) for name in units],
    }
    with cast.acting(who):
        return meetings.call(case=Case.objects.with_names().get(pk=found.pk), by=cast.actor(who), **(details | values))


def held(cast, found=None, *, who="owner", **values):
    """A case whose meeting took place with everybody there; state met (or following_up)."""
    found = found or called(cast)
    with cast.acting(who):
        case_now = Case.objects.with_names().get(pk=found.pk)
        meeting = case_now.meetings.get(state="called")
        came = [invitation.pk for invitation in meeting.invitations.all()]
        meetings.hold(
            case=case_now, meeting=meeting, by=cast.actor(who), **({"came": came, "person_came": True} | values)
        )
    return reread(cast, found, who=who)


def ground(cast, case, *, who="party", by="owner", topics=("health",), days=30, **values):
    """A ground in law by which the unit of `who` may see these topics."""
    with cast.acting(by):
        told = {"statute": "substance_use", "facts": "Vård och stöd.", "reason": "Det behövs för stödet."} | values
        return grounds.record(
            case=Case.objects.with_names().get(pk=case.pk), unit=cast.unit(who), topics=mask_of(topics),
            valid_to=today() + timedelta(days=days), by=cast.actor(by), **told,
        )  # fmt: skip


def send_copy(cast, case, *, who="party", by="owner"):
    """A frozen copy of the case as it stands, for the unit of `who`."""
    with cast.acting(by):
        found = Case.objects.with_names().get(pk=case.pk)
        send_version(case=found, unit=cast.unit(who), kind="follow_up", what="Prov", by=cast.actor(by))
