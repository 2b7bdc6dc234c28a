"""A correction version: visible, without a meeting, the earlier one stays, the holders of copies are told (PLA-9)."""

import pytest

from audit.models import AuditEvent
from cases.models import Case, CaseEvent
from consent.models import ReceivedVersion
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from plans import approval, corrections, documents, services, versions
from plans.models import Plan
from tests import build

WHY = "Telefonnumret i krisdelen gick till fel vårdcentral."


@pytest.fixture
def planned(cast):
    plan = build.planned(cast)
    with cast.acting("owner"):
        plan = services.in_force(Case.objects.get(pk=plan.case_id))
        documents.hand_out(plan=plan, recipient="Din dotter", how="letter", given_on=build.today(), by=cast.owner)
    return plan.case


def started(cast, case, **values):
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        corrections.start(case=again, by=cast.owner, **({"kind": "wrong", "reason": WHY} | values))
        draft = services.draft_of(again)
        draft.case = again
        return draft


def corrected(cast, case, text="Provtallens vårdcentral, 08-465 004 10"):
    draft = started(cast, case)
    with cast.acting("owner"):
        services.save_block(plan=draft, values={"crisis_call": text}, revision=draft.revision, by=cast.owner)
        draft = services.draft_of(case)
        draft.case = Case.objects.with_names().get(pk=case.pk)
        return corrections.approve(plan=draft, revision=draft.revision, by=cast.owner)


def test_a_correction_needs_no_meeting_and_leaves_the_earlier_version(cast, planned):
    state = build.reread(cast, planned).state
    plan = corrected(cast, planned)
    with cast.acting("owner"):
        again = Case.objects.get(pk=planned.pk)
        old, new = versions.one(again, 1), versions.one(again, 2)
        assert again.state == state
        assert (old.state, new.state) == ("superseded", "approved")
        assert old.words["crisis_call"] != new.words["crisis_call"] == "Provtallens vårdcentral, 08-465 004 10"
        # Everything else is as it was, also what the person said and the day that was agreed.
        assert old.words | {"crisis_call": ""} == new.words | {"crisis_call": ""}
        assert [m.text for g in old.goals.all() for m in g.measures.all()] == [
            m.text for g in new.goals.all() for m in g.measures.all()
        ]
        assert (new.follow_up_on, new.lead_staff_id) == (old.follow_up_on, old.lead_staff_id)
        assert versions.heading(new).endswith("Rättelse av version 1")
        assert plan.pk == new.pk


def test_it_says_who_when_and_why_and_who_is_to_be_told(cast, planned, browse):
    corrected(cast, planned)
    client = browse("amira.falun")
    text = client.get(f"/arenden/{planned.pk}/plan/").content.decode()
    assert "Rättelse av version 1. En uppgift var fel." in text
    assert WHY in text and cast.staff("owner").name in text
    assert "Personen, Din dotter" in text
    answer = {"recipient": "Din dotter", "how": "letter", "given_on": build.today().isoformat()}
    client.post(f"/arenden/{planned.pk}/plan/versioner/2/lamna-ut/", answer)
    with cast.acting("owner"):
        assert corrections.to_be_told(Plan.objects.get(case=planned, version=2)) == ["Personen"]
    assert client.get(f"/arenden/{planned.pk}/plan/versioner/1/").status_code == 200


def test_the_parties_get_the_corrected_plan_and_are_told(cast, planned):
    corrected(cast, planned)
    with cast.acting("party"):
        received = ReceivedVersion.objects.filter(kind="corrected").get()
        assert "rättelse av version 1" in str(received.content)
        assert InboxItem.objects.filter(kind="corrected").count() == 1
    with cast.acting("owner"):
        assert CaseEvent.objects.filter(kind="plan_corrected").count() == 1
        assert AuditEvent.objects.filter(event="plans.corrected", action="Signera").count() == 1


def test_the_reason_is_mandatory_and_one_draft_at_a_time(cast, planned):
    with pytest.raises(RuleBroken):
        started(cast, planned, reason="  ")
    started(cast, planned)
    with pytest.raises(RuleBroken):
        started(cast, planned)


def test_a_correction_is_not_approved_as_a_new_agreement(cast, planned):
    draft = started(cast, planned)
    with cast.acting("owner"), pytest.raises(RuleBroken, match="rättelse"):
        approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)


def test_it_does_not_change_who_leads(cast, planned):
    draft = started(cast, planned)
    with cast.acting("owner"):
        values = {"lead_staff_id": cast.staff("party").pk, "lead_unit_id": cast.unit("party").pk}
        services.save_block(plan=draft, values=values, revision=draft.revision, by=cast.owner)
        draft = services.draft_of(planned)
        draft.case = Case.objects.with_names().get(pk=planned.pk)
        with pytest.raises(RuleBroken, match="huvudansvarig"):
            corrections.approve(plan=draft, revision=draft.revision, by=cast.owner)


def test_through_the_pages(cast, planned, browse):
    client = browse("amira.falun")
    page = client.post(f"/arenden/{planned.pk}/plan/ratta/", {"kind": "wrong", "reason": ""})
    assert "Skriv vad som blev fel." in page.content.decode()
    assert client.post(f"/arenden/{planned.pk}/plan/ratta/", {"kind": "wrong", "reason": WHY}).status_code == 302
    assert "Rättelse som skrivs" in client.get(f"/arenden/{planned.pk}/plan/").content.decode()
    url = f"/arenden/{planned.pk}/plan/ratta/klar/"
    revision = client.get(url).context["form"].initial["revision"]
    assert client.post(url, {"revision": revision}).status_code == 302
    with cast.acting("owner"):
        assert Plan.objects.get(case=planned, state="approved").version == 2
    # A party's handler does not steer.
    assert browse("hanna.dalarna").get(f"/arenden/{planned.pk}/plan/ratta/").status_code == 403
