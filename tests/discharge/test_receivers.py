"""The wrong receiver, the later judgement, and what nobody learns before consent (UTS-1, LUS 2:2-3, PLA-9)."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from cases import clocks
from discharge import notices, process
from discharge.models import Notice, NoticeMessage
from organisations.errors import Conflict, RuleBroken
from organisations.models import DeadlineRule
from tests.cast import Cast
from tests.discharge import walk
from tests.discharge.test_notices import TABLES, count
from tests.discharge.walk import KOMMUN, OPEN_CARE, RECEPTION, WARD

# Not for us: handed back, or on to the right unit


def handed(cast, notice, *, who=KOMMUN, to=None):
    with cast.acting(who):
        found = Notice.objects.get(pk=notice.pk)
        unit = cast.unit(to) if to else None
        notices.hand_back(notice=found, reason="Bor inte här", unit=unit, by=cast.actor(who))


def test_handed_back_the_ward_sees_who_and_why_and_sends_it_right(cast, browse):
    notice = walk.noticed(cast, to=(KOMMUN,))
    client = browse(KOMMUN)
    address = f"/inskrivningsmeddelanden/{notice.pk}/"
    assert "Meddelandet är inte till oss" in client.get(address).content.decode()
    assert client.post(address + "inte-till-oss/", {"reason": ""}).status_code == 200
    assert client.post(address + "inte-till-oss/", {"reason": "Bor inte här", "unit": ""}).status_code == 302
    assert (
        client.get(address).status_code == client.post(address + "inte-till-oss/", {"reason": "X"}).status_code == 404
    )
    assert [count(cast, KOMMUN, table) for table in TABLES[1:3]] == [0, 1]
    ward = browse(WARD)
    page = ward.get(f"/inskrivna/{notice.admission_id}/").content.decode()
    for said in ("Inte rätt mottagare", "Bor inte här", cast.staff(KOMMUN).name, "Ingen mottagare är kvar"):
        assert said in page, said
    assert "Ingen mottagare är kvar" in ward.get("/inskrivna/").content.decode()
    with cast.acting(WARD), connection.cursor() as cursor:
        cursor.execute("select object_type from audit_event where event = 'discharge.handed_back'")
        assert cursor.fetchall() == []
    with cast.acting(KOMMUN), connection.cursor() as cursor:
        cursor.execute("select object_type, person_id from audit_event where event = 'discharge.handed_back'")
        assert cursor.fetchall() == [("Felaktigt utlämnande", notice.person_id)]
    with cast.acting("worker"), connection.cursor() as cursor:
        cursor.execute("select unit_id from notifications_delivery where dedupe_key ~ '^notice:back:'")
        assert cursor.fetchall() == [(cast.unit(WARD).pk,)]


def test_handed_on_within_the_kommun_with_a_trail(cast, browse):
    notice = walk.noticed(cast, to=(OPEN_CARE, RECEPTION))
    choices = browse(RECEPTION).get(f"/inskrivningsmeddelanden/{notice.pk}/inte-till-oss/").content.decode()
    assert cast.unit(KOMMUN).name in choices and cast.unit("fatima.borlange").name not in choices
    handed(cast, notice, who=RECEPTION, to=KOMMUN)
    assert (count(cast, RECEPTION, "discharge_notice"), count(cast, KOMMUN, "discharge_notice")) == (0, 1)
    page = browse(WARD).get(f"/inskrivna/{notice.admission_id}/").content.decode()
    assert "Lämnat vidare" in page and cast.unit(KOMMUN).name in page and "Bor inte här" in page
    with cast.acting(KOMMUN):
        assert list(NoticeMessage.objects.values_list("kind", "acknowledged_at")) == [("admission", None)]


@pytest.mark.parametrize("to", ["fatima.borlange", "hanna.dalarna", WARD, KOMMUN])
def test_handed_on_to_no_other_huvudman_no_ward_and_nobody_who_has_it(cast, to):
    notice = walk.noticed(cast, to=(RECEPTION, KOMMUN))
    with pytest.raises((RuleBroken, Conflict, Error)):
        handed(cast, notice, who=RECEPTION, to=to)
    assert count(cast, RECEPTION, "discharge_notice") == 1


def test_nobody_hands_back_what_another_unit_got(cast, browse):
    notice = walk.noticed(cast, to=(KOMMUN,))
    row = walk.receiver(cast, notice, KOMMUN).pk
    for who in (OPEN_CARE, WARD, "outsider", "mattias.falun"):
        with pytest.raises(Error, match="only a receiver"), cast.acting(who), connection.cursor() as cursor:
            cursor.execute("select hand_back_notice(%s, 'x', null, now())", [row])
    assert browse("mattias.falun").get(f"/inskrivningsmeddelanden/{notice.pk}/inte-till-oss/").status_code == 403


def test_one_who_has_opened_a_case_leaves_the_case_instead(cast):
    notice = walk.noticed(cast)
    walk.opened(cast, notice, who=KOMMUN)
    with pytest.raises(RuleBroken, match="Ett ärende är redan öppnat"):
        handed(cast, notice)


# The doctor's later judgement


def test_a_later_judgement_moves_the_24_hours_and_is_logged(cast, browse):
    admission = walk.admit(cast, hours_ago=30)
    client, address = browse(WARD), f"/inskrivna/{admission.pk}/"
    page = client.get(address).content.decode()
    assert "24 timmar från inskrivningen eller läkarens senare bedömning" in page and "LUS 2 kap. 3 §" in page
    assert "tiden har gått ut" in page
    now = timezone.localtime() - timedelta(minutes=2)
    told = {"judged_on": f"{now:%Y-%m-%d}", "judged_at": f"{now:%H.%M}"}
    assert client.post(address + "bedomning/", told | {"judged_on": "2020-01-01"}).status_code == 200
    assert client.post(address + "bedomning/", told).status_code == 302
    assert "tiden har gått ut" not in client.get(address).content.decode()
    found = walk.again(cast, admission)
    assert found.due_at == found.judged_at + timedelta(hours=24)
    assert found.due_at == clocks.due(clocks.Rule.frozen(found.rule), found.judged_at)
    walk.noticed(cast, admission)
    assert client.post(address + "bedomning/", told).status_code == 409


def test_the_hours_are_the_guidelines_and_a_changed_rule_rewrites_nothing(own_database):
    world = Cast()
    first = walk.admit(world)
    DeadlineRule.objects.using("admin").filter(kind="admission_notice").update(amount=12)
    second = walk.admit(world, number="198501012382")
    assert [a.due_at - a.admitted_at for a in (walk.again(world, first), second)] == [
        timedelta(hours=24), timedelta(hours=12)]  # fmt: skip


# What a receiver may learn before any consent (LUS 2:2)


def test_a_receiver_learns_neither_the_kind_of_care_nor_the_hours_by_opening_a_case(cast, browse):
    """In no column of any row, no page, no API, no search, no extract before the ward, in a shared case, tells it."""
    notice = walk.noticed(cast, walk.admit(cast, care_type="psychiatric", hours_ago=30))
    made = walk.opened(cast, notice)
    with cast.acting(OPEN_CARE), connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        for (table,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
                    rows = cursor.fetchone()[0]
            except Error:
                continue
            if table not in ("organisations_deadlinerule", "organisations_unit", "organisations_guideline"):
                assert "psychiatric" not in rows, table
    found = walk.of(cast, made, who=OPEN_CARE)
    assert (found.care_type, found.notice_in_time) == ("", None)
    walk.ready(cast, made, who=OPEN_CARE)
    found = walk.of(cast, made, who=OPEN_CARE)
    assert (found.state, found.care_type, found.notice_in_time) == ("ready", "", None)
    client = browse(OPEN_CARE)
    for address in (f"/arenden/{made.case_id}/utskrivning/", f"/api/v1/cases/{made.case_id}/", "/sok/"):
        page = client.get(address).content.decode()
        assert "sykiatri" not in page.replace("psykiatriska", ""), address
    made = walk.planned(cast, notice)
    walk.act(cast, made, process.not_ready, who=WARD)
    walk.ready(cast, made)
    found = walk.of(cast, made, who=OPEN_CARE)
    assert (found.care_type, found.notice_in_time) == ("psychiatric", False)


def test_a_receiver_reads_the_four_facts_and_nothing_else_of_the_person(cast, browse):
    """Its whole view of the person, before any case, in every table: only the notice holds a name."""
    walk.noticed(cast)
    held = set()
    with cast.acting(KOMMUN), connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        for (table,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    cursor.execute(
                        f"select count(*) from {table} t where t::text ~ 'Zebulina|194201077098|Provgatan 4'"
                    )
                    held |= {table} if cursor.fetchone()[0] else set()
            except Error:
                continue
    assert held == {"discharge_notice"}
    client = browse(KOMMUN)
    assert "Zebulina" not in client.post("/sok/", {"q": walk.NUMBER}).content.decode()
    assert "Zebulina" not in client.get("/api/v1/cases/").content.decode()
