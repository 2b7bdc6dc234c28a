"""Without a valid actor nothing about a case leaves the process, on any address; nothing stays on the connection."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import Error, connection
from django.urls import resolve
from django.utils import timezone

from organisations import middleware, scope, session_rules
from tests.isolation.addresses import targets
from tests.isolation.addresses_guests import GUESTS
from tests.isolation.atlas import CITIZENS, FAMILY_NAME, GIVEN_NAME, NUMBERS, Atlas

NOBODY = -1
# A GET may mark what the unit has now been shown: the kallelse as opened (KAL-5).
MARKED_BY_GET = {"meetings:overview": {"meetings_invitation"}, "meetings:answer": {"meetings_invitation"}}


@pytest.fixture(scope="module")
def atlas(module_database):
    return Atlas()


@pytest.fixture(scope="module")
def pages(atlas):
    """Every address that answers a GET."""
    return [target for target in targets(atlas) if target.method == "get"]


@pytest.fixture(scope="module")
def secrets(atlas) -> list[str]:
    """What may stand in no answer: names, numbers in both ways of writing, references and ids."""
    cases = atlas.cases.values()
    numbers = [form for number in NUMBERS.values() for form in (number, f"{number[:8]}-{number[8:]}")]
    return [GIVEN_NAME, FAMILY_NAME, *numbers, *(case.reference for case in cases)]


def leaks(response, secrets) -> list[str]:
    body = response.content.decode(errors="replace")
    return [secret for secret in secrets if secret in body]


def faults(atlas, who, pages, secrets, statuses=(302, 403, 404)) -> list:
    found = []
    for target in pages:
        if target.name in OPEN_TO_ALL:
            continue
        response = atlas.ask(who, target)
        if response.status_code not in statuses or leaks(response, secrets):
            found.append((target.name, response.status_code, leaks(response, secrets)))
    return found


MANAGERS_ONLY = {"logbook:extract", "logbook:download"}
OPEN_TO_ALL = {"healthz", "readyz", "organisations:accessibility", "organisations:privacy", "organisations:acting",
               "organisations:session_status", "organisations:step_up", *GUESTS}  # fmt: skip


def test_the_owner_is_shown_what_the_others_must_not_see(atlas, pages, secrets):
    """The tests below look for the right words."""
    shown = {name for target in pages if target.case for name in leaks(atlas.ask("owner", target), secrets)}
    assert {GIVEN_NAME, FAMILY_NAME, atlas.cases["main"].reference} <= shown


def test_a_session_without_an_acting_assignment_leads_to_the_choice(atlas, pages, secrets):
    session = atlas.clients["owner"].session
    chosen = session.pop(session_rules.ACTING)
    session.save()
    try:
        assert faults(atlas, "owner", pages, secrets) == []
        assert atlas.clients["owner"].get("/arenden/").headers["Location"] == "/byt-enhet/"
    finally:
        session[session_rules.ACTING] = chosen
        session.save()


def test_an_assignment_that_ends_during_the_session_ends_the_right_at_once(atlas, pages, secrets):
    assignment, yesterday = atlas.cast.assignment("owner"), timezone.localdate() - timedelta(days=1)
    columns = "valid_from = %s, valid_to = %s"
    change = f"update organisations_assignment set {columns} where id = %s"
    atlas.sql(change, yesterday - timedelta(days=1), yesterday, assignment.pk)
    try:
        assert faults(atlas, "owner", pages, secrets) == []
    finally:
        atlas.sql(change, assignment.valid_from, assignment.valid_to, assignment.pk)


def test_somebody_elses_assignment_in_the_session_gives_nothing(atlas, pages, secrets):
    client = atlas.clients["outsider"]
    session, own = client.session, client.session[session_rules.ACTING]
    session[session_rules.ACTING] = atlas.cast.assignment("owner").pk
    session.save()
    try:
        assert faults(atlas, "outsider", pages, secrets) == []
    finally:
        session[session_rules.ACTING] = own
        session.save()


@pytest.mark.parametrize("ids", [{"unit_id": NOBODY}, {"unit_id": NOBODY, "organisation_id": NOBODY}])
def test_a_unit_that_does_not_exist_sees_nothing(atlas, pages, secrets, monkeypatch, ids):
    known = middleware.staff_actor
    monkeypatch.setattr(middleware, "staff_actor", lambda *args, **kwargs: replace(known(*args, **kwargs), **ids))
    with errors_as_pages(atlas.clients["owner"]):
        assert faults(atlas, "owner", pages, secrets, statuses=(200, 302, 403, 404, 500)) == []
    # What the role alone refuses is refused before the case is looked for.
    of_cases = [t for t in pages if t.case and not t.citizens_face and t.name not in MANAGERS_ONLY]
    assert {atlas.ask("owner", target).status_code for target in of_cases} == {404}


@pytest.mark.parametrize(("face", "shut_out"), [("staff", "citizen"), ("citizen", "owner")])
def test_a_process_of_one_face_has_no_other(atlas, pages, secrets, settings, face, shut_out):
    """In production each face has its own process and login: a session of the other face finds nothing there."""
    settings.SIP_FACE = face
    about = [target for target in pages if target.case]
    assert faults(atlas, shut_out, about, secrets, statuses=(404,)) == []


def context_without(monkeypatch, **kept):
    """The scope tells the database nothing but `kept`."""
    known = scope._context

    def told(actor):
        return dict.fromkeys(known(actor), "") | {"db_role": "none"} | (kept if actor else {})

    monkeypatch.setattr(scope, "_context", told)


@contextmanager
def errors_as_pages(client):
    client.raise_request_exception = False
    yield
    client.raise_request_exception = True


@pytest.mark.parametrize(("who", "role"), [("owner", "sip_staff"), ("owner", "none"), ("citizen", "sip_citizen")])
def test_a_database_that_was_not_told_who_asks_shows_nothing(atlas, pages, secrets, monkeypatch, who, role):
    """The app believes in its actor, the database knows none: no page shows a thing, and none is logged as read."""
    context_without(monkeypatch, db_role=role)
    with errors_as_pages(atlas.clients[who]):
        found = faults(atlas, who, pages, secrets, statuses=(200, 302, 403, 404, 500))
    assert found == []


def stays_on_the_connection() -> list:
    """What the connection still knows or may after a request."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user = session_user, current_setting('sip.unit_id', true),"
                       " current_setting('sip.user_id', true), current_setting('sip.role', true)")  # fmt: skip
        own_role, *told = cursor.fetchone()
    left = [] if own_role else ["role"]
    left += [value for value in told if value]
    for table in ("cases_case", "cases_person", "plans_plan", "case_access", "notifications_inboxitem"):
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"select 1 from {table} limit 1")
                left += [table] if cursor.fetchone() else []
        except Error as error:
            assert error.__cause__.sqlstate == "42501"
    return left


