"""The admission notice: what it says, to whom, in time, acknowledged, changed, recalled (UTS-1, LUS 2:1-4)."""

from datetime import date, time, timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from discharge import notices, process
from discharge.models import Admission, Notice, NoticeMessage, NoticeReceiver
from organisations import swedish
from organisations.errors import Conflict, RuleBroken
from tests import build
from tests.casework.walk import numbers as numbers_of_adults
from tests.casework.walk import queries
from tests.discharge import walk
from tests.discharge.walk import KOMMUN, OPEN_CARE, RECEPTION, WARD

# Everybody who may never see anything of a notice between Medicinavdelning 901, the vårdcentral and Biståndsenheten.
STRANGERS = ("same_kommun", "outsider", "niklas.dalarna", "agneta.regionkalmar", "admin", "guideline_admin", "citizen")
TABLES = ("discharge_admission", "discharge_notice", "discharge_noticereceiver", "discharge_noticemessage")


def count(cast, who, table) -> int | None:
    """How many rows `who` sees with raw SQL; None when the role may not even ask."""
    with cast.acting(who), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(f"select count(*) from {table}")
                return cursor.fetchone()[0]
        except Error:
            return None


def test_only_sender_and_named_receivers_see_a_notice(cast):
    walk.noticed(cast)
    assert [count(cast, WARD, table) for table in TABLES] == [1, 1, 2, 2]
    for who in (OPEN_CARE, KOMMUN, "reader", "coordinator"):
        assert [count(cast, who, table) for table in TABLES] == [0, 1, 1, 1], who
    for who in STRANGERS:
        assert [count(cast, who, table) or 0 for table in TABLES] == [0, 0, 0, 0], who
    assert count(cast, "worker", "discharge_notice") is None


def test_it_says_what_the_law_lists_and_nothing_more(cast, browse):
    """Neither page nor row of a receiver tells when or why, who else got it, or what kind of care it is (LUS 2:2)."""
    notice = walk.noticed(cast, walk.admit(cast, care_type="psychiatric", hours_ago=7))
    content = {field.name for field in Notice._meta.get_fields() if field.concrete}
    about = {"number", "given_name", "family_name", "address", "expected_on"}
    carriers = {"id", "admission", "reference", "person", "id_kind", "protected", "sender_unit", "state", "sent_at",
                "sent_by", "ended_at"}  # fmt: skip
    assert content == about | carriers
    page = browse(KOMMUN).get(f"/inskrivningsmeddelanden/{notice.pk}/").content.decode()
    assert "Zebulina Hemlighetsson" in page and "Provgatan 4 B" in page and "19420107-7098" in page
    assert "Psykiatrisk" not in page and "Övningsängens" not in page and "Inskriven" not in page


def test_it_makes_no_case_and_asks_for_no_consent(cast):
    walk.noticed(cast)
    for who in (WARD, OPEN_CARE, KOMMUN):
        assert [count(cast, who, table) for table in ("cases_case", "consent_consent")] == [0, 0], who


@pytest.mark.parametrize(("minutes", "in_time"), [(23 * 60 + 59, True), (24 * 60, True), (24 * 60 + 1, False)])
@pytest.mark.parametrize("judged_later", [False, True])
def test_24_hours_from_the_admission_or_the_later_judgement(cast, time_machine, minutes, in_time, judged_later):
    """Hours, not days (LUS 2:3), over the night when the clocks change too."""
    start = swedish.instant(date(2026, 10, 24), time(10, 30))
    time_machine.move_to(start + timedelta(hours=1), tick=False)
    began = start if not judged_later else start - timedelta(days=3)
    admission = walk.admit(cast, admitted_at=began, judged_at=start if judged_later else None)
    time_machine.move_to(start + timedelta(minutes=minutes), tick=False)
    notice = walk.noticed(cast, admission)
    made = walk.planned(cast, notice)
    assert (notice.sent_at <= admission.due_at, made.notice_in_time) == (in_time, None)
    walk.ready(cast, made)
    assert walk.of(cast, made, who=KOMMUN).notice_in_time is in_time


def test_regional_open_care_gets_it_too_when_the_kommuns_health_care_is_needed(cast):
    admission = walk.admit(cast)
    with pytest.raises(RuleBroken, match="öppenvård"):
        walk.noticed(cast, admission, to=(KOMMUN,), home_health=True)
    with pytest.raises(RuleBroken, match="öppenvård"):
        walk.noticed(cast, admission, to=("sofia.falun",))
    assert walk.noticed(cast, admission, to=("sofia.falun", OPEN_CARE)).sender_unit_id == cast.unit(WARD).pk


