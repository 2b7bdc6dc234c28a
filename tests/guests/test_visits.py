"""What a guest meets: link and code together show one invitation; every no is the same no (KAL-3)."""

import math
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from audit.models import AuditEvent
from cases import services as cases
from cases.models import Case
from consent import services as consents
from guests import codes, services, views, visits
from guests.models import GuestLink
from meetings import services as meetings
from notifications import links
from notifications.models import InboxItem
from tests import build, build_guests

DELEGATE = {"answer": "delegate", "attendee_name": "Ulf Prov", "attendee_title": "God man"}
PLACE, AGENDA = "Provgatan 4 B", "Vad är viktigt för dig?"


def page(client) -> str:
    return client.get("/inbjudan/").content.decode()


def is_open(client) -> bool:
    return PLACE in page(client)


def test_link_and_code_show_the_invitation_and_nothing_of_the_case(cast, invited, guest):
    made = build_guests.linked(cast, invited)
    browser = guest(made)
    assert (browser.came.status_code, browser.came["Location"]) == (302, "/inbjudan/")
    body = page(browser)
    for word in (PLACE, "På plats", cast.staff("owner").name, cast.unit("owner").name):
        assert word in body
    case = build.reread(cast, invited.case)
    for word in (
        case.full_name,
        case.given_name,
        case.reference,
        str(case.pk),
        AGENDA,
        "arenden",
        cast.unit("party").name,
    ):
        assert word not in body, word


def test_the_link_alone_shows_the_same_whether_there_is_one_or_not(cast, invited):
    made = build_guests.linked(cast, invited)
    known, unknown = (Client().get(f"/inbjudan/{secret}/") for secret in (made.secret, links.new_secret()))
    assert without_token(known) == without_token(unknown)
    assert known.status_code == 200 and PLACE not in known.content.decode()


def without_token(response) -> str:
    body = response.content.decode()
    start = body.index('name="csrfmiddlewaretoken"')
    return body[:start] + body[body.index(">", start) :]


def test_every_no_is_the_same_no(cast, invited, guest, admin):
    """Unknown link, wrong code, ended, locked, past its day: one page, one status, no cookie."""
    made = build_guests.linked(cast, invited)
    wrong = "0" * 8 if made.code != "0" * 8 else "1" * 8
    nos = {"wrong": guest(made, wrong).came}
    nos["unknown"] = Client().post(f"/inbjudan/{links.new_secret()}/", {"code": made.code})
    for name, column in (("ended", "revoked_at"), ("locked", "locked_at")):
        admin(f"update guests_guestlink set {column} = now() where id = %s", made.link.pk)
        nos[name] = guest(made).came
        admin(f"update guests_guestlink set {column} = null where id = %s", made.link.pk)
    admin("update guests_guestlink set expires_at = now() where id = %s", made.link.pk)
    nos["late"] = guest(made).came
    pages = {name: without_token(answer).replace(wrong, made.code) for name, answer in nos.items()}
    assert len(set(pages.values())) == 1, {name: len(text) for name, text in pages.items()}
    assert {answer.status_code for answer in nos.values()} == {200}
    assert not any(views.COOKIE in answer.cookies for answer in nos.values())
    assert views.NO in pages["unknown"]


def test_the_fifth_wrong_code_locks_the_link_also_for_the_right_one(cast, invited, guest):
    made = build_guests.linked(cast, invited)
    open_already = guest(made)
    wrong = f"{(int(made.code) + 1) % 10**8:08d}"
    for _ in range(4):
        guest(made, wrong)
    assert guest(made).came.status_code == 302  # and the count begins anew
    for _ in range(5):
        assert guest(made, wrong).came.status_code == 200
    assert guest(made).came.status_code == 200
    assert not is_open(open_already)
    with cast.acting("owner"):
        assert GuestLink.objects.get(pk=made.link.pk).locked_at
        assert invited.case.events.filter(kind="guest_locked").count() == 1


