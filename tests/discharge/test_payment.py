"""When payment liability starts, what stops it, and who sees it (LUS 5 kap.): a table of instants and days."""

from datetime import date, datetime, time

import pytest
from django.db import Error, connection

from discharge import payment, process
from discharge.models import PaymentAmount, PaymentRule
from discharge.payment import Facts, liability
from organisations import swedish
from tests import build
from tests.discharge import walk
from tests.discharge.walk import KOMMUN, OPEN_CARE, WARD

LAW = PaymentRule(days=3, cutoff_time=time(12), model="individual")
STOCKHOLM = PaymentRule(days=2, cutoff_time=time(12), model="average", county_code="01")


def at(day: str, clock: str) -> datetime:
    return swedish.instant(date.fromisoformat(day), time.fromisoformat(clock))


@pytest.mark.parametrize(
    ("sent", "starts"),
    [
        (at("2026-11-16", "11:59"), "2026-11-19"),
        (at("2026-11-16", "12:00"), "2026-11-19"),
        (at("2026-11-16", "12:01"), "2026-11-20"),
        (at("2026-11-16", "23:59"), "2026-11-20"),
        (at("2026-11-17", "00:00"), "2026-11-20"),
        # Calendar days: neither weekend, Christmas, leap day nor the nights when clocks change move it.
        (at("2026-11-20", "09:00"), "2026-11-23"),
        (at("2026-12-23", "12:01"), "2026-12-27"),
        (at("2026-12-30", "09:00"), "2027-01-02"),
        (at("2028-02-27", "09:00"), "2028-03-01"),
        (at("2026-03-28", "11:59"), "2026-03-31"),
        (at("2026-03-29", "12:01"), "2026-04-02"),
        (at("2026-10-24", "12:00"), "2026-10-27"),
        (at("2026-10-25", "12:01"), "2026-10-29"),
    ],
)
def test_three_days_four_when_sent_after_noon(sent, starts):
    assert payment.first_day(LAW, sent) == date.fromisoformat(starts)


SENT = at("2026-11-16", "09:00")
TODAY = date(2026, 11, 26)
WHOLE = {"notice_in_time": True, "ready_told_at": SENT, "call_due": True, "called_at": at("2026-11-17", "10:00")}


@pytest.mark.parametrize(
    ("changes", "starts", "days", "suspended"),
    [
        ({}, "2026-11-19", 7, 0),
        ({"notice_in_time": False}, None, 0, 0),
        ({"ready_told_at": None}, None, 0, 0),
        ({"called_at": None}, None, 0, 0),
        ({"called_at": None, "call_due": False}, "2026-11-19", 7, 0),
        ({"called_at": at("2026-11-22", "10:00")}, "2026-11-22", 4, 0),
        ({"home_at": at("2026-11-21", "14:00")}, "2026-11-19", 2, 0),
        ({"home_at": at("2026-11-19", "08:00")}, "2026-11-19", 0, 0),
        ({"home_at": at("2026-11-17", "08:00")}, "2026-11-19", 0, 0),
        ({"gaps": ((date(2026, 11, 20), date(2026, 11, 21)),)}, "2026-11-19", 5, 2),
        ({"gaps": ((date(2026, 11, 18), None),)}, "2026-11-19", 0, 7),
        ({"broken": True}, None, 0, 0),
    ],
)
def test_conditions_gaps_and_home(changes, starts, days, suspended):
    found = liability(Facts(**(WHOLE | changes)), LAW, today=TODAY)
    assert found.starts_on == (date.fromisoformat(starts) if starts else None)
    assert (len(found.days), found.suspended) == (days, suspended)


def test_a_county_that_counts_on_average_charges_nobody_by_the_day():
    found = liability(Facts(**WHOLE), STOCKHOLM, today=TODAY)
    assert found.starts_on is None and "genomsnittet" in found.why


@pytest.mark.parametrize(
    ("county", "care", "days"), [("20", "somatic", 3), ("01", "somatic", 2), ("01", "psychiatric", 5), ("", "", 3)]
)
def test_rules_are_rows(cast, county, care, days):
    with cast.acting("owner"):
        assert payment.rule_for(list(PaymentRule.objects.all()), county, care, TODAY).days == days


def test_amounts_per_year_and_an_unknown_year_is_said_to_be_so(cast):
    with cast.acting("owner"):
        by_year = payment.amounts("20")
    assert (by_year[2019], by_year[2020], by_year[2022], by_year[2026]) == (7800, 8200, 9300, None)
    assert payment.cost([date(2019, 12, 31), date(2020, 1, 1)], by_year) == 16000
    assert payment.cost([date(2026, 1, 1)], by_year) is None
    assert payment.cost([], by_year) == 0


def processed(cast):
    """In time, named, ready, called, decided: all the conditions."""
    made = walk.planned(cast)
    walk.named(cast, made)
    walk.decided(cast, made)
    walk.ready(cast, made)
    build.call(cast, made.case, who=OPEN_CARE, units=(WARD, KOMMUN))
    return made


def test_the_view_tells_references_and_days_and_nobodys_name(cast, browse, time_machine):
    time_machine.move_to(at("2026-11-16", "12:01"), tick=False)
    made = processed(cast)
    time_machine.move_to(at("2026-11-23", "09:00"), tick=False)
    for who in ("yusuf.falun", "helena.falun", "lena.dalarna"):
        page = browse(who).get("/betalningsansvar/").content.decode()
        assert made.reference in page and "Från 20 november 2026" in page, who
        assert "Zebulina" not in page and "Hemlighetsson" not in page and "19420107" not in page
        assert "okänt belopp" in page and "är inte känt här" in page


def test_neither_another_kommun_nor_another_role_sees_it(cast, browse):
    made = processed(cast)
    assert browse("roger.kalmar").get("/betalningsansvar/").content.decode().count(made.reference) == 0
    for who in (KOMMUN, WARD, "anders.falun", "mattias.falun"):
        assert browse(who).get("/betalningsansvar/").status_code == 403, who
        with cast.acting(who), connection.cursor() as cursor:
            cursor.execute("select count(*) from discharge_payments('2000-01-01', '2100-01-01', 10)")
            assert cursor.fetchone() == (0,), who


def test_the_discharge_page_shows_the_conditions(cast, browse):
    made = processed(cast)
    page = browse(KOMMUN).get(f"/arenden/{made.case_id}/utskrivning/").content.decode()
    assert page.count('aria-label="Uppfyllt"') == 3 or page.count("Uppfyllt") >= 3


def test_open_care_missing_suspends(cast):
    made = processed(cast)
    gap = walk.act(cast, made, process.open_care_missing, who=WARD, from_on=build.today())
    with cast.acting(WARD):
        process.open_care_there(gap=gap, to_on=build.today(), by=cast.actor(WARD))
        assert made.gaps.get().to_on == build.today()


def test_only_a_guideline_administrator_sets_an_amount_and_for_the_own_county(cast, browse):
    client = browse("gunilla.dalarna")
    data = {"year": "2026", "kronor": "11000", "source": "Länets överenskommelse"}
    assert client.post("/betalningsansvar/belopp/", data).status_code == 302
    with cast.acting("owner"):
        assert payment.amounts("20")[2026] == 11000 and payment.amounts("08")[2026] is None
    for who in ("anders.falun", KOMMUN):
        assert browse(who).post("/betalningsansvar/belopp/", data).status_code == 403
    for who, county in (("guideline_admin", "08"), ("guideline_admin", ""), ("owner", "20")):
        with pytest.raises(Error, match="row-level security"), cast.acting(who):
            PaymentAmount.objects.create(county_code=county, year=2031, kronor=1)