def test_a_ward_a_school_or_nobody_is_no_receiver(cast):
    admission = walk.admit(cast)
    for to in ((), ("niklas.dalarna",)):
        with pytest.raises(RuleBroken):
            walk.noticed(cast, admission, to=to)


def test_only_a_ward_admits_whatever_it_is_asked_through(cast):
    with pytest.raises(RuleBroken, match="vårdavdelning"):
        walk.admit(cast, who=KOMMUN)
    with pytest.raises(Error, match="only a handler of a ward"), cast.acting(KOMMUN), connection.cursor() as cursor:
        cursor.execute("select open_admission('{}'::jsonb)")


def test_another_unit_cannot_send_or_tell_in_the_wards_name(cast):
    notice = walk.noticed(cast)
    unit = cast.unit(KOMMUN).pk
    for statement in (
        f"select notice_message('{notice.pk}', array[{unit}]::bigint[], 'admission', current_date, now())",
        f"select send_notice('{notice.admission_id}', gen_random_uuid(), current_date, array[{unit}]::bigint[], now())",
        f"select tell_of_admission('{notice.admission_id}')",
        "insert into discharge_notice (id) values (gen_random_uuid())",
        "insert into discharge_noticemessage (unit_id) values (1)",
        "update discharge_notice set number = '1'",
        "delete from discharge_notice",
    ):
        with pytest.raises(Error, match="only|permission denied"), cast.acting(OPEN_CARE):
            with connection.cursor() as cursor:
                cursor.execute(statement)


def test_each_message_is_acknowledged_once_by_somebody_of_the_unit(cast, browse):
    walk.noticed(cast, to=(OPEN_CARE, RECEPTION))
    client, ward = browse(RECEPTION), browse(WARD)
    page = ward.get("/inskrivna/").content.decode()
    assert "Väntar på kvittens" in page and "2 meddelanden, 2 mottagare" in page
    assert "Okvitterat" in client.get("/inskrivningsmeddelanden/").content.decode()
    with cast.acting(RECEPTION):
        [message] = NoticeMessage.objects.all()
    assert client.post(f"/inskrivningsmeddelanden/kvittera/{message.pk}/").status_code == 302
    assert "1 meddelande, 2 mottagare" in ward.get("/inskrivna/").content.decode()
    with cast.acting(WARD):
        row = NoticeMessage.objects.select_related("acknowledged_by__staff").get(pk=message.pk)
        assert row.acknowledged_by.unit_id == cast.unit(RECEPTION).pk and row.acknowledged_at
        assert NoticeMessage.objects.filter(acknowledged_at=None).count() == 1
    assert client.post(f"/inskrivningsmeddelanden/kvittera/{message.pk}/").status_code == 409
    assert browse(WARD).post(f"/inskrivningsmeddelanden/kvittera/{message.pk}/").status_code == 404
    assert browse("linda.kalmar").post(f"/inskrivningsmeddelanden/kvittera/{message.pk}/").status_code == 404


def test_a_reader_acknowledges_nothing(cast, browse):
    walk.noticed(cast)
    with cast.acting(KOMMUN):
        [message] = NoticeMessage.objects.all()
    assert browse("mattias.falun").post(f"/inskrivningsmeddelanden/kvittera/{message.pk}/").status_code == 403


def test_another_day_is_told_and_acknowledged_again(cast):
    notice = walk.noticed(cast)
    day = notice.expected_on + timedelta(days=2)
    with cast.acting(WARD):
        notices.new_day(admission=Admission.objects.get(pk=notice.admission_id), expected_on=day, by=cast.actor(WARD))
    with cast.acting(KOMMUN):
        assert Notice.objects.get().expected_on == day
        assert list(NoticeMessage.objects.order_by("pk").values_list("kind", "expected_on")) == [
            ("admission", notice.expected_on), ("new_day", day)]  # fmt: skip


def recall(cast, notice, who=KOMMUN):
    found = walk.receiver(cast, notice, who)
    with cast.acting(WARD):
        notices.recall(receiver=found, reason="Fel kommun", by=cast.actor(WARD))
    return found


def test_the_wrong_receiver_can_no_longer_read_it_and_it_is_a_wrongful_disclosure(cast, browse):
    notice = walk.noticed(cast)
    found = recall(cast, notice)
    assert count(cast, KOMMUN, "discharge_notice") == 0
    assert browse(KOMMUN).get(f"/inskrivningsmeddelanden/{notice.pk}/").status_code == 404
    page = browse(KOMMUN).get("/inskrivningsmeddelanden/").content.decode()
    assert "Felsänt meddelande" in page and "Zebulina" not in page
    assert count(cast, OPEN_CARE, "discharge_notice") == 1
    with cast.acting(WARD), connection.cursor() as cursor:
        cursor.execute("select object_type, person_id from audit_event where event = 'discharge.recalled'")
        assert cursor.fetchall() == [("Felaktigt utlämnande", notice.person_id)]
    with pytest.raises(Conflict), cast.acting(WARD):
        again = NoticeReceiver.objects.select_related("notice").get(pk=found.pk)
        notices.recall(receiver=again, reason="Igen", by=cast.actor(WARD))