def test_one_address_may_try_thirty_times_in_a_quarter(cast, invited, guest, admin):
    made = build_guests.linked(cast, invited)
    mark = visits.place("127.0.0.1")
    admin("insert into guests_guesttry (key, at) select %s, now() from generate_series(1, 29)", mark)
    assert guest(made, f"{(int(made.code) + 1) % 10**8:08d}").came.status_code == 200
    assert guest(made).came.status_code == 200
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert other.post(f"/inbjudan/{made.secret}/", {"code": made.code}).status_code == 302
    admin("update guests_guesttry set at = at - interval '16 minutes'")
    assert guest(made).came.status_code == 302


def test_one_without_a_link_shuts_nobody_out(cast, invited, guest, admin):
    """Behind a proxy all share one address: only tries on links that stand are counted."""
    ended = build_guests.linked(cast, invited)
    made = build_guests.linked(cast, invited)
    for secret in (links.new_secret(), ended.secret):
        Client().post(f"/inbjudan/{secret}/", {"code": "12345678"})
    assert admin("select count(*) from guests_guesttry") == [(0,)]
    assert guest(made).came.status_code == 302


@pytest.mark.parametrize("code", ["", "1234", "abcdefgh", "1" * 100_000, "12345678\x00", "１２３４５６７８"])
def test_what_is_no_code_is_said_to_be_none_and_counts_as_no_try(cast, invited, guest, code):
    made = build_guests.linked(cast, invited)
    for _ in range(6):
        answer = guest(made, code).came
        assert answer.status_code == 200 and views.NO not in answer.content.decode()
    assert guest(made).came.status_code == 302


def test_a_code_is_taken_as_it_is_read_aloud_and_a_link_as_it_is_written(cast, invited):
    made = build_guests.linked(cast, invited)
    written = links.address(made.secret, url="https://exempel.se/x").removeprefix("https://exempel.se")
    assert written.count("-") == 6
    assert (
        Client().post(written.upper().replace("INBJUDAN", "inbjudan"), {"code": codes.shown(made.code)}).status_code
        == 302
    )


def test_a_visit_is_over_after_half_an_hour_or_when_it_is_closed(cast, invited, guest, admin):
    made = build_guests.linked(cast, invited)
    browser = guest(made)
    assert is_open(browser)
    kept = browser.cookies[views.COOKIE].value
    browser.post("/inbjudan/stang/")
    browser.cookies[views.COOKIE] = kept
    assert not is_open(browser)
    late = guest(made)
    admin("update guests_guestkey set visit_until = now()")
    assert not is_open(late)
    assert late.post("/inbjudan/", {"answer": "declined"}).status_code == 403
    assert build_guests.invitation(cast, invited.case).answer == "none"


def owner(cast, do):
    def act(invited):
        with cast.acting("owner"):
            case = Case.objects.with_names().get(pk=invited.case_id)
            do(
                case,
                build_guests.Invitation.objects.select_related("meeting__called_by", "outside_party").get(
                    pk=invited.pk
                ),
            )

    return act


ENDS = {
    "removed": lambda cast: lambda case, i: cases.remove_outside_party(case=case, party=i.outside_party, by=cast.owner),
    "cancelled": lambda cast: lambda case, i: meetings.cancel(case=case, meeting=i.meeting, why="Sjuk", by=cast.owner),
    "moved": lambda cast: lambda case, i: move(cast, case, i),
    "withdrawn": lambda cast: lambda case, i: consents.withdraw(case=case, form="spoken", by=cast.owner),
    "new link": lambda cast: lambda case, i: services.make(case=case, invitation=i, way="letter", by=cast.owner),
    "revoked": lambda cast: lambda case, i: services.revoke(
        case=case, link=GuestLink.objects.select_related("invitation").get(invitation=i), by=cast.owner
    ),
}  # fmt: skip


def move(cast, case, i):
    begins = i.meeting.starts_at + timedelta(days=1)
    meetings.move(
        case=case, meeting=i.meeting, why="Sjuk", units=[cast.unit("party")], outside=[i.outside_party], by=cast.owner,
        starts_at=begins, ends_at=begins + timedelta(hours=1), form="physical", place="Ny plats", agenda="Allt",
        chair=cast.staff("owner"), writer=cast.staff("owner"),
    )  # fmt: skip


