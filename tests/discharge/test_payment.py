"""When payment liability starts, what stops it, and who sees it (LUS 5 kap.): a table of instants and days."""

import re
from datetime import date, datetime, time

import pytest
from django.db import Error, connection, connections

from cases import clocks
from cases import payment as law
from cases.clocks import Rule
from cases.models import Case
from discharge import payment, process
from discharge.models import PaymentAmount
from organisations import swedish
from organisations.models import DeadlineRule, Guideline
from tests import build
from tests.cast import Cast
from tests.discharge import walk
from tests.discharge.walk import KOMMUN, OPEN_CARE, WARD

LAW = Rule(kind="payment", starts_at="discharge_ready", amount=3, cutoff_time=time(12))


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
    stay = law.Discharge(ready_sent_at=sent, notice_sent_at=sent, sip_due=False)
    assert law.liability(LAW, stay).first_day == date.fromisoformat(starts)
    assert clocks.due_on(LAW, sent) == date.fromisoformat(starts)


SENT = at("2026-11-16", "09:00")
TODAY = date(2026, 11, 26)
WHOLE = {"notice_sent_at": at("2026-11-10", "09:00"), "ready_sent_at": SENT, "call_sent_at": at("2026-11-17", "10:00")}


@pytest.mark.parametrize(
    ("changes", "starts", "days", "suspended"),
    [
        ({}, "2026-11-19", 7, 0),
        ({"notice_late": True}, None, 0, 0),
        ({"notice_sent_at": None}, None, 0, 0),
        ({"ready_sent_at": None}, None, 0, 0),
        ({"call_sent_at": None}, None, 0, 0),
        ({"call_sent_at": None, "sip_due": False}, "2026-11-19", 7, 0),
        ({"call_sent_at": at("2026-11-22", "10:00")}, "2026-11-22", 4, 0),
        ({"home_on": date(2026, 11, 21)}, "2026-11-19", 2, 0),
        ({"home_on": date(2026, 11, 19)}, None, 0, 0),
        ({"home_on": date(2026, 11, 17)}, None, 0, 0),
        ({"gaps": ((date(2026, 11, 20), date(2026, 11, 21)),)}, "2026-11-19", 5, 2),
        ({"gaps": ((date(2026, 11, 20), None),)}, "2026-11-19", 1, 6),
        ({"gaps": ((date(2026, 11, 18), date(2026, 11, 20)), (date(2026, 11, 21),) * 2)}, "2026-11-22", 4, 0),
        ({"gaps": ((date(2026, 11, 18), None),)}, None, 0, 0),
        ({"broken": True}, None, 0, 0),
    ],
)  # fmt: skip
def test_conditions_gaps_and_home(changes, starts, days, suspended):
    stay = law.Discharge(**(WHOLE | changes))
    found = law.liability(LAW, stay)
    assert found.first_day == (date.fromisoformat(starts) if starts else None), found.why
    assert (len(found.days(stay, today=TODAY)), found.suspended(stay, today=TODAY)) == (days, suspended)
    assert found.why.endswith(".") and (starts is not None or "inte" in found.why or "gick hem" in found.why)


def test_a_county_that_counts_on_average_charges_nobody_by_the_day():
    stay = law.Discharge(**WHOLE)
    found = law.liability(LAW, stay, model="average")
    assert found.days(stay, today=TODAY) == [] and "medelvärde" in found.why


@pytest.mark.parametrize(
    ("county", "care", "days"),
    [
        ("20", "somatic", 3),
        ("20", "psychiatric", 3),
        ("01", "somatic", 2),
        ("01", "psychiatric", 5),
        ("", "somatic", 3),
    ],
)
def test_rules_are_rows_of_the_guideline(cast, county, care, days):
    """There is no other table of days than the one the clocks read."""
    with cast.acting("owner"):
        guideline = Guideline.objects.for_county(county, TODAY)
        rule = DeadlineRule.objects.get(guideline=guideline, kind="payment", care_type__in=("any", care))
        assert (rule.amount, guideline.settings["payment_model"]) == (
            days,
            "average" if county == "01" else "individual",
        )


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
        assert made.reference in page and "Från 20 nov" in page, who
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
    assert page.count("Uppfyllt") == 3 and "Inte uppfyllt" not in page
    assert "LUS 5 kap. 3–5 §§" in page and "Tre dagar från utskrivningsklar" in page


