"""Tries and answers at the same time: each is counted, and one answer is one (KAL-3)."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.test import Client

from guests import visits
from tests import build_guests

AT_ONCE = 12


def together(ask) -> list:
    def alone(number):
        try:
            return ask(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(alone, range(AT_ONCE)))


def test_wrong_codes_at_the_same_time_are_each_counted(cast, invited, admin):
    made = build_guests.linked(cast, invited)
    wrong = f"{(int(made.code) + 1) % 10**8:08d}"

    def guess(number):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        return client.post(f"/inbjudan/{made.secret}/", {"code": wrong}).status_code

    assert set(together(guess)) == {200}
    # Locked by the fifth: those after it were not looked at.
    assert admin("select wrong from guests_guestkey where link_id = %s", made.link.pk) == [(5,)]
    assert Client().post(f"/inbjudan/{made.secret}/", {"code": made.code}).status_code == 200


def test_tries_from_one_address_at_the_same_time_do_not_pass_each_other(cast, invited, admin):
    made, mark = build_guests.linked(cast, invited), visits.place("192.0.2.9")
    wrong = f"{(int(made.code) + 1) % 10**8:08d}"
    admin("insert into guests_guesttry (key, at) select %s, now() from generate_series(1, 28)", mark)
    page = f"/inbjudan/{made.secret}/"
    together(lambda number: Client(REMOTE_ADDR="192.0.2.9").post(page, {"code": wrong}).status_code)
    assert admin("select count(*) from guests_guesttry where key = %s", mark) == [(30,)]
    assert admin("select wrong from guests_guestkey where link_id = %s", made.link.pk) == [(2,)]


def test_the_same_answer_many_times_at_once_is_one(cast, invited, guest, admin):
    visit = guest(build_guests.linked(cast, invited)).cookies

    def reply(_):
        client = Client()
        client.cookies = visit
        return client.post("/inbjudan/", {"answer": "declined"}).status_code

    assert set(together(reply)) == {302}
    events = "select count(*) from cases_caseevent where kind = 'answered' and case_id = %s"
    assert admin(events, invited.case_id) == [(1,)]