@pytest.mark.parametrize("what", ENDS)
def test_what_ends_the_reason_ends_the_link_and_the_visit_at_once(cast, invited, guest, what):
    made = build_guests.linked(cast, invited)
    browser = guest(made)
    assert is_open(browser)
    owner(cast, ENDS[what](cast))(invited)
    assert "Inbjudan är stängd" in page(browser)
    assert guest(made).came.status_code == 200
    assert browser.post("/inbjudan/", {"answer": "coming"}).status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "update cases_case set protection = 'marking'",
        "update cases_case set state = 'closed', closed_on = current_date, close_reason = 'goals_met'",
        "update consent_consent set valid_to = current_date - 1, given_on = current_date - 9",
        "update consent_consent set planning_answer = 'no'",
        "update meetings_meeting set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'",
    ],
)
def test_what_the_days_and_others_change_ends_it_too(cast, invited, guest, statement, admin):
    made = build_guests.linked(cast, invited)
    browser = guest(made)
    admin(f"{statement} where {'case_id' if 'cases_case' not in statement else 'id'} = %s", invited.case_id)
    assert not is_open(browser)
    assert guest(made).came.status_code == 200


@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ({"answer": "coming"}, ("coming", "Provanna Anhörig", "Syster")),
        (DELEGATE, ("delegate", "Ulf Prov", "God man")),
        ({"answer": "declined", "attendee_name": "Ulf"}, ("declined", "", "")),
    ],
)  # fmt: skip
def test_the_answer_is_saved_once_and_told_to_the_one_who_called(cast, invited, guest, sent, saved):
    browser = guest(build_guests.linked(cast, invited))
    for _ in range(2):
        assert browser.post("/inbjudan/", sent)["Location"] == "/inbjudan/"
    found = build_guests.invitation(cast, invited.case)
    assert (found.answer, found.attendee_name, found.attendee_title) == saved
    assert (found.answered_how, found.answered_by_id) == ("link", None) and found.answered_at and found.read_at
    assert "Ditt svar är sparat" in page(browser)
    with cast.acting("owner"):
        told = invited.case.events.filter(kind="answered")
        assert [event.by_id for event in told] == [None]
        assert InboxItem.objects.filter(case_id=invited.case_id, kind="answer").count() == 1


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"attendee_name": ""}, "Välj ett svar."),
        ({"answer": "none"}, "Välj ett av svaren."),
        ({"answer": "delegate"}, "Skriv namnet på den som kommer."),
        ({"answer": "delegate", "attendee_name": "U" * 100_000, "attendee_title": "X"}, "Skriv högst 150 tecken."),
        ({"answer": "delegate", "attendee_name": "Ulf\u202e", "attendee_title": "X"}, "tecken som inte går att läsa"),
    ],
)
def test_what_is_no_answer_is_said_at_the_field(cast, invited, guest, sent, says):
    browser = guest(build_guests.linked(cast, invited))
    answer = browser.post("/inbjudan/", sent)
    assert answer.status_code == 200 and says in answer.content.decode()
    assert build_guests.invitation(cast, invited.case).answer == "none"


def agenda_shown(cast, guest, admin, topics, *, exempted=0, shows=True, share="yes") -> bool:
    invited = build_guests.invited(cast, topics=topics)
    made = build_guests.linked(cast, invited, shows_agenda=shows)
    admin("update consent_consent set share_answer = %s where case_id = %s", share, invited.case_id)
    if exempted:
        admin(
            "insert into consent_consentexemption (case_id, consent_id, unit_id, topics) select case_id, id, %s, %s"
            " from consent_consent where case_id = %s", cast.unit("same_kommun").pk, exempted, invited.case_id,
        )  # fmt: skip
    return AGENDA in page(guest(made))


@pytest.mark.parametrize(
    ("topics", "values", "expected"),
    [
        (-1, {}, True),
        (-1, {"shows": False}, False),
        (-1, {"share": "no"}, False),
        (-1, {"exempted": 1}, False),
        (2, {"exempted": 1}, True),
        (3, {"exempted": 1}, False),
    ],
)
def test_what_is_to_be_talked_about_follows_the_decision_and_the_topics(cast, guest, admin, topics, values, expected):
    assert agenda_shown(cast, guest, admin, topics, **values) == expected