def test_the_right_one_is_sent_it_instead(cast):
    notice = walk.noticed(cast)
    recall(cast, notice)
    with cast.acting(WARD):
        admission = Admission.objects.get(pk=notice.admission_id)
        notices.add_receivers(admission=admission, units=[cast.unit("fatima.borlange")], by=cast.actor(WARD))
    assert count(cast, "fatima.borlange", "discharge_notice") == 1
    with cast.acting(WARD), pytest.raises(RuleBroken, match="har redan fått"):
        notices.add_receivers(admission=admission, units=[cast.unit("fatima.borlange")], by=cast.actor(WARD))


def test_a_break_is_told_without_the_reason(cast, browse):
    notice = walk.noticed(cast)
    with cast.acting(WARD):
        admission = Admission.objects.get(pk=notice.admission_id)
        process.break_off(admission=admission, reason="died", by=cast.actor(WARD))
    page = browse(KOMMUN).get(f"/inskrivningsmeddelanden/{notice.pk}/").content.decode()
    assert "Avbrott i processen" in page and "avlidit" not in page


def test_each_receiver_gets_one_neutral_mail(cast):
    walk.noticed(cast)
    with cast.acting("worker"), connection.cursor() as cursor:
        cursor.execute("select template, unit_id from notifications_delivery where dedupe_key ~ '^notice:[0-9]+$'")
        rows = cursor.fetchall()
    assert {row[0] for row in rows} == {"new_message"}
    assert {row[1] for row in rows} == {cast.unit(OPEN_CARE).pk, cast.unit(KOMMUN).pk}


def test_the_same_form_twice_is_one_admission_and_one_notice(cast, browse):
    client = browse(WARD)
    now = timezone.localtime()
    form = {
        "admission_id": "11111111-1111-4111-8111-111111111111", "number": "19420107-7098", "given_name": "A",
        "family_name": "B", "address": "Provgatan 4", "care_type": "somatic", "admitted_on": "i går",
        "admitted_at": f"{now:%H.%M}",
    }  # fmt: skip
    first, second = client.post("/inskrivna/ny/", form), client.post("/inskrivna/ny/", form)
    assert first.status_code == second.status_code == 302 and first.url == second.url
    assert count(cast, WARD, "discharge_admission") == 1
    send = {"expected_on": f"{build.today() + timedelta(days=2)}", "units": [cast.unit(OPEN_CARE).pk]}
    assert client.post(first.url, send).status_code == 302
    assert client.post(first.url, send).status_code == 409
    assert count(cast, WARD, "discharge_notice") == 1


def test_a_protection_mark_hides_who_it_is_until_it_is_chosen(cast, browse):
    notice = walk.noticed(cast, walk.admit(cast, protected=True))
    client = browse(KOMMUN)
    for address in ("/inskrivningsmeddelanden/", f"/inskrivningsmeddelanden/{notice.pk}/"):
        page = client.get(address).content.decode()
        assert "Zebulina" not in page and "19420107" not in page and "Provgatan" not in page, address
    assert "Zebulina" in client.post(f"/inskrivningsmeddelanden/{notice.pk}/visa/").content.decode()


def test_a_mark_set_in_a_case_reaches_the_notice(cast):
    notice = walk.noticed(cast)
    build.case(cast, who="linda.kalmar", number=walk.NUMBER, protection="marked")
    with cast.acting(KOMMUN):
        assert Notice.objects.get(pk=notice.pk).protected


def test_lists_cost_the_same_for_3_and_30(cast, browse):
    """The ward's worklist and the kommun's reception: some not sent, some sent, some planned in a case."""
    ward, reception = browse(WARD), browse(RECEPTION)
    numbers = numbers_of_adults()

    def add(rows):
        for place, number in enumerate(rows):
            admission = walk.admit(cast, number=number)
            if place % 3:
                notice = walk.noticed(cast, admission, to=(OPEN_CARE, RECEPTION))
            if place % 3 == 2:
                walk.planned(cast, notice, others=(WARD, RECEPTION))

    def asked() -> list[int]:
        return [len(queries(ward, "/inskrivna/")), len(queries(reception, "/inskrivningsmeddelanden/"))]

    add(numbers[:3])
    few = asked()
    add(numbers[3:30])
    assert asked() == few
    assert "Sida 2 av 2" in ward.get("/inskrivna/?sida=2").content.decode()