def everywhere(cast, browse, made) -> list[str]:
    """What the case's clocks, the discharge's page and the report say of one discharge's payment."""
    return [
        browse(KOMMUN).get(f"/arenden/{made.case_id}/tidsgranser/").content.decode(),
        browse(KOMMUN).get(f"/arenden/{made.case_id}/utskrivning/").content.decode(),
        browse("yusuf.falun").get("/betalningsansvar/").content.decode(),
    ]


def test_three_pages_tell_the_same_and_why(cast, browse, time_machine):
    """One calculation: the clock, the discharge and the report cannot disagree."""
    time_machine.move_to(at("2026-11-16", "12:01"), tick=False)
    made = walk.planned(cast)
    walk.named(cast, made)
    walk.ready(cast, made)
    for page in everywhere(cast, browse, made):
        assert "Betalningsansvaret börjar inte: kallelsen till SIP är inte skickad." in page
    build.call(cast, made.case, who=OPEN_CARE, units=(WARD, KOMMUN))
    for page in everywhere(cast, browse, made):
        assert "efter kl. 12.00 och därför en dag till" in page and "20 november" in page
    walk.act(cast, made, process.open_care_missing, who=WARD, from_on=build.today())
    for page in everywhere(cast, browse, made):
        assert "öppna vården saknas eller är oklara (LUS 5 kap. 5 §)" in page


def test_a_notice_after_24_hours_gives_no_liability(cast, browse):
    notice = walk.noticed(cast, walk.admit(cast, hours_ago=30))
    made = walk.planned(cast, notice)
    walk.named(cast, made)
    walk.ready(cast, made)
    build.call(cast, made.case, who=OPEN_CARE, units=(WARD, KOMMUN))
    for page in everywhere(cast, browse, made):
        assert "senare än 24 timmar (LUS 2 kap. 3 §)" in page


def test_a_decision_of_no_sip_needs_no_kallelse_and_stops_its_clock(cast, browse):
    made = walk.planned(cast)
    walk.named(cast, made)
    walk.ready(cast, made)

    def clock():
        with cast.acting(OPEN_CARE):
            return Case.objects.get(pk=made.case_id).deadlines.get(kind="call_after_ready", cancelled_at=None)

    walk.decided(cast, made, decision="none", why_none="declined")
    assert clock().met_at
    assert all("kallelsen till SIP" not in page for page in everywhere(cast, browse, made))
    walk.decided(cast, made, decision="home")
    assert clock().met_at is None
    assert all("kallelsen till SIP är inte skickad" in page for page in everywhere(cast, browse, made))


def test_a_no_before_the_person_is_ready_starts_no_clock_for_the_kallelse(cast):
    made = walk.planned(cast)
    walk.decided(cast, made, decision="none", why_none="declined")
    walk.ready(cast, made)
    with cast.acting(OPEN_CARE):
        rows = Case.objects.get(pk=made.case_id).deadlines.filter(kind="call_after_ready", met_at=None)
        assert not rows.filter(cancelled_at=None).exists()


