"""The clocks one by one, and against a second calculation over 400 days × every profile (TID-1 to TID-8, LUS)."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from cases import clocks, deadlines_sql, payment
from cases.clocks import Rule
from cases.deadlines import closed_days
from organisations import calendar_se, register
from tests.cases import almanac

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = time(12)


def rule(amount, unit="days", starts_at="discharge_ready", **more) -> Rule:
    return Rule(kind="prov", starts_at=starts_at, amount=amount, unit=unit, **more)


def moment(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold)


CALL = rule(3)
PAY = rule(3, cutoff_time=NOON)
SOMATIC = rule(2, day_zero_counts=True, cutoff_time=NOON)
PSYCHIATRY = rule(5, cutoff_time=NOON)
MEETING = rule(21, starts_at="need_found")
ANSWER = rule(5, starts_at="meeting_start", direction="before")
LOCAL = rule(3, moves="next_weekday")
LATE_LOCAL = rule(3, cutoff_time=NOON, moves="next_weekday")
WEEKDAYS = rule(3, "weekdays")
WEEKDAYS_ZERO = rule(3, "weekdays", day_zero_counts=True, cutoff_time=NOON)
NOTICE = rule(24, "hours", starts_at="admission")

# Easter 2026 is 5 April, midsommarafton 19 June; 2028 has a leap day; 3 January 2027 is a Sunday.
DAYS = [
    (CALL, "2026-03-17 11:59", "2026-03-20"),
    (CALL, "2026-03-17 12:00", "2026-03-20"),
    (CALL, "2026-03-17 12:01", "2026-03-20"),
    (CALL, "2026-03-20 23:59", "2026-03-23"),
    (CALL, "2026-04-02 10:00", "2026-04-05"),
    (CALL, "2026-06-16 10:00", "2026-06-19"),
    (CALL, "2026-12-21 10:00", "2026-12-24"),
    (CALL, "2026-12-29 10:00", "2027-01-01"),
    (CALL, "2026-03-26 10:00", "2026-03-29"),
    (CALL, "2026-03-29 01:59", "2026-04-01"),
    (CALL, "2026-03-29 03:00", "2026-04-01"),
    (CALL, "2026-10-22 10:00", "2026-10-25"),
    (CALL, "2026-10-25 02:30", "2026-10-28"),
    (CALL, "2028-02-26 10:00", "2028-02-29"),
    (CALL, "2026-02-26 10:00", "2026-03-01"),
    (CALL, "2028-02-29 09:00", "2028-03-03"),
    (CALL, "2026-12-31 23:59", "2027-01-03"),
    (CALL, "2027-01-01 00:00", "2027-01-04"),
    (PAY, "2026-03-17 11:59", "2026-03-20"),
    (PAY, "2026-03-17 12:00", "2026-03-20"),
    (PAY, "2026-03-17 12:01", "2026-03-21"),
    (PAY, "2026-03-17 00:00", "2026-03-20"),
    (PAY, "2026-03-17 23:59", "2026-03-21"),
    (PAY, "2026-03-20 11:59", "2026-03-23"),
    (PAY, "2026-03-20 12:01", "2026-03-24"),
    (PAY, "2026-04-02 11:59", "2026-04-05"),
    (PAY, "2026-04-02 12:01", "2026-04-06"),
    (PAY, "2026-06-18 12:00", "2026-06-21"),
    (PAY, "2026-06-18 12:01", "2026-06-22"),
    (PAY, "2026-12-23 12:00", "2026-12-26"),
    (PAY, "2026-12-23 12:01", "2026-12-27"),
    (PAY, "2026-12-30 11:59", "2027-01-02"),
    (PAY, "2026-12-30 12:01", "2027-01-03"),
    (PAY, "2026-03-28 12:01", "2026-04-01"),
    (PAY, "2026-03-29 12:00", "2026-04-01"),
    (PAY, "2026-03-29 12:01", "2026-04-02"),
    (PAY, "2026-10-24 12:01", "2026-10-28"),
    (PAY, "2026-10-25 12:00", "2026-10-28"),
    (PAY, "2026-10-25 12:01", "2026-10-29"),
    (PAY, "2028-02-26 12:00", "2028-02-29"),
    (PAY, "2028-02-26 12:01", "2028-03-01"),
    (PAY, "2026-12-31 12:01", "2027-01-04"),
    (SOMATIC, "2026-03-17 11:59", "2026-03-18"),
    (SOMATIC, "2026-03-17 12:00", "2026-03-18"),
    (SOMATIC, "2026-03-17 12:01", "2026-03-19"),
    (SOMATIC, "2026-03-20 12:01", "2026-03-22"),
    (SOMATIC, "2026-04-02 12:01", "2026-04-04"),
    (SOMATIC, "2026-06-18 12:01", "2026-06-20"),
    (SOMATIC, "2026-12-23 12:01", "2026-12-25"),
    (SOMATIC, "2026-12-31 11:59", "2027-01-01"),
    (SOMATIC, "2026-12-31 12:01", "2027-01-02"),
    (SOMATIC, "2026-03-28 12:01", "2026-03-30"),
    (SOMATIC, "2026-10-24 12:01", "2026-10-26"),
    (SOMATIC, "2028-02-28 12:00", "2028-02-29"),
    (SOMATIC, "2028-02-28 12:01", "2028-03-01"),
    (PSYCHIATRY, "2026-03-17 11:59", "2026-03-22"),
    (PSYCHIATRY, "2026-03-17 12:00", "2026-03-22"),
    (PSYCHIATRY, "2026-03-17 12:01", "2026-03-23"),
    (PSYCHIATRY, "2026-03-20 12:01", "2026-03-26"),
    (PSYCHIATRY, "2026-04-01 12:01", "2026-04-07"),
    (PSYCHIATRY, "2026-06-15 12:00", "2026-06-20"),
    (PSYCHIATRY, "2026-12-20 12:01", "2026-12-26"),
    (PSYCHIATRY, "2026-12-27 12:00", "2027-01-01"),
    (PSYCHIATRY, "2026-12-27 12:01", "2027-01-02"),
    (PSYCHIATRY, "2026-03-24 12:01", "2026-03-30"),
    (PSYCHIATRY, "2026-10-20 12:00", "2026-10-25"),
    (PSYCHIATRY, "2028-02-24 12:00", "2028-02-29"),
    (PSYCHIATRY, "2028-02-24 12:01", "2028-03-01"),
    (MEETING, "2026-03-17 00:00", "2026-04-07"),
    (MEETING, "2026-03-08 00:00", "2026-03-29"),
    (MEETING, "2026-03-13 00:00", "2026-04-03"),
    (MEETING, "2026-05-29 00:00", "2026-06-19"),
    (MEETING, "2026-12-03 00:00", "2026-12-24"),
    (MEETING, "2026-12-11 00:00", "2027-01-01"),
    (MEETING, "2026-10-04 00:00", "2026-10-25"),
    (MEETING, "2028-02-08 00:00", "2028-02-29"),
    (ANSWER, "2026-03-17 13:00", "2026-03-12"),
    (ANSWER, "2026-03-30 09:00", "2026-03-25"),
    (ANSWER, "2026-04-06 09:00", "2026-04-01"),
    (ANSWER, "2026-10-26 09:00", "2026-10-21"),
    (ANSWER, "2026-06-24 15:00", "2026-06-19"),
    (ANSWER, "2026-12-29 10:00", "2026-12-24"),
    (ANSWER, "2027-01-04 10:00", "2026-12-30"),
    (ANSWER, "2028-03-04 10:00", "2028-02-28"),
    (ANSWER, "2026-03-05 10:00", "2026-02-28"),
    (LOCAL, "2026-03-17 12:01", "2026-03-20"),
    (LOCAL, "2026-03-18 12:00", "2026-03-23"),
    (LOCAL, "2026-03-20 10:00", "2026-03-23"),
    (LOCAL, "2026-03-31 10:00", "2026-04-07"),
    (LOCAL, "2026-04-03 10:00", "2026-04-07"),
    (LOCAL, "2026-04-28 10:00", "2026-05-04"),
    (LOCAL, "2026-05-11 10:00", "2026-05-15"),
    (LOCAL, "2026-06-03 10:00", "2026-06-08"),
    (LOCAL, "2026-06-16 10:00", "2026-06-22"),
    (LOCAL, "2026-06-17 10:00", "2026-06-22"),
    (LOCAL, "2026-10-28 10:00", "2026-11-02"),
    (LOCAL, "2026-12-21 10:00", "2026-12-28"),
    (LOCAL, "2026-12-28 10:00", "2027-01-04"),
    (LOCAL, "2026-12-29 10:00", "2027-01-04"),
    (LOCAL, "2027-01-03 10:00", "2027-01-07"),
    (LOCAL, "2026-03-26 10:00", "2026-03-30"),
    (LOCAL, "2026-10-22 10:00", "2026-10-26"),
    (LOCAL, "2028-02-26 10:00", "2028-02-29"),
    (LATE_LOCAL, "2026-03-17 12:00", "2026-03-20"),
    (LATE_LOCAL, "2026-03-17 12:01", "2026-03-23"),
    (LATE_LOCAL, "2026-03-31 11:59", "2026-04-07"),
    (LATE_LOCAL, "2026-03-31 12:01", "2026-04-07"),
    (LATE_LOCAL, "2026-12-20 12:01", "2026-12-28"),
    (LATE_LOCAL, "2026-12-27 12:01", "2027-01-04"),
    (WEEKDAYS, "2026-03-16 10:00", "2026-03-19"),
    (WEEKDAYS, "2026-03-18 10:00", "2026-03-23"),
    (WEEKDAYS, "2026-03-20 10:00", "2026-03-25"),
    (WEEKDAYS, "2026-03-21 10:00", "2026-03-25"),
    (WEEKDAYS, "2026-03-22 23:59", "2026-03-25"),
    (WEEKDAYS, "2026-04-01 10:00", "2026-04-08"),
    (WEEKDAYS, "2026-04-02 10:00", "2026-04-09"),
    (WEEKDAYS, "2026-04-29 10:00", "2026-05-05"),
    (WEEKDAYS, "2026-05-13 10:00", "2026-05-19"),
    (WEEKDAYS, "2026-06-05 10:00", "2026-06-10"),
    (WEEKDAYS, "2026-06-17 10:00", "2026-06-23"),
    (WEEKDAYS, "2026-06-19 10:00", "2026-06-24"),
    (WEEKDAYS, "2026-10-29 10:00", "2026-11-03"),
    (WEEKDAYS, "2026-12-22 10:00", "2026-12-29"),
    (WEEKDAYS, "2026-12-23 10:00", "2026-12-30"),
    (WEEKDAYS, "2026-12-29 10:00", "2027-01-05"),
    (WEEKDAYS, "2026-12-30 10:00", "2027-01-07"),
    (WEEKDAYS, "2027-01-04 10:00", "2027-01-08"),
    (WEEKDAYS, "2028-02-27 10:00", "2028-03-01"),
    (WEEKDAYS_ZERO, "2026-03-16 11:59", "2026-03-18"),
    (WEEKDAYS_ZERO, "2026-03-16 12:00", "2026-03-18"),
    (WEEKDAYS_ZERO, "2026-03-16 12:01", "2026-03-19"),
    (WEEKDAYS_ZERO, "2026-03-20 12:00", "2026-03-24"),
    (WEEKDAYS_ZERO, "2026-03-20 12:01", "2026-03-25"),
    (WEEKDAYS_ZERO, "2026-03-21 10:00", "2026-03-25"),
    (WEEKDAYS_ZERO, "2026-04-02 12:00", "2026-04-08"),
    (WEEKDAYS_ZERO, "2026-04-02 12:01", "2026-04-09"),
    (WEEKDAYS_ZERO, "2026-06-18 12:00", "2026-06-23"),
    (WEEKDAYS_ZERO, "2026-06-18 12:01", "2026-06-24"),
    (WEEKDAYS_ZERO, "2026-12-23 12:01", "2026-12-30"),
    (WEEKDAYS_ZERO, "2026-12-30 12:01", "2027-01-07"),
]
# 24 h are hours: on the nights when the clocks change the hand of the clock stands at another hour.
HOURS = [
    ("2026-03-17 14:30", 0, "2026-03-18 14:30", 0),
    ("2026-03-28 14:30", 0, "2026-03-29 15:30", 0),
    ("2026-03-28 02:30", 0, "2026-03-29 03:30", 0),
    ("2026-03-29 01:59", 0, "2026-03-30 02:59", 0),
    ("2026-03-29 03:00", 0, "2026-03-30 03:00", 0),
    ("2026-10-24 14:30", 0, "2026-10-25 13:30", 0),
    ("2026-10-24 02:30", 0, "2026-10-25 02:30", 0),
    ("2026-10-24 03:00", 0, "2026-10-25 02:00", 1),
    ("2026-10-25 02:30", 0, "2026-10-26 01:30", 0),
    ("2026-10-25 02:30", 1, "2026-10-26 02:30", 0),
    ("2026-12-31 23:59", 0, "2027-01-01 23:59", 0),
    ("2028-02-28 10:00", 0, "2028-02-29 10:00", 0),
]


@pytest.mark.parametrize(("of", "started", "last"), DAYS)
def test_the_last_day(of, started, last):
    assert str(clocks.due(of, moment(started))) == last


@pytest.mark.parametrize(("started", "fold", "ends", "other_fold"), HOURS)
def test_hours_are_hours(started, fold, ends, other_fold):
    assert clocks.due(NOTICE, moment(started, fold)) == moment(ends, other_fold).astimezone(UTC)


def test_there_are_enough_rows():
    assert len(DAYS) + len(HOURS) >= 120
    assert len(set(DAYS)) == len(DAYS)


@pytest.mark.parametrize(("seconds", "last"), [("11:59:59.999999", 20), ("12:00:00", 20), ("12:00:00.000001", 21)])
def test_after_noon_is_after_noon(seconds, last):
    assert clocks.due(PAY, moment(f"2026-03-17 {seconds}")).day == last


def test_a_day_counted_backwards_is_never_before_it_was_known():
    started = moment("2026-03-17 13:00")
    assert clocks.due(ANSWER, started, known_on=date(2026, 3, 10)) == date(2026, 3, 12)
    assert clocks.due(ANSWER, started, known_on=date(2026, 3, 15)) == date(2026, 3, 15)


WHY = [
    (CALL, "2026-03-17 10:00", {}, "Tre dagar från utskrivningsklar 17 mars, alla dagar räknas: 20 mars."),
    (PAY, "2026-03-17 12:01", {},
     "Tre dagar från utskrivningsklar 17 mars, efter kl. 12.00 och därför en dag till, alla "
     "dagar räknas: 21 mars."),
    (SOMATIC, "2026-03-17 10:00", {},
     "Två dagar från utskrivningsklar 17 mars, den första dagen räknas med, alla dagar räknas: "
     "18 mars."),
    (MEETING, "2026-12-11 00:00", {},
     "21 dagar från att behovet upptäcktes 11 december 2026, alla dagar räknas: 1 januari "
     "2027."),
    (NOTICE, "2026-03-28 14:30", {},
     "24 timmar från inskrivningen eller läkarens senare bedömning 28 mars kl. 14.30: 29 mars "
     "kl. 15.30."),
    (ANSWER, "2026-03-17 13:00", {}, "Fem dagar före mötet 17 mars: 12 mars."),
    (ANSWER, "2026-03-17 13:00", {"known_on": date(2026, 3, 15)},
     "Fem dagar före mötet 17 mars har redan varit när det blev känt, så det gäller genast: 15 "
     "mars."),
    (LOCAL, "2026-06-16 10:00", {},
     "Tre dagar från utskrivningsklar 16 juni, alla dagar räknas: 19 juni är midsommarafton, "
     "flyttas till 22 juni."),
    (LOCAL, "2026-03-18 10:00", {},
     "Tre dagar från utskrivningsklar 18 mars, alla dagar räknas: 21 mars är en lördag, flyttas "
     "till 23 mars."),
    (WEEKDAYS, "2026-04-01 10:00", {}, "Tre vardagar från utskrivningsklar 1 april: 8 april."),
    (MEETING, "2026-03-02 00:00", {"paused_days": 4},
     "21 dagar från att behovet upptäcktes 2 mars, alla dagar räknas, pausad fyra dagar: 27 "
     "mars."),
]  # fmt: skip


@pytest.mark.parametrize(("of", "started", "more", "said"), WHY)
def test_why_this_date_in_one_sentence(of, started, more, said):
    assert clocks.why(of, moment(started), **more) == said


def test_every_start_has_its_words():
    content = register.document("guidelines.json")["guidelines"]
    counted = {r["starts_at"] for g in content for r in g["deadline_rules"] if r["amount"]}
    assert counted <= set(clocks.STARTS)


INVENTED = [
    {"amount": 3, "unit": "days", "moves": "next_weekday"},
    {"amount": 1, "unit": "days", "moves": "next_weekday", "cutoff_time": "15:00"},
    {"amount": 1, "unit": "weekdays", "day_zero_counts": True},
    {"amount": 5, "unit": "weekdays", "day_zero_counts": True, "cutoff_time": "12:00"},
    {"amount": 2, "unit": "weekdays", "cutoff_time": "15:00"},
    {"amount": 72, "unit": "hours"},
]


def profiles() -> dict[str, list[dict]]:
    """The delivered ones, and one with what a county may set up and none of them has."""
    plain = {"direction": "after", "day_zero_counts": False, "cutoff_time": None, "moves": "none"}
    plain |= {"kind": "prov", "starts_at": "discharge_ready", "care_type": "any"}
    found = {g["slug"]: g["deadline_rules"] for g in register.document("guidelines.json")["guidelines"]}
    return found | {"invented": [plain | rule for rule in INVENTED]}


def times_of(number: int) -> list[str]:
    """Around every cut-off, at midnight, in the night when clocks change, and one that wanders."""
    return [
        "00:00",
        "01:59",
        "11:59",
        "12:00",
        "12:01",
        "15:01",
        "23:59",
        f"{number * 7 % 24:02}:{number * 13 % 60:02}",
    ]


def days(first=date(2026, 1, 1), number=400):
    return [first + timedelta(n) for n in range(number)]


@pytest.mark.parametrize("slug", [*profiles()])
def test_a_second_calculation_agrees_over_four_hundred_days(slug):
    """The other one shares nothing: own Easter, own red days, own summer time, counting one day at a time."""
    compared = 0
    for kept in profiles()[slug]:
        of = Rule.frozen(kept)
        for number, day in enumerate(days()):
            for text in times_of(number):
                started = moment(f"{day} {text}")
                assert clocks.due_on(of, started) == almanac.last_day(kept, started), (kept, started)
                compared += 1
    assert compared >= 400 * 8 * len(INVENTED)


def test_the_library_and_the_almanac_have_the_same_days_off():
    """Since 6 June became a holiday and annandag pingst none."""
    for year in range(2005, 2061):
        own = {day for day in almanac.free_days(year) if day.isoweekday() <= 5}
        assert set(calendar_se.closed_between(year, year)) == own, year


AGREE = """
with s as (select x.started, x.known_on, row_number() over () as n
             from unnest(%(starts)s::timestamptz[], %(known)s::date[]) x (started, known_on)),
     r as (select row_number() over () as n, q.* from jsonb_to_recordset(%(rules)s::jsonb) q (amount int, unit text,
             direction text, day_zero_counts boolean, cutoff_time time, moves text))