def test_each_step_stands_in_the_persons_log(cast, invited, guest):
    made = build_guests.linked(cast, invited)
    guest(made, f"{(int(made.code) + 1) % 10**8:08d}")
    browser = guest(made)
    page(browser)
    browser.post("/inbjudan/", {"answer": "coming"})
    rows = AuditEvent.objects.using("admin").filter(case_id=invited.case_id, actor_kind="guest")
    events = list(rows.order_by("id").values_list("event", "actor_name", "case_id"))
    assert [row[0].partition(".")[2] for row in events] == ["wrong_code", "entered", "read", "read", "answered"]
    assert {row[1:] for row in events} == {("Deltagare utan konto", invited.case_id)}


def test_a_guest_is_the_same_guest_whoever_is_signed_in_in_the_browser(cast, invited, guest, browse):
    made = build_guests.linked(cast, invited)
    staff = browse("linda.kalmar")
    assert not is_open(staff)
    assert staff.post(f"/inbjudan/{made.secret}/", {"code": made.code}).status_code == 302
    body = page(staff)
    assert PLACE in body and cast.staff("outsider").name not in body
    assert staff.get(f"/arenden/{invited.case_id}/").status_code == 404
    # And the guest's cookie opens nothing else.
    alone = guest(made)
    assert alone.get("/arenden/")["Location"].startswith("/logga-in/")
    assert alone.get("/min-plan/")["Location"].startswith("/logga-in/")


def test_the_pages_are_kept_nowhere_and_tell_no_one_their_address(cast, invited, guest):
    made = build_guests.linked(cast, invited)
    browser = guest(made)
    cookie = browser.came.cookies[views.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and not cookie["max-age"]
    for answer in (
        Client().get(f"/inbjudan/{made.secret}/"),
        browser.came,
        browser.get("/inbjudan/"),
        Client().get("/inbjudan/"),
    ):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "noindex" in answer["X-Robots-Tag"]
        assert made.secret not in answer.content.decode()


def test_only_digests_are_kept(cast, invited, guest, admin):
    made = build_guests.linked(cast, invited)
    browser = guest(made)
    visit = browser.cookies[views.COOKIE].value
    found = "select secret, salt, code, visit, k::text || l::text from guests_guestkey k join guests_guestlink l"
    [(secret, salt, code, kept, text)] = admin(f"{found} on l.id = k.link_id where l.id = %s", made.link.pk)
    assert bytes(secret) == links.digest(made.secret) and bytes(code) == codes.digest(made.code, bytes(salt))
    assert len(bytes(kept)) == 32
    for plain in (made.secret, made.code, visit):
        assert plain not in text and plain.encode().hex() not in text


def test_staffs_face_has_no_guests(cast, invited, settings):
    made = build_guests.linked(cast, invited)
    settings.SIP_FACE = "staff"
    assert Client().get(f"/inbjudan/{made.secret}/").status_code == 404
    settings.SIP_FACE = "citizen"
    assert Client().get(f"/inbjudan/{made.secret}/").status_code == 200


def test_nothing_stays_on_the_connection(cast, invited, guest):
    page(guest(build_guests.linked(cast, invited)))
    with connection.cursor() as cursor:
        cursor.execute("select current_user = session_user, current_setting('sip.purpose', true)")
        assert cursor.fetchone() == (True, "")


def test_the_answer_shows_on_staffs_page(cast, invited, guest, browse):
    guest(build_guests.linked(cast, invited)).post("/inbjudan/", {"answer": "coming"})
    shown = browse("amira.falun").get(f"/arenden/{invited.case_id}/moten/").content.decode()
    assert "länk och kod" in shown


def test_links_and_codes_are_drawn_by_the_systems_own_chance():
    """At least 128 and 26 bits, and every sign may come anywhere."""
    secrets, drawn = {links.new_secret() for _ in range(500)}, {codes.new() for _ in range(500)}
    assert len(secrets) == 500 and len(drawn) > 490
    assert {len(secret) for secret in secrets} == {links.LENGTH} and {len(code) for code in drawn} == {codes.DIGITS}
    assert links.LENGTH * math.log2(len(set(links.ALPHABET))) >= 128
    for at in (0, links.LENGTH - 1):
        assert {secret[at] for secret in secrets} == set(links.ALPHABET)
    assert {code[0] for code in drawn} == set("0123456789")
    assert links.secrets is codes.secrets is sys.modules["secrets"]
