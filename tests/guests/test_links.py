"""Staff's side of a link: made, mailed or printed, its code given another way, ended; and who may (KAL-3)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cases.models import Case
from guests import services
from guests.models import GuestLink
from notifications import sending
from organisations.errors import RuleBroken
from tests import build, build_guests

BY_MAIL = {"way": "email", "email": "anhorig@exempel.se"}
LINK = re.compile(r"/inbjudan/([a-z2-9-]{32})/")


def address(invited, more="") -> str:
    return f"/arenden/{invited.case_id}/moten/{invited.meeting_id}/lank/{invited.pk}/{more}"


def in_scope(cast, made, do, **values):
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=made.link.case_id)
        link = GuestLink.objects.select_related("invitation").get(pk=made.link.pk)
        return do(case=case, link=link, by=cast.owner, **values)


def deliver() -> list:
    """What the sender puts in mailboxes now."""
    mail.outbox = []
    sending.send_due()
    return mail.outbox


def to_guest(found) -> list:
    return [one for one in found if one.to == [BY_MAIL["email"]]]


@pytest.fixture
def mailed(cast, admin):
    admin("update notifications_delivery set state = 'cancelled' where state = 'due'")
    return build_guests.invited(cast)


def test_the_page_shows_link_and_code_once_and_the_letter_holds_no_code(cast, invited, browse):
    amira = browse("amira.falun")
    made = amira.post(address(invited), {"way": "letter"}).content.decode()
    secret = LINK.search(made)[1]
    code = re.search(r"Kod: <span[^>]*>(\d{4} \d{4})<", made)[1]
    assert code not in made[made.index("<article") :] and secret in made[made.index("<article") :]
    assert Client().post(f"/inbjudan/{secret}/", {"code": code}).status_code == 302
    later = amira.get(address(invited)).content.decode()
    assert secret not in later and code not in later and "Öppnad" in later


def test_a_second_press_makes_a_link_that_replaces_the_first(cast, invited, browse):
    amira = browse("amira.falun")
    first, second = (LINK.search(amira.post(address(invited), {"way": "letter"}).content.decode())[1] for _ in range(2))
    assert first != second
    with cast.acting("owner"):
        assert GuestLink.objects.filter(invitation=invited, revoked_at=None).count() == 1


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"way": ""}, "Välj hur deltagaren får länken."),
        ({"way": "email", "agreed": "on"}, "Skriv en e-postadress"),
        ({"way": "email", "email": "inte en adress", "agreed": "on"}, "Skriv en e-postadress"),
        ({"way": "email", "email": "a@b.se\r\nBcc: x@y.se", "agreed": "on"}, "Skriv en e-postadress"),
        ({"way": "email", "email": f"{'a' * 100_000}@b.se", "agreed": "on"}, "Skriv en e-postadress"),
        (BY_MAIL, "Fråga deltagaren om e-post går bra"),
    ],
)
def test_what_is_missing_is_said_at_the_field(cast, invited, browse, sent, says):
    answer = browse("amira.falun").post(address(invited), sent)
    assert answer.status_code == 200 and says in answer.content.decode()
    with cast.acting("owner"):
        assert not GuestLink.objects.filter(invitation=invited).exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("hanna.dalarna", 403), ("maria.falun", 404), ("mattias.falun", 403), ("yusuf.falun", 403), ("anders.falun", 403)],
)
def test_only_handlers_of_the_side_that_calls_make_links(invited, browse, who, status):
    client = browse(who)
    assert client.get(address(invited)).status_code == status
    assert client.post(address(invited), {"way": "letter"}).status_code == status
    assert client.post(address(invited, "sparra/")).status_code == status


def test_a_units_invitation_has_no_link(cast, invited, browse):
    with cast.acting("owner"):
        unit = invited.meeting.invitations.get(unit__isnull=False)
    assert (
        browse("amira.falun").get(address(invited).replace(f"lank/{invited.pk}", f"lank/{unit.pk}")).status_code == 404
    )


def test_the_mail_is_neutral_and_its_link_works_with_the_code(cast, mailed):
    made = build_guests.linked(cast, mailed, **BY_MAIL)
    [letter] = to_guest(deliver())
    assert letter.subject == "Du har ett nytt meddelande"
    secret = LINK.search(letter.body)[1]
    rest = letter.body.replace(secret, "").split()
    assert " ".join(rest[:-1]) == "Du har ett nytt meddelande. Öppna länken för att läsa. Koden får du på annat sätt."
    assert made.code not in letter.body and rest[-1].endswith("/inbjudan//")
    assert Client().post(f"/inbjudan/{secret}/", {"code": made.code}).status_code == 302
    assert to_guest(deliver()) == []


def test_a_mail_that_is_sent_again_bears_a_new_link_and_the_earlier_stops(cast, mailed, admin):
    made = build_guests.linked(cast, mailed, **BY_MAIL)
    [first] = to_guest(deliver())
    admin("update notifications_delivery set state = 'due' where template = 'guest' and case_id = %s", mailed.case_id)
    [second] = to_guest(deliver())
    old, new = (LINK.search(one.body)[1] for one in (first, second))
    assert old != new
    assert Client().post(f"/inbjudan/{old}/", {"code": made.code}).status_code == 200
    assert Client().post(f"/inbjudan/{new}/", {"code": made.code}).status_code == 302


def test_what_ends_before_the_mail_goes_is_not_mailed(cast, mailed):
    made = build_guests.linked(cast, mailed, **BY_MAIL)
    in_scope(cast, made, services.revoke)
    assert to_guest(deliver()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update cases_case set protection = 'marking' where id = %s",
        "update cases_outsideparty set removed_at = now() where case_id = %s",
    ],
)
def test_what_ends_in_the_last_moment_is_not_mailed_and_nobody_is_phoned(cast, mailed, admin, statement):
    build_guests.linked(cast, mailed, **BY_MAIL)
    admin(statement, mailed.case_id)
    assert to_guest(deliver()) == []
    states = admin("select state from notifications_delivery where template = 'guest' and case_id = %s", mailed.case_id)
    assert states == [("cancelled",)]
    with cast.acting("owner"):
        assert not mailed.case.events.filter(kind="delivery_failed").exists()


def test_a_mail_that_does_not_come_through_is_a_task_and_says_to_whom(cast, mailed, admin):
    build_guests.linked(cast, mailed, **BY_MAIL)
    admin("update notifications_delivery set attempts = 6 where template = 'guest' and case_id = %s", mailed.case_id)
    assert to_guest(deliver()) == []
    with cast.acting("owner"):
        texts = list(mailed.case.events.filter(kind="delivery_failed").values_list("text", flat=True))
    assert texts == ["E-post till en deltagare utan konto kom inte fram. Ring i stället."]


def test_the_code_never_goes_the_same_way_as_the_link(cast, invited, browse):
    build_guests.linked(cast, invited)
    amira = browse("amira.falun")
    today = timezone.localdate()
    answer = amira.post(address(invited, "koden/"), {"way": "letter", "on": today.isoformat()})
    assert "Lämna koden per telefon" in answer.content.decode()
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        assert amira.post(address(invited, "koden/"), {"way": "phone", "on": day.isoformat()}).status_code == 200
    assert amira.post(address(invited, "koden/"), {"way": "phone", "on": today.isoformat()}).status_code == 302
    shown = amira.get(address(invited)).content.decode()
    assert "Telefon" in shown and cast.staff("owner").name in shown
    with cast.acting("owner"):
        assert invited.case.events.filter(kind="guest_link").count() == 2


def test_the_service_refuses_the_same_way_too(cast, invited):
    made = build_guests.linked(cast, invited)
    with pytest.raises(RuleBroken, match="per telefon"):
        in_scope(cast, made, services.give_code, way="letter", on=timezone.localdate())


def test_revoking_twice_is_once(cast, invited, browse):
    build_guests.linked(cast, invited)
    amira = browse("amira.falun")
    for _ in range(2):
        assert amira.post(address(invited, "sparra/")).status_code == 302
    assert "Spärrad" in amira.get(address(invited)).content.decode()
    with cast.acting("owner"):
        assert invited.case.events.filter(kind="guest_link", text__contains="spärrades").count() == 1


def test_protected_persons_have_no_links(cast, invited, browse, admin):
    admin("update cases_case set protection = 'marking' where id = %s", invited.case_id)
    amira = browse("amira.falun")
    assert services.PROTECTED in amira.get(address(invited)).content.decode()
    assert services.PROTECTED in amira.post(address(invited), {"way": "letter"}).content.decode()
    with pytest.raises(RuleBroken):
        build_guests.linked(cast, invited)


def test_an_answer_by_phone_or_letter_is_noted_as_such(cast, invited, browse):
    amira = browse("amira.falun")
    page = f"/arenden/{invited.case_id}/moten/{invited.meeting_id}/svar/{invited.pk}/"
    sent = {"answer": "coming", "attendee_name": "Provanna", "attendee_title": "Syster"}
    assert "Välj hur du fick svaret." in amira.post(page, sent).content.decode()
    assert amira.post(page, sent | {"how": "letter"}).status_code == 302
    assert build_guests.invitation(cast, invited.case).answered_how == "letter"
    assert ", brev" in amira.get(f"/arenden/{invited.case_id}/moten/").content.decode()


def test_a_party_answers_for_itself_without_saying_how(cast, browse):
    found = build.called(cast, days_ahead=5)
    with cast.acting("owner"):
        meeting = found.meetings.get()
    sent = {"answer": "coming", "attendee_name": "Hanna", "attendee_title": "Sjuksköterska"}
    assert browse("hanna.dalarna").post(f"/arenden/{found.pk}/moten/{meeting.pk}/svara/", sent).status_code == 302
    with cast.acting("owner"):
        assert meeting.invitations.get().answered_how == ""
