"""The case's own details: editing, first contact, utskrivningsklar; each form with good and bad input."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases import services
from cases.enums import CloseReason
from cases.models import Case
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from organisations.models import Unit
from organisations.swedish import instant, parse_time
from tests import build

PAGES = ["edit", "note_contact", "discharge_ready", "change_lead", "add_party", "add_outside"]
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def client(cast, browse):
    return browse("amira.falun")


def address(name, case, *more):
    return reverse(f"cases:{name}", args=[case.pk, *more])


def closed(cast, case):
    with cast.acting("owner"):
        found = Case.objects.with_names().get(pk=case.pk)
        services.close(case=found, reason=CloseReason.GOALS_MET, note="", by=cast.owner)


def edited(**changes):
    return {
        "given_name": "Astrid",
        "family_name": "Testholm",
        "reasons": ["coordination"],
    } | changes


@pytest.mark.parametrize("page", PAGES)
def test_a_unit_outside_the_case_finds_nothing(cast, browse, page):
    case = build.consented(cast)
    for who in ("linda.kalmar", "maria.falun"):
        assert browse(who).get(address(page, case)).status_code == 404
        assert browse(who).post(address(page, case), {"x": "1"}).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_may_not(cast, browse, page):
    case = build.case(cast)
    assert browse("mattias.falun").get(address(page, case)).status_code == 403
    assert browse("mattias.falun").post(address(page, case), {"x": "1"}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_closed_case_is_only_read(cast, client, page):
    case = build.case(cast)
    closed(cast, case)
    assert client.post(address(page, case), edited()).status_code == 403
    assert client.get(address("parties", case)).status_code == 200


@pytest.mark.parametrize("page", ["edit", "change_lead", "add_party", "add_outside"])
def test_a_party_that_does_not_steer_may_not(cast, browse, page):
    case = build.consented(cast)
    assert browse("hanna.dalarna").get(address(page, case)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_the_title_names_nobody_and_one_reading_is_logged(cast, client, page):
    case = build.case(cast)
    response = client.get(address(page, case))
    assert response.status_code == 200
    title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)[1]
    assert not re.search("Astrid|Testholm|8501", title)
    with cast.acting("owner"):
        assert AuditEvent.objects.filter(event="cases.read", case_id=case.pk).count() == 1


class TestEdit:
    def test_what_changed_is_saved_and_told(self, cast, client):
        case = build.case(cast)
        values = edited(phone="0701740612", interpreter="on", reasons=["early", "rehabilitation"])
        response = client.post(address("edit", case), values)
        assert response["Location"] == reverse("casework:case", args=[case.pk])
        with cast.acting("owner"):
            now = Case.objects.get(pk=case.pk)
            assert (now.phone, now.interpreter, now.reasons) == ("070-174 06 12", True, ["early", "rehabilitation"])
            row = AuditEvent.objects.get(event="cases.edited")
            assert sorted(row.details["fields"]) == ["interpreter", "phone", "reasons"]
            assert "070" not in str(row.details)

    def test_nothing_changed_leaves_no_trace(self, cast, client):
        case = build.case(cast)
        client.post(address("edit", case), edited())
        with cast.acting("owner"):
            assert not case.events.filter(kind="edited").exists()

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"given_name": ""}, "Fyll i förnamn."),
            ({"family_name": "A" * 5000}, "Skriv högst 100 tecken."),
            ({"address": "Gatan\x00 1"}, "tecken som inte går att läsa"),
            ({"reasons": []}, "Välj minst ett skäl"),
            ({"phone": "hej"}, "Skriv ett telefonnummer"),
        ],
    )
    def test_bad_input_is_said_and_kept(self, cast, client, changes, message):
        case = build.case(cast)
        response = client.post(address("edit", case), edited(**changes))
        assert response.status_code == 200
        assert message in response.content.decode()
        with cast.acting("owner"):
            assert Case.objects.get(pk=case.pk).given_name == "Astrid"

    def test_a_ward_without_being_inpatient(self, cast, client):
        case = build.case(cast)
        ward = Unit.objects.filter(kind="ward").first()
        response = client.post(address("edit", case), edited(ward_unit=ward.pk))
        assert "Kryssa i att personen är inlagd" in response.content.decode()
        assert client.post(address("edit", case), edited(ward_unit=ward.pk, inpatient="on")).status_code == 302


class TestContact:
    """INI-5, TID-1."""

    def test_it_meets_the_deadline(self, cast, client):
        case = build.case(cast)
        values = {"whom": "Övningsängens vårdcentral", "how": "Telefon", "on": str(YESTERDAY), "about": "Vi ses."}
        assert client.post(address("note_contact", case), values).status_code == 302
        with cast.acting("owner"):
            assert case.deadlines.get(kind="first_contact").met_at
            event = case.events.get(kind="contact")
            assert "Övningsängens vårdcentral" in event.text
            assert "Vi ses." in event.detail

    def test_twice_is_once(self, cast, client):
        case = build.case(cast)
        values = {"whom": "Vårdcentralen", "how": "Video", "on": str(YESTERDAY)}
        client.post(address("note_contact", case), values)
        again = client.post(address("note_contact", case), values)
        assert "redan antecknad" in again.content.decode()
        with cast.acting("owner"):
            assert case.events.filter(kind="contact").count() == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"whom": ""},
            {"whom": "x" * 500},
            {"how": "Brevduva"},
            {"on": "i morgon"},
            {"on": "2020-01-01"},
            {"about": "\x00"},
        ],
    )
    def test_bad_input(self, cast, client, changes):
        case = build.case(cast)
        values = {"whom": "Vårdcentralen", "how": "Video", "on": str(YESTERDAY)} | changes
        response = client.post(address("note_contact", case), values)
        assert response.status_code == 200
        assert 'class="errorsum"' in response.content.decode()
        with cast.acting("owner"):
            assert case.deadlines.get(kind="first_contact").met_at is None

    def test_a_party_may(self, cast, browse):
        case = build.consented(cast)
        values = {"whom": "Biståndsenheten", "how": "Möte", "on": str(YESTERDAY)}
        assert browse("hanna.dalarna").post(address("note_contact", case), values).status_code == 302


class TestDischargeReady:
    """UTS-3, TID-2, LUS 4:3."""

    def test_the_clock_starts(self, cast, client):
        case = build.case(cast)
        ward = Unit.objects.filter(kind="ward").first()
        values = {"ready_on": str(YESTERDAY), "ready_at": "13.30", "ward_unit": ward.pk}
        assert client.post(address("discharge_ready", case), values).status_code == 302
        with cast.acting("owner"):
            now = Case.objects.get(pk=case.pk)
            assert now.discharge_ready_at == instant(YESTERDAY, parse_time("13.30"))
            assert (now.inpatient, now.ward_unit_id) == (True, ward.pk)
            due = case.deadlines.get(kind="call_after_ready", cancelled_at=None)
            assert due.due_on == YESTERDAY + timedelta(days=3)

    def test_another_time_is_another_clock_and_twice_is_once(self, cast, client):
        case = build.case(cast)
        early = {"ready_on": str(YESTERDAY - timedelta(days=2)), "ready_at": "9"}
        late = {"ready_on": str(YESTERDAY), "ready_at": "9"}
        for values in (early, late, late):
            client.post(address("discharge_ready", case), values)
        with cast.acting("owner"):
            rows = case.deadlines.filter(kind="call_after_ready")
            assert rows.count() == 2
            assert rows.get(cancelled_at=None).due_on == YESTERDAY + timedelta(days=3)
            assert case.events.filter(kind="discharge_ready").count() == 2

    def test_a_party_may_and_the_owner_is_told(self, cast, browse):
        case = build.consented(cast)
        values = {"ready_on": str(YESTERDAY), "ready_at": "9"}
        assert browse("hanna.dalarna").post(address("discharge_ready", case), values).status_code == 302
        with cast.acting("owner"):
            assert InboxItem.objects.filter(case_id=case.pk, kind="deadline").count() == 1

    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"ready_on": "i går"},
            {"ready_at": "9"},
            {"ready_on": "i går", "ready_at": "25.00"},
            {"ready_on": "i morgon", "ready_at": "9"},
            {"ready_on": "i går", "ready_at": "9", "ward_unit": "1"},
            {"ready_on": "\x00", "ready_at": "9"},
        ],
    )
    def test_bad_input(self, cast, client, values):
        case = build.case(cast)
        response = client.post(address("discharge_ready", case), values | {"x": "1"})
        assert response.status_code == 200
        assert 'class="errorsum"' in response.content.decode()
        with cast.acting("owner"):
            assert Case.objects.get(pk=case.pk).discharge_ready_at is None

    def test_later_today_is_ahead(self, cast):
        case = build.case(cast)
        with cast.acting("owner"), pytest.raises(RuleBroken, match="inte varit än"):
            services.discharge_ready(case=case, at=timezone.now() + timedelta(minutes=1), by=cast.owner)