def test_the_days_run_from_when_it_was_sent_and_a_correction_does_not_move_them(cast, time_machine):
    """LUS 4:3, 5:4: from the underrättelse, not from the doctor's judgement."""
    time_machine.move_to(at("2026-11-16", "12:01"), tick=False)
    made = walk.planned(cast, walk.noticed(cast, walk.admit(cast, hours_ago=20)))
    walk.ready(cast, made, at=at("2026-11-16", "08:00"))
    time_machine.move_to(at("2026-11-18", "09:00"), tick=False)
    walk.ready(cast, made, at=at("2026-11-16", "07:00"))
    walk.ready(cast, made, at=at("2026-11-16", "07:00"))
    found = walk.of(cast, made, who=OPEN_CARE)
    assert (found.ready_at, found.ready_told_at) == (at("2026-11-16", "07:00"), at("2026-11-16", "12:01"))
    with cast.acting(OPEN_CARE):
        rows = found.case.deadlines.filter(cancelled_at=None, kind__in=("payment", "call_after_ready"))
        assert {row.kind: row.due_on for row in rows} == {
            "payment": date(2026, 11, 20), "call_after_ready": date(2026, 11, 19)}  # fmt: skip
        assert found.case.events.filter(kind="discharge_ready").count() == 2


@pytest.mark.parametrize(("care", "first"), [("somatic", "17 november"), ("psychiatric", "21 november")])
def test_stockholms_days_go_by_the_kind_of_care(own_database, time_machine, care, first):
    """The rule is the one of the case's guideline for that care; the report counts the mean."""
    world = Cast()
    time_machine.move_to(at("2026-11-16", "09:00"), tick=False)
    made = walk.planned(world, walk.noticed(world, walk.admit(world, care_type=care, hours_ago=20)))
    walk.named(world, made)
    stockholm = Guideline.objects.using("admin").get(slug="stockholm")
    with connections["admin"].cursor() as cursor:
        cursor.execute("update cases_case set guideline_id = %s where id = %s", [stockholm.pk, made.case_id])
    walk.ready(world, made)
    build.call(world, made.case, who=OPEN_CARE, units=(WARD, KOMMUN))
    found = walk.of(world, made, who=OPEN_CARE)
    with world.acting(OPEN_CARE):
        bill = payment.of_discharge(found)
    assert first in bill.why and "medelvärde" in bill.why and bill.days == []
    assert bill.source == "LUS 4 kap. 4–5 §§ och länets överenskommelse"
    walk.home(world, made)
    with world.acting("yusuf.falun"):
        shown = payment.page(world.actor("yusuf.falun"), year=2026, number=1)
    assert [row["free"] for row in shown["average"]] == [2 if care == "somatic" else 5]


def test_open_care_missing_suspends(cast):
    made = processed(cast)
    gap = walk.act(cast, made, process.open_care_missing, who=WARD, from_on=build.today())
    with cast.acting(WARD):
        process.open_care_there(gap=gap, to_on=build.today(), by=cast.actor(WARD))
        assert made.gaps.get().to_on == build.today()


def test_only_a_guideline_administrator_sets_an_amount_and_for_the_own_county(cast, browse):
    client = browse("gunilla.dalarna")
    data = {"year": "2026", "kronor": "11000", "source": "Länets överenskommelse"}
    data["seen"] = re.search(r'name="seen" value="(\w+)"', client.get("/betalningsansvar/belopp/").content.decode())[1]
    assert client.post("/betalningsansvar/belopp/", data).status_code == 302
    # The second of two who began at the same time is told.
    late = client.post("/betalningsansvar/belopp/", data | {"kronor": "12000"}).content.decode()
    assert "Någon annan har skrivit in ett belopp" in late and 'value="12000"' in late
    with cast.acting("owner"):
        assert payment.amounts("20")[2026] == 11000 and payment.amounts("08")[2026] is None
    for who in ("anders.falun", KOMMUN):
        assert browse(who).post("/betalningsansvar/belopp/", data).status_code == 403
    for who, county in (("guideline_admin", "08"), ("guideline_admin", ""), ("owner", "20")):
        with pytest.raises(Error, match="row-level security"), cast.acting(who):
            PaymentAmount.objects.create(county_code=county, year=2031, kronor=1)