select r.n, s.n, due.due_on from s cross join r {due}
"""


def test_the_statement_says_the_same_days(db):
    """The very fragment that the sweep uses, over every rule of every profile, 400 days and eight times a day."""
    kept = [kept for rules in profiles().values() for kept in rules]
    starts = [moment(f"{day} {text}") for number, day in enumerate(days()) for text in times_of(number)]
    known = [started.date() - timedelta(3) for started in starts]
    values = {"starts": starts, "known": known, "closed": closed_days(), "rules": json.dumps(kept)}
    with connection.cursor() as cursor:
        cursor.execute(AGREE.format(due=deadlines_sql.DUE), values)
        found = {(r - 1, s - 1): day for r, s, day in cursor.fetchall()}
    assert len(found) == len(kept) * len(starts)
    for (r, s), day in found.items():
        expected = clocks.due_on(Rule.frozen(kept[r]), starts[s], known_on=known[s])
        assert day == expected, (kept[r], starts[s])


# Payment (LUS 5:3-5:5)
READY = moment("2026-03-17 10:00")
SENT = {
    "ready_sent_at": READY,
    "notice_sent_at": moment("2026-03-10 09:00"),
    "call_sent_at": moment("2026-03-18 09:00"),
}


@pytest.mark.parametrize(
    ("of", "changes", "first_day", "said"),
    [
        (PAY, {}, date(2026, 3, 20), "20 mars."),
        (PAY, {"ready_sent_at": moment("2026-03-17 12:01")}, date(2026, 3, 21), "en dag till"),
        (SOMATIC, {}, date(2026, 3, 19), "Ansvaret börjar dagen efter."),
        (PSYCHIATRY, {}, date(2026, 3, 22), "22 mars."),
        (PAY, {"notice_sent_at": None}, None, "inskrivningsmeddelandet är inte skickat"),
        (PAY, {"ready_sent_at": None}, None, "utskrivningsklar är inte skickat"),
        (PAY, {"call_sent_at": None}, None, "kallelsen till SIP är inte skickad"),
        (PAY, {"call_sent_at": None, "notice_sent_at": None}, None, "inte skickat och kallelsen"),
        (PAY, {"call_sent_at": None, "sip_due": False}, date(2026, 3, 20), "20 mars."),
        (PAY, {"call_sent_at": moment("2026-03-24 09:00")}, date(2026, 3, 24), "skickat först 24 mars"),
        (PAY, {"notice_sent_at": moment("2026-03-22 09:00")}, date(2026, 3, 22), "skickat först 22 mars"),
        (PAY, {"gaps": ((date(2026, 3, 18), None),)}, None, "LUS 5 kap. 5 §"),
        (PAY, {"gaps": ((date(2026, 3, 22), None),)}, date(2026, 3, 20), "Nu räknas inga dygn"),
        (PAY, {"gaps": ((date(2026, 3, 18), date(2026, 3, 21)),)}, date(2026, 3, 22), "började 22 mars"),
        (PAY, {"notice_late": True}, None, "senare än 24 timmar"),
        (PAY, {"broken": True}, None, "avbröts"),
        (PAY, {"home_on": date(2026, 3, 19)}, None, "gick hem 19 mars"),
        (PAY, {"home_on": date(2026, 3, 23)}, date(2026, 3, 20), "20 mars."),
    ],
)
def test_when_a_kommun_begins_to_pay(of, changes, first_day, said):
    found = payment.liability(of, payment.Discharge(**(SENT | changes)))
    assert found.first_day == first_day
    assert said in found.why


def test_the_average_model_is_a_report_only():
    stays = [
        payment.Discharge(ready_sent_at=READY, home_on=date(2026, 3, 18)),
        payment.Discharge(ready_sent_at=READY, home_on=date(2026, 3, 22)),
        payment.Discharge(ready_sent_at=READY),
    ]
    found = payment.average(SOMATIC, stays)
    assert (found.stays, found.days, found.free_days, found.over) == (2, 4, 2, 2)
    assert payment.average(SOMATIC, []).days == 0
    one = payment.liability(SOMATIC, payment.Discharge(**SENT), model="average")
    assert "medelvärde" in one.why
