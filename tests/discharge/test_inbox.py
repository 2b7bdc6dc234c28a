"""A notice in the receiver's inbox: counted, told as chosen, brought up, and done with the kvittens (GUI-3, UTS-1)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from discharge import notices
from discharge.models import Admission, Notice, NoticeMessage
from notifications import attention, escalation
from notifications.models import InboxItem
from organisations import swedish
from tests import build
from tests.casework.test_worklist import text
from tests.casework.walk import numbers, queries
from tests.cast import Cast
from tests.database import PASSWORD
from tests.discharge import walk
from tests.discharge.walk import KOMMUN, OPEN_CARE, RECEPTION, WARD

MONDAY = date(2026, 3, 9)
OPEN, DONE = (False, False), (True, True)


def sql(statement, *values):
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def at(day: date, clock: str) -> datetime:
    return swedish.instant(day, time.fromisoformat(clock))


def rows(cast, who=RECEPTION) -> list[tuple]:
    """(kind, read, done) of the rows of a unit without a case, in the order that they came."""
    with cast.acting(who):
        found = InboxItem.objects.filter(case_id=None).order_by("pk")
        assert {item.unit_id for item in found} <= {cast.unit(who).pk}
        return [(item.kind, item.read_at is not None, item.done_at is not None) for item in found]


def done_by(cast, who=RECEPTION) -> list:
    with cast.acting(who):
        return list(InboxItem.objects.filter(case_id=None).order_by("pk").values_list("done_by", flat=True))


def admission_of(notice) -> Admission:
    return Admission.objects.get(pk=notice.admission_id)


def acknowledge(cast, who=RECEPTION) -> None:
    with cast.acting(who):
        for message in NoticeMessage.objects.select_related("receiver").filter(acknowledged_at=None):
            notices.acknowledge(message=message, by=cast.actor(who))


def test_it_lies_there_without_a_name_is_counted_and_leads_to_the_list(cast, browse):
    walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
    client = browse(RECEPTION)
    page = client.get("/kallelser/")
    assert "Inskrivningsmeddelande" in text(page) and "Kallelser 1 olästa" in text(page)
    assert "Till inskrivningarna" in text(page) and "Din enhet ser inte" not in text(page)
    for said in ("Zebulina", "Hemlighetsson", "Provgatan", walk.NUMBER[2:8]):
        assert said not in page.content.decode(), said
    assert "/klar/" not in page.content.decode()
    with cast.acting(RECEPTION):
        [item] = InboxItem.objects.all()
    assert item.reference.startswith("U")
    unread = text(client.get("/kallelser/?visa=olast"))
    assert "Inskrivningsmeddelande" in unread and item.reference in unread
    answer = client.post(f"/kallelser/{item.pk}/oppna/")
    assert answer["Location"] == "/inskrivningsmeddelanden/"
    assert rows(cast) == [("notice", True, False)] and "olästa" not in text(client.get("/kallelser/"))
    assert item.reference in text(client.get("/kallelser/"))
    assert item.reference not in text(client.get("/kallelser/?visa=olast"))


def test_only_the_notice_itself_is_acknowledged_and_that_is_who_and_when_here_too(cast, browse):
    """A row ticked off in the inbox alone would leave the ward waiting."""
    walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
    client = browse(RECEPTION)
    with cast.acting(RECEPTION):
        [item], [message] = InboxItem.objects.all(), NoticeMessage.objects.all()
    assert client.post(f"/kallelser/{item.pk}/klar/").status_code == 409
    assert rows(cast) == [("notice", *OPEN)]
    client.post(f"/inskrivningsmeddelanden/kvittera/{message.pk}/")
    assert rows(cast) == [("notice", *DONE)]
    assert done_by(cast) == [cast.assignment(RECEPTION).pk]
    assert "Kvitterad" in text(client.get("/kallelser/?visa=klara"))
    assert rows(cast, OPEN_CARE) == [("notice", *OPEN)]


@pytest.mark.parametrize("who", ["maria.falun", "linda.kalmar", "niklas.dalarna", WARD, "anders.falun"])
def test_no_other_unit_has_a_row_or_opens_it(cast, browse, who):
    walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
    assert rows(cast, who) == []
    with cast.acting(RECEPTION):
        [item] = InboxItem.objects.all()
    for address in (f"/kallelser/{item.pk}/oppna/", f"/kallelser/{item.pk}/klar/"):
        assert browse(who).post(address).status_code == (403 if who == "anders.falun" else 404)
    assert rows(cast) == [("notice", *OPEN)]


def test_what_follows_has_rows_of_its_own_and_an_end_leaves_only_the_row_that_says_so(cast):
    notice = walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
    with cast.acting(WARD):
        day = notice.expected_on + timedelta(days=2)
        notices.new_day(admission=admission_of(notice), expected_on=day, by=cast.actor(WARD))
    assert rows(cast) == [("notice", *OPEN), ("notice_changed", *OPEN)]
    with cast.acting(WARD):
        notices.break_off(admission=admission_of(notice), reason="moved", by=cast.actor(WARD))
    assert rows(cast) == [("notice", *DONE), ("notice_changed", *DONE), ("notice_changed", *OPEN)]
    assert done_by(cast) == [None, None, None]
    acknowledge(cast)
    assert rows(cast)[2] == ("notice_changed", *DONE)


def test_the_wrong_receiver_is_left_with_the_row_that_says_so(cast, browse):
    notice = walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
    found = walk.receiver(cast, notice, RECEPTION)
    with cast.acting(WARD):
        notices.recall(receiver=found, reason="Fel kommun", by=cast.actor(WARD))
    assert rows(cast) == [("notice", *DONE), ("notice_changed", *OPEN)] and done_by(cast) == [None, None]
    assert "Inte aktuellt längre" in text(browse(RECEPTION).get("/kallelser/?visa=klara"))
    assert rows(cast, OPEN_CARE) == [("notice", *OPEN)]


@pytest.mark.parametrize("to", [None, KOMMUN])
def test_handed_back_or_on_it_is_done_and_the_right_unit_gets_its_own(cast, to):
    notice = walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
    with cast.acting(RECEPTION):
        found, unit = Notice.objects.get(pk=notice.pk), cast.unit(to) if to else None
        notices.hand_back(notice=found, reason="Inte till oss", unit=unit, by=cast.actor(RECEPTION))
    assert rows(cast) == [("notice", *DONE)] and done_by(cast) == [cast.assignment(RECEPTION).pk]
    assert rows(cast, KOMMUN) == ([("notice", *OPEN)] if to else [])


def test_queries_are_constant_in_notices(cast, browse):
    client, counts = browse(RECEPTION), []
    for some in (numbers()[:2], numbers()[2:9]):
        for number in some:
            walk.noticed(cast, walk.admit(cast, number=number), to=(RECEPTION,))
        counts.append(len(queries(client, "/kallelser/")))
    assert counts[0] == counts[1] <= 12


class TestOverTime:
    """In a database of the test's own: what the sweep and the staff's own choices make of it."""

    @pytest.fixture
    def cast(self, own_database) -> Cast:
        return Cast()

    @pytest.fixture
    def sent(self, cast) -> int:
        """The row of the reception, which came on a Monday at 9.15."""
        walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
        sql("update notifications_inboxitem set created_at = %s", at(MONDAY, "09:15"))
        [(pk,)] = sql("select id from notifications_inboxitem where unit_id = %s", cast.unit(RECEPTION).pk)
        return pk

    def reached(self, item) -> int:
        [(step,)] = sql("select escalated from notifications_inboxitem where id = %s", item)
        return step

    def told(self, item) -> list[tuple]:
        return sql(
            """select split_part(dedupe_key, ':', 3)::int, channel, assignment_id, case_id
            from notifications_delivery where dedupe_key like 'unread:' || %s || ':%%' order by 1, 2, 3""",
            item,
        )

    def test_each_step_once_and_to_the_manager(self, cast, sent):
        for day, clock, step in ((0, "11:59", 0), (0, "12:00", 1), (0, "15:30", 2), (1, "08:30", 3), (3, "16:00", 3)):
            for _ in range(2):
                escalation.escalate(now=at(MONDAY + timedelta(days=day), clock))
            assert self.reached(sent) == step, (day, clock)
        told = self.told(sent)
        assert {step for step, *_ in told} == {1, 2, 3} and len(told) == len({row[:3] for row in told})
        assert (1, "in_app", cast.assignment(RECEPTION).pk, None) in told
        assert {case for *_, case in told} == {None}

    def test_acknowledged_it_goes_no_further(self, cast, sent):
        escalation.escalate(now=at(MONDAY, "12:00"))
        acknowledge(cast)
        escalation.escalate(now=at(MONDAY + timedelta(days=3), "12:00"))
        assert self.reached(sent) == 1 and {step for step, *_ in self.told(sent)} == {1}

    def test_whoever_chose_discharge_is_told_at_once_and_nobody_else(self, cast):
        with cast.acting(RECEPTION):
            attention.choose(
                channels={"discharge": ["in_app"], "call": ["in_app"]}, quiet_from=time(0), quiet_to=time(0),
                by=cast.actor(RECEPTION),
            )  # fmt: skip
        with cast.acting(KOMMUN):
            attention.choose(channels={"call": ["in_app"]}, quiet_from=time(0), quiet_to=time(0), by=cast.actor(KOMMUN))
        notice = walk.noticed(cast, to=(RECEPTION, KOMMUN))
        chosen = "select assignment_id, channel, case_id from notifications_delivery where dedupe_key like 'staff:%%'"
        assert sql(chosen) == [(cast.assignment(RECEPTION).pk, "in_app", None)]
        with cast.acting(WARD):
            day = build.today() + timedelta(days=9)
            notices.new_day(admission=admission_of(notice), expected_on=day, by=cast.actor(WARD))
        assert len(sql(chosen)) == 2

    def test_what_is_kept_ten_years_goes_with_its_rows(self, cast):
        """PDL 3:17: when nothing more of the person is kept, the notice goes, and everything that was sent of it."""
        notice = walk.noticed(cast, to=(RECEPTION, OPEN_CARE))
        tables = ("discharge_notice", "discharge_noticereceiver", "discharge_noticemessage", "notifications_inboxitem")

        def left() -> list[int]:
            return [sql(f"select count(*) from {table}")[0][0] for table in tables]

        sql("update audit_rule set keep = '0'")
        sql("set session_replication_role = replica")
        sql("delete from audit_event")
        sql("set session_replication_role = origin")
        forget = f"set role sip_def; select retention_forget(array[{notice.person_id}]); reset role"
        sql(forget)
        assert left() == [1, 2, 2, 2]
        long_ago = datetime.now(tz=UTC) - timedelta(days=3660)
        sql("update discharge_notice set sent_at = %s", long_ago)
        sql("update discharge_admission set registered_at = %s", long_ago)
        sql(forget)
        assert left() == [0, 0, 0, 0]
        assert sql("select count(*) from cases_person where id = %s", notice.person_id) == [(0,)]

    def test_the_demo_has_one_that_waits_for_the_reception(self, cast, monkeypatch, settings):
        settings.DEMO = True
        monkeypatch.setattr("sip.management.commands.load_demo.stories", list)
        call_command("load_demo", verbosity=0)
        assert rows(cast) == [("notice", *OPEN)]
        client = Client()
        assert client.post("/logga-in/", {"username": RECEPTION, "password": PASSWORD}).status_code == 302
        assert "Margit Attrappdal" in text(client.get("/inskrivningsmeddelanden/"))
        page = text(client.get("/kallelser/"))
        assert "Inskrivningsmeddelande" in page and "Attrappdal" not in page
