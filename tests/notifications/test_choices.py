"""One's own notices per group and channel with hours of rest, and SDK as files (GUI-3, trust.md 6)."""

import json
from datetime import time, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from notifications import attention, sending, services
from notifications.channels import sdk
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from tests import build
from tests.casework import walk
from tests.casework.test_worklist import text
from tests.cast import Cast

ADDRESS = {"email": "johan@falun.example", "mobile": "070-174 06 07"}


@pytest.fixture
def cast(own_database, settings) -> Cast:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return Cast()


def sql(statement, *values):
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def choose(cast, channels, *, who="owner", quiet=(time(0), time(0))):
    sql("update organisations_staff set email = %s, mobile = %s where id = %s", *ADDRESS.values(), cast.staff(who).pk)
    with cast.acting(who):
        attention.choose(channels=channels, quiet_from=quiet[0], quiet_to=quiet[1], by=cast.actor(who))


def come(cast, case, kind="call", key="x"):
    with cast.acting("owner"):
        services.put_in_inbox(unit_id=cast.unit("owner").pk, case_id=case.pk, kind=kind, key=key)


def staff_deliveries() -> list:
    return sql("select channel, state from notifications_delivery where assignment_id is not null order by channel")


def test_only_what_was_chosen_is_told_and_once(cast):
    case = build.case(cast)
    come(cast, case, key="before")
    choose(cast, {"call": ["in_app", "email", "sms"], "plan": ["in_app"]})
    for kind, key in (("call", "a"), ("call", "a"), ("deviation", "b")):
        come(cast, case, kind, key)
    assert staff_deliveries() == [("email", "due"), ("in_app", "due"), ("sms", "due")]
    come(cast, case, "plan", "c")
    assert len(staff_deliveries()) == 4


def test_hours_of_rest_hold_back_mail_and_not_the_notice_in_the_system(cast):
    """Whatever the clock says: the rest began an hour ago and ends in an hour, also over midnight."""
    case, now = build.case(cast), timezone.localtime().replace(second=0, microsecond=0)
    ends = now + timedelta(hours=1)
    choose(cast, {"call": ["in_app", "email"]}, quiet=((now - timedelta(hours=1)).time(), ends.time()))
    come(cast, case)
    due = dict(sql("select channel, due_at from notifications_delivery where assignment_id is not null"))
    assert due["email"] == ends and due["in_app"] < ends - timedelta(minutes=50)


def test_a_channel_without_an_address_in_the_directory_is_refused(cast):
    with cast.acting("owner"), pytest.raises(RuleBroken, match="katalogen"):
        attention.choose(channels={"call": ["sms"]}, quiet_from=time(18), quiet_to=time(8), by=cast.owner)


def test_the_page_of_choices_saves_and_the_notices_are_ones_own(cast, browse_own):
    choose(cast, {})
    client = browse_own("amira.falun")
    answer = client.post(
        "/aviseringar/val/", {"call": ["in_app"], "unread": ["in_app"], "quiet_from": "19", "quiet_to": "7.30"}
    )
    assert answer.status_code == 302
    assert sql("select quiet_from, quiet_to from notifications_noticechoice") == [(time(19), time(7, 30))]
    come(cast, build.case(cast))
    sending.send_due()
    assert "Kallelse" in text(client.get("/aviseringar/")) and "Ny" in text(client.get("/aviseringar/"))
    assert "Inga aviseringar" in text(browse_own("johan.falun").get("/aviseringar/"))
    assert client.post("/aviseringar/lasta/").status_code == 302
    assert sql("select count(*) from notifications_delivery where channel = 'in_app' and read_at is null") == [(0,)]
    assert client.post("/aviseringar/val/", {"quiet_from": "x", "quiet_to": "7"}).status_code == 200


def test_queries_are_constant_in_notices(cast, browse_own):
    choose(cast, {"call": ["in_app"]})
    client, case = browse_own("amira.falun"), build.case(cast)
    counts = []
    for number in (3, 20):
        for n in range(number):
            come(cast, case, key=f"{number}:{n}")
        sending.send_due()
        counts.append(len(walk.queries(client, "/aviseringar/")))
    assert counts[0] == counts[1]


# SDK


@pytest.fixture
def dropped(cast, settings, tmp_path):
    """The owner's unit has a function address, and a message to it has been dropped."""
    settings.SIP_SDK_DIR = tmp_path
    sql("update organisations_unit set function_address = '0203:falun.sip' where id = %s", cast.unit("owner").pk)
    case = build.case(cast)
    with cast.acting("owner"):
        services.queue_mail(unit_id=cast.unit("owner").pk, case_id=case.pk, key="call:1")
    assert sending.send_due() == 1
    return tmp_path


def receipt(folder, message: str, state: str) -> None:
    (folder / "kvitton").mkdir(exist_ok=True)
    (folder / "kvitton" / f"{message}.json").write_text(json.dumps({"message_id": message, "state": state}))


def test_a_unit_with_a_function_address_is_reached_by_a_whole_file(cast, dropped):
    [file] = (dropped / "ut").iterdir()
    said = json.loads(file.read_text())
    assert (said["to"], said["attachments"], said["message_id"]) == ("0203:falun.sip", [], file.stem)
    assert sql("select channel, state from notifications_delivery") == [("sdk", "sent")]


@pytest.mark.parametrize(("said", "state", "tasks"), [("delivered", "sent", 0), ("failed", "failed", 1)])
def test_a_receipt_is_taken_once_and_a_no_becomes_a_task(cast, dropped, said, state, tasks):
    [file] = (dropped / "ut").iterdir()
    (dropped / "kvitton").mkdir()
    (dropped / "kvitton" / "rubbish.json").write_text("[1")
    receipt(dropped, file.stem, said)
    for _ in range(2):
        sending.send_due()
    assert sql("select state, receipt_at is not null from notifications_delivery where channel = 'sdk' limit 1")
    assert sql("select state from notifications_delivery where dedupe_key = 'call:1'") == [(state,)]
    with cast.acting("owner"):
        assert InboxItem.objects.filter(kind="delivery_failed").count() == tasks
    assert [file.name for file in (dropped / "kvitton").iterdir()] == ["rubbish.json"]


def test_a_folder_that_cannot_be_written_leaves_the_rest_of_the_post_alone(cast, settings, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    settings.SIP_SDK_DIR = tmp_path / "file"
    sql("update organisations_unit set function_address = '0203:falun' where id = %s", cast.unit("owner").pk)
    case = build.consented(cast)
    sql("delete from notifications_delivery")
    with cast.acting("owner"):
        for n, who in enumerate(("owner", "owner", "party")):
            services.queue_mail(unit_id=cast.unit(who).pk, case_id=case.pk, key=f"call:{n}")
    assert sending.send_due() == 2
    states = sql("select channel, state, attempts from notifications_delivery order by channel, attempts")
    assert states == [("email", "sent", 1), ("sdk", "due", 0), ("sdk", "due", 1)]


def test_attachments_travel_whole(cast, settings, tmp_path):
    settings.SIP_SDK_DIR = tmp_path
    sdk.send("0203:x", "Ämne", "Text", [("brev.pdf", "application/pdf", b"%PDF\x00")], message_id="m1")
    [part] = json.loads((tmp_path / "ut" / "m1.json").read_text())["attachments"]
    assert bytes.fromhex(part["hex"]) == b"%PDF\x00"