@pytest.mark.parametrize("who", ["owner", "citizen", "admin"])
def test_the_connection_knows_nobody_after_any_request(atlas, pages, who):
    assert connection.settings_dict["CONN_MAX_AGE"]
    for target in pages:
        atlas.ask(who, target)
        assert stays_on_the_connection() == [], target.name


def test_two_who_alternate_on_one_connection_see_their_own(atlas):
    """A pool of one: owner, outsider, citizen and the other citizen in turn, ten times."""
    staff_page = f"/arenden/{atlas.cases['main'].pk}/"
    own_page = f"/min-plan/{atlas.cases['main'].pk}/"
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()
    for _ in range(10):
        answers = [
            atlas.clients[who].get(page).status_code
            for who, page in (("owner", staff_page), ("outsider", staff_page), ("party", staff_page),
                              ("citizen", own_page), ("other_citizen", own_page))
        ]  # fmt: skip
        assert answers == [200, 404, 200, 200, 404]
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        assert cursor.fetchone() == pid


@pytest.mark.parametrize("who", ["owner", "party", "citizen", "admin"])
def test_a_get_writes_nothing_but_the_log(atlas, pages, who):
    wrong, before = [], atlas.rows()
    for target in pages:
        if target.citizens_face != (who in CITIZENS):
            continue
        atlas.ask(who, target)
        if changed := atlas.changed_since(before):
            before = atlas.rows()
            if changed - MARKED_BY_GET.get(target.name, set()):
                wrong.append((who, target.name, changed))
    assert wrong == []


def logged(atlas, since: int) -> list[tuple]:
    """The rows after `since`: event, action and whom each is about."""
    rows = atlas.sql("select event, action, person_id, persons from audit_event where id > %s order by id", since)
    return [(event, action, {person} if person else set(persons)) for event, action, person, persons in rows]


@pytest.mark.parametrize("who", ["owner", "party", "reader", "coordinator", "admin", "citizen", "outsider"])
def test_a_page_about_a_person_is_exactly_one_row_about_that_person(atlas, pages, who):
    """In the same transaction, on every address; a refused one is exactly one row that says so (V16.3.2)."""
    last = "select max(id) from audit_event"
    persons = {case.person_id: leaked(case) for case in atlas.cases.values()}
    wrong, shown = [], 0
    for target in pages:
        if target.citizens_face != (who in CITIZENS) or target.name in OPEN_TO_ALL:
            continue
        since = atlas.one(last)
        response = atlas.ask(who, target)
        rows = logged(atlas, since)
        if response.status_code in (403, 404):
            # An address outside the scope that is switched off here, such as the operators' login, refuses nobody.
            if [row[1] for row in rows] != ["Nekad"] and not getattr(resolve(target.url).func, "unscoped", False):
                wrong.append((target.name, response.status_code, rows))
        elif response.status_code == 200:
            body = response.content.decode(errors="replace")
            about = {atlas.cases[target.case].person_id} if target.case else set()
            about |= {person for person, words in persons.items() if any(named(word, body) for word in words)}
            shown += len(about)
            if any(sum(person in row[2] for row in rows) != 1 for person in about):
                wrong.append((target.name, about, rows))
    assert wrong == []
    assert shown or who in {"admin", "coordinator", "outsider"}


def named(word: str, body: str) -> bool:
    """A discharge has a number of the same shape, with a letter before it."""
    return re.search(rf"(?<![A-Z]){re.escape(word)}", body) is not None


def leaked(case) -> tuple[str, ...]:
    return (case.reference, f"/arenden/{case.pk}/", f"/min-plan/{case.pk}/")


def test_no_log_row_no_data(atlas, pages, secrets):
    """When the log cannot be written, no page about a case is shown."""
    atlas.sql("revoke execute on function audit_append from sip_staff, sip_citizen")
    try:
        for who in ("owner", "citizen"):
            with errors_as_pages(atlas.clients[who]):
                about = [t for t in pages if t.case and t.citizens_face == (who in CITIZENS)]
                assert faults(atlas, who, about, secrets, statuses=(403, 404, 500)) == []
    finally:
        atlas.sql("grant execute on function audit_append to sip_staff, sip_citizen")
