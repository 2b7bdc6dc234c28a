"""What happens to one delivery: sent, tried again, refused, expired, taken over; and who is told when it fails."""

import socket
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from cases.models import Case, CaseEvent
from consent import services as consents
from notifications import sending, services
from notifications.channels import mail
from notifications.models import Delivery, InboxItem
from organisations.actors import worker_actor
from organisations.jobs import BlindSweep
from organisations.scope import acting_for
from tests import build
from tests.cast import Cast
from tests.smtp import post_office


@pytest.fixture
def cast(own_database) -> Cast:
    """In a database of its own: sending commits each step."""
    return Cast()


@pytest.fixture
def post(settings):
    with post_office() as post:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", post.port, 3
        yield post


@pytest.fixture
def case(cast):
    return build.case(cast)


def queue(cast, case, *, key="call:1", who="owner", **values):
    with cast.acting("owner"):
        services.queue_mail(unit_id=cast.unit(who).pk, case_id=case.pk, key=key, **values)


def row(key="call:1") -> dict:
    """The delivery as it stands in the database."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("select * from notifications_delivery where dedupe_key = %s", [key])
        return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))


def change(statement: str) -> None:
    with connections["admin"].cursor() as cursor:
        cursor.execute(f"update {statement}")


def test_a_due_message_goes_once_with_the_rows_id_as_message_id(cast, post, case, settings):
    queue(cast, case)
    assert (sending.send_due(), sending.send_due()) == (1, 0)
    found = row()
    assert (found["state"], found["attempts"], found["lease_until"]) == ("sent", 1, None)
    assert found["sent_at"] is not None
    assert post.ids() == {f"<{found['id']}@{settings.MESSAGE_ID_DOMAIN}>": 1}
    assert post.letters[0]["To"] == cast.unit("owner").email


def test_the_mailbox_is_looked_up_when_the_message_is_sent(cast, post, case):
    queue(cast, case)
    change(f"organisations_unit set email = 'ny@exempel.se' where id = {cast.unit('owner').pk}")
    sending.send_due()
    assert [letter["To"] for letter in post.letters] == ["ny@exempel.se"]


def test_what_is_not_due_yet_waits(cast, post, case):
    queue(cast, case, due_at=timezone.now() + timedelta(hours=1))
    assert sending.send_due() == 0


@pytest.mark.parametrize(
    ("answers", "state", "error"),
    [
        ({"recipient": "550 No such user"}, "failed", "recipient refused 550"),
        ({"recipient": "451 Greylisted"}, "due", "SMTPRecipientsRefused"),
        ({"data": "554 Not here"}, "failed", "message refused 554"),
        ({"data": "452 Full"}, "due", "SMTPDataError 452"),
        ({"seconds": 3}, "due", "SMTPServerDisconnected"),
    ],
)
def test_the_servers_no_is_for_good_and_not_now_is_tried_again(cast, post, case, settings, answers, state, error):
    """5xx about the recipient or the message is permanent; 4xx and silence are tried again after a minute."""
    settings.EMAIL_TIMEOUT = 1
    for name, value in answers.items():
        setattr(post, name, value)
    queue(cast, case)
    assert sending.send_due() == 1
    found = row()
    assert (found["state"], found["last_error"], found["lease_until"]) == (state, error, None)
    if state == "due":
        assert timedelta(seconds=50) < found["due_at"] - timezone.now() < timedelta(seconds=70)


def test_it_is_tried_six_times_over_two_hours_and_then_becomes_a_task(cast, post, case):
    post.recipient = "451 Not now"
    queue(cast, case)
    waits = []
    for _ in range(sending.ATTEMPTS):
        assert sending.send_due() == 1
        waits.append((row()["due_at"] - timezone.now()).total_seconds() / 60)
        change("notifications_delivery set due_at = now() - interval '1 s'")
    assert row()["state"] == "failed"
    for wait, wanted in zip(waits, sending.BACKOFF_MINUTES, strict=False):
        assert 0.85 * wanted <= wait <= 1.12 * wanted
    assert sending.send_due() == 0


@pytest.mark.parametrize("email", ["", "två adresser@x.se, till@y.se\nBcc: z@z.se"])
def test_a_unit_without_a_usable_mailbox_is_shown_to_the_owner_who_phones(cast, post, case, email):
    """Never silent: a task in the owner's inbox, and whom to phone in the case's history."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("update organisations_unit set email = %s where id = %s", [email, cast.unit("party").pk])
    queue(cast, case, who="party")
    sending.send_due()
    assert (row()["state"], post.raw) == ("failed", [])
    with cast.acting("owner"):
        assert InboxItem.objects.get(case_id=case.pk).kind == "delivery_failed"
        event = CaseEvent.objects.get(case=case, kind="delivery_failed")
        assert event.text == f"E-post till {cast.unit('party').name} kom inte fram. Ring i stället."


def test_a_failed_mail_to_a_unit_without_access_tells_that_unit_nothing(cast, post, case):
    change(f"organisations_unit set email = '' where id = {cast.unit('party').pk}")
    queue(cast, case, who="party")
    sending.send_due()
    with cast.acting("party"):
        assert not InboxItem.objects.exists()


def test_what_is_too_late_is_marked_and_not_sent(cast, post, case):
    queue(cast, case, due_at=timezone.now() - timedelta(days=1), expires_at=timezone.now() - timedelta(minutes=1))
    assert sending.send_due() == 0
    assert (row()["state"], post.raw) == ("expired", [])


def test_what_is_cancelled_is_not_sent(cast, post, case):
    queue(cast, case)
    with cast.acting("owner"):
        assert services.cancel(case_id=case.pk, key_prefix="call:") == 1
    assert (sending.send_due(), row()["state"]) == (0, "cancelled")


