"""Deviations through the doors: report, receive, answer, close, with both sides' texts (AVV-1, AVV-2, MOT-3)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import services as cases
from cases.models import Case
from consent import services as consent
from deviations import services
from deviations.models import Deviation
from meetings.models import Attendance, Invitation, Meeting
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from tests import build

TEXT = "Hemsjukvården kom inte till mötet den 17 mars."


@pytest.fixture
def shared(cast) -> Case:
    """A case with a consent that covers the owner's unit and the health centre."""
    case = build.case(cast)
    with cast.acting("owner"):
        consent.record(
            case=case, form="written", given_on=timezone.localdate(), by=cast.owner, share_answer="yes",
            planning_answer="yes", units=[cast.unit("owner")], new_units=[cast.unit("party")],
        )  # fmt: skip
    return case


def of(case, rest="") -> str:
    return f"/arenden/{case.pk}/avvikelser/{rest}"


def reported(cast, case, *, text=TEXT):
    with cast.acting("owner"):
        return services.report(
            case=case, kind="coordination", concerns_unit=cast.unit("party"), text=text, by=cast.owner
        )


def stands(cast, deviation, who="owner") -> Deviation:
    with cast.acting(who):
        return Deviation.objects.get(pk=deviation.pk)


def test_from_report_to_close_with_two_units(cast, browse, shared):
    owner, party = browse("amira.falun"), browse("hanna.dalarna")
    data = {"kind": "coordination", "concerns_unit": cast.unit("party").pk, "text": TEXT}
    assert owner.post(of(shared, "ny/"), data).status_code == 302
    with cast.acting("party"):
        item = InboxItem.objects.get(kind="deviation", case_id=shared.pk)
        deviation = Deviation.objects.get()
    opened = party.post(reverse("casework:open_item", args=[item.pk]))
    assert opened["Location"] == of(shared)
    assert TEXT in party.get(of(shared)).content.decode()
    assert party.post(of(shared, f"{deviation.pk}/ta-emot/")).status_code == 302
    assert party.post(of(shared, f"{deviation.pk}/svara/"), {"answer": "Vi ändrar rutinen."}).status_code == 302
    assert owner.post(of(shared, f"{deviation.pk}/avsluta/"), {"closing_note": "Bra."}).status_code == 302
    row = stands(cast, deviation)
    assert (row.state, row.text, row.answer, row.closing_note) == ("closed", TEXT, "Vi ändrar rutinen.", "Bra.")
    for client in (owner, party):
        html = client.get(of(shared)).content.decode()
        assert TEXT in html and "Vi ändrar rutinen." in html
    with cast.acting("owner"):
        assert InboxItem.objects.filter(kind="deviation", case_id=shared.pk).count() == 2


def test_the_wrong_side_and_the_wrong_role_are_refused(cast, browse, shared):
    deviation = reported(cast, shared)
    owner, reader = browse("amira.falun"), browse("mattias.falun")
    assert owner.post(of(shared, f"{deviation.pk}/ta-emot/")).status_code == 403
    assert owner.get(of(shared, f"{deviation.pk}/svara/")).status_code == 403
    assert browse("hanna.dalarna").get(of(shared, f"{deviation.pk}/avsluta/")).status_code == 403
    assert reader.get(of(shared)).status_code == 200
    assert reader.get(of(shared, "ny/")).status_code == 403
    assert stands(cast, deviation).state == "reported"


@pytest.mark.parametrize("username", ["maria.falun", "linda.kalmar"])
def test_other_units_see_nothing(cast, browse, shared, username):
    deviation = reported(cast, shared)
    client = browse(username)
    for rest in ("", "ny/", f"{deviation.pk}/svara/"):
        assert client.get(of(shared, rest)).status_code == 404
    assert shared.reference not in client.get("/avvikelser/").content.decode()


def test_roles_without_case_data_do_not_get_the_list(browse):
    assert browse("helena.falun").get("/avvikelser/").status_code == 403
    assert browse("anders.falun").get("/avvikelser/").status_code == 403


def test_a_manager_reports_too(cast, browse, shared):
    data = {"kind": "guideline", "concerns_unit": cast.unit("party").pk, "text": "Kallelsen dröjde."}
    assert browse("yusuf.falun").post(of(shared, "ny/"), data).status_code == 302


def test_sending_twice_gives_one(cast, browse, shared):
    client = browse("amira.falun")
    data = {"kind": "coordination", "concerns_unit": cast.unit("party").pk, "text": TEXT}
    assert client.post(of(shared, "ny/"), data).status_code == 302
    again = client.post(of(shared, "ny/"), data)
    assert again.status_code == 200 and "redan rapporterad" in again.content.decode()
    deviation = Deviation.objects.model
    with cast.acting("party"):
        assert deviation.objects.count() == 1
        number = deviation.objects.get().pk
    party = browse("hanna.dalarna")
    assert party.post(of(shared, f"{number}/ta-emot/")).status_code == 302
    assert party.post(of(shared, f"{number}/ta-emot/")).status_code == 409