def test_a_dead_senders_row_comes_back_when_its_lease_has_run_out(cast, post, case):
    queue(cast, case)
    sending.claim()
    assert sending.send_due() == 0
    change("notifications_delivery set lease_until = now() - interval '1 s'")
    assert sending.send_due() == 1
    assert (row()["state"], row()["attempts"]) == ("sent", 2)


@pytest.mark.parametrize("how", ["withdrawn", "cancelled"])
def test_what_a_dead_sender_held_is_not_sent_after_a_withdrawal(cast, post, case, how):
    """SAM-5: nothing more goes out; what is new is only that the case has ended."""
    build.consent(cast, case, units=())
    queue(cast, case)
    sending.claim()
    with cast.acting("owner"):
        if how == "withdrawn":
            now = Case.objects.with_names().get(pk=case.pk)
            consents.withdraw(case=now, form="spoken", by=cast.owner)
        else:
            services.cancel(case_id=case.pk, key_prefix="call:")
    change("notifications_delivery set lease_until = now() - interval '1 s' where dedupe_key = 'call:1'")
    sending.send_due()
    assert row()["state"] == "expired" and row()["sent_at"] is None
    assert len(post.letters) == (1 if how == "withdrawn" else 0)


def test_a_sender_that_was_only_slow_does_not_touch_what_another_has_taken_over(cast, post, case):
    queue(cast, case)
    slow = sending.claim()
    change("notifications_delivery set lease_until = now() - interval '1 s'")
    other = sending.claim()
    sending.mark(slow, "failed", error="late")
    assert (row()["state"], row()["attempts"]) == ("sending", 2)
    sending.mark(other, "sent")
    sending.mark(slow, "failed", error="late")
    assert row()["state"] == "sent"


def test_a_row_that_kills_its_sender_is_given_up(cast, post, case):
    queue(cast, case)
    change(f"notifications_delivery set attempts = {sending.ATTEMPTS}, state = 'sending', lease_until = now()")
    assert sending.send_due() == 1
    assert (row()["state"], row()["last_error"], post.raw) == ("failed", "gave up", [])


def test_a_row_that_makes_its_sender_fail_stops_no_other(cast, post, case, monkeypatch):
    """A fault of ours is tried again like any other, and in the end a task for people; the rest go on."""
    queue(cast, case, key="call:poison")
    queue(cast, case, key="call:2")
    whole = mail.Sender.send

    def send(sender, found):
        return 1 / 0 if found.id == row("call:poison")["id"] else whole(sender, found)

    monkeypatch.setattr(mail.Sender, "send", send)
    assert sending.send_due() == 2
    assert (row("call:2")["state"], row("call:poison")["state"]) == ("sent", "due")
    assert row("call:poison")["last_error"] == "ZeroDivisionError"
    change(f"notifications_delivery set due_at = now(), attempts = {sending.ATTEMPTS - 1} where state = 'due'")
    assert sending.send_due() == 1
    with cast.acting("owner"):
        assert InboxItem.objects.get(case_id=case.pk).kind == "delivery_failed"


def test_a_clock_set_back_an_hour_holds_nothing_up(cast, post, case):
    """What was due when it was made is due, and a lease longer than a lease can be has run out."""
    queue(cast, case, key="call:1")
    queue(cast, case, key="call:2")
    queue(cast, case, key="call:3", due_at=timezone.now() + timedelta(minutes=10))
    hour = "interval '1 hour'"
    change(f"notifications_delivery set created_at = created_at + {hour}, due_at = due_at + {hour}")
    change(f"notifications_delivery set state = 'sending', attempts = 1, lease_until = now() + {hour} "
           "where dedupe_key = 'call:2'")  # fmt: skip
    assert sending.send_due() == 2
    assert [row(f"call:{n}")["state"] for n in (1, 2, 3)] == ["sent", "sent", "due"]


def test_when_the_mail_server_is_away_one_row_is_tried_and_the_rest_keep_their_attempts(cast, post, case, settings):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        settings.EMAIL_PORT = unused.getsockname()[1]
    for number in range(3):
        queue(cast, case, key=f"call:{number}")
    assert sending.send_due() == 1
    assert sorted(row(f"call:{number}")["attempts"] for number in range(3)) == [0, 0, 1]


def test_a_blind_sweep_says_so(cast, post, case):
    """A missing policy gives no error, only no rows: the sweep itself must notice."""
    queue(cast, case)
    with connections["admin"].cursor() as cursor:
        cursor.execute("drop policy worker_select on notifications_delivery")
    with pytest.raises(BlindSweep):
        sending.send_due()


def test_the_worker_reads_only_the_columns_it_needs(cast, case):
    """Which case a message is about is none of the sender's business."""
    queue(cast, case)
    with pytest.raises(Exception, match="permission denied"), acting_for(worker_actor("test")), transaction.atomic():
        list(Delivery.objects.values_list("case_id"))


def test_the_same_event_twice_tells_nobody_twice(cast, post, case):
    for _ in range(3):
        with cast.acting("owner"):
            services.tell_unit(unit_id=cast.unit("owner").pk, case_id=case.pk, kind="answer", key="m1")
    assert sending.send_due() == 1
    with cast.acting("owner"):
        assert InboxItem.objects.filter(case_id=case.pk).count() == 1


def test_an_event_that_is_rolled_back_leaves_no_message(cast, post, case):
    with pytest.raises(RuntimeError), cast.acting("owner"):
        services.queue_mail(unit_id=cast.unit("owner").pk, case_id=case.pk, key="call:1")
        raise RuntimeError("the page failed")
    assert sending.send_due() == 0