def test_no_step_is_skipped(cast, browse, shared):
    deviation = reported(cast, shared)
    assert browse("hanna.dalarna").post(of(shared, f"{deviation.pk}/svara/"), {"answer": "Nej."}).status_code == 409
    assert browse("amira.falun").post(of(shared, f"{deviation.pk}/avsluta/"), {}).status_code == 409
    assert stands(cast, deviation).state == "reported"


def test_ones_own_unit_and_strangers_cannot_be_reported(cast, shared):
    for who, sentence in (("owner", "egen"), ("outsider", "inte med")):
        with pytest.raises(RuleBroken, match=sentence), cast.acting("owner"):
            services.report(case=shared, kind="guideline", concerns_unit=cast.unit(who), text="x", by=cast.owner)


def test_a_deviation_of_another_case_is_not_found(cast, browse, shared):
    deviation = reported(cast, shared)
    other = build.case(cast, number="199002222397")
    assert browse("amira.falun").get(of(other, f"{deviation.pk}/avsluta/")).status_code == 404


def test_it_goes_on_after_the_case_is_closed(cast, browse, shared):
    deviation = reported(cast, shared)
    with cast.acting("owner"):
        case = Case.objects.get(pk=shared.pk)
        case.closed(on=timezone.localdate(), reason="not_needed")
        case.save()
    assert browse("hanna.dalarna").post(of(shared, f"{deviation.pk}/ta-emot/")).status_code == 302
    assert browse("amira.falun").get(of(shared, "ny/")).status_code == 200


def test_the_services_know_the_sides_themselves(cast, shared):
    deviation = reported(cast, shared)
    with pytest.raises(RuleBroken, match="gäller"), cast.acting("owner"):
        services.receive(deviation=Deviation.objects.get(pk=deviation.pk), by=cast.owner)
    with cast.acting("party"):
        services.receive(deviation=Deviation.objects.get(pk=deviation.pk), by=cast.party)
        services.answer(deviation=Deviation.objects.get(pk=deviation.pk), answer="Ja", by=cast.party)
    with pytest.raises(RuleBroken, match="rapporterade"), cast.acting("party"):
        services.close(deviation=Deviation.objects.get(pk=deviation.pk), by=cast.party)


def absent(cast, case, *, has_duty=True):
    """The health centre did not come."""
    with cast.acting("owner"):
        case = Case.objects.get(pk=case.pk)
        at = timezone.now() - timedelta(days=1)
        staff = cast.staff("owner")
        meeting = Meeting.objects.create(
            case=case, kind="first", starts_at=at, ends_at=at + timedelta(hours=1), form="phone", link="08-465 004 00",
            chair=staff, writer=staff, called_by_id=cast.owner.assignment_id,
        )  # fmt: skip
        call = Invitation.objects.create(
            case=case, meeting=meeting, unit=cast.unit("party"), has_duty=has_duty, sent_by="system"
        )
        meeting.held()
        meeting.save(update_fields=["state"])
        return Attendance.objects.create(
            case=case, meeting=meeting, invitation=call, unit=call.unit, name=call.unit.name, came=False
        )


def test_an_absent_party_with_the_duty_gives_a_ready_text(cast, browse, shared):
    attendance = absent(cast, shared)
    client = browse("amira.falun")
    name = cast.unit("party").name
    assert f"{name} kom inte till mötet" in client.get(of(shared)).content.decode()
    html = client.get(of(shared, f"ny/?narvaro={attendance.pk}")).content.decode()
    assert "skyldig att delta, men kom inte." in html and "checked" in html
    reported(cast, shared)
    with cast.acting("owner"):
        services.report(case=shared, kind="absent", concerns_unit=cast.unit("party"), text="Kom inte", by=cast.owner)
    assert "kom inte till mötet</strong>" not in client.get(of(shared)).content.decode()


def test_a_party_that_was_merely_invited_is_not_pointed_out(cast, browse, shared):
    absent(cast, shared, has_duty=False)
    assert "kom inte till mötet" not in browse("amira.falun").get(of(shared)).content.decode()


def test_the_absent_party_is_not_offered_to_report_itself(cast, browse, shared):
    absent(cast, shared)
    assert "Rapportera att" not in browse("hanna.dalarna").get(of(shared)).content.decode()


def test_the_number_of_queries_does_not_grow(cast, browse, shared):
    client = browse("amira.falun")

    def count(path):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    reported(cast, shared)
    before = [count(of(shared)), count("/avvikelser/")]
    for n in range(24):
        reported(cast, shared, text=f"Nummer {n}")
    assert [count(of(shared)), count("/avvikelser/")] == before


def test_the_party_that_left_is_not_chosen(cast, shared):
    with cast.acting("owner"):
        case = Case.objects.get(pk=shared.pk)
        party = case.participations.active().select_related("unit").get(unit=cast.unit("party"))
        cases.end_party(case=case, party=party, why="Behövs inte", by=cast.owner)
    with pytest.raises(RuleBroken, match="inte med"), cast.acting("owner"):
        services.report(case=shared, kind="absent", concerns_unit=cast.unit("party"), text="x", by=cast.owner)
