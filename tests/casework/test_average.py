"""The average model as a report: mean days for each kommun and quarter against the free ones, no persons (LUS 4:4)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from cases import payment
from cases.clocks import Rule
from casework import average
from organisations.models import Guideline
from tests import build
from tests.cast import Cast
from tests.discharge import walk

PAGE = "/betalningsansvar/medelvarde/"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def world(own_database) -> Cast:
    return Cast()


def gone_home(cast, ready: str, home: str, care="somatic"):
    """A stay that has ended, with its two moments put in the past."""
    made = walk.planned(cast)
    walk.ready(cast, made)
    walk.home(cast, made)
    moments = [datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM) for text in (ready, home)]
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "update discharge_discharge set ready_told_at = %s, home_at = %s, care_type = %s where id = %s",
            [*moments, care, made.pk],
        )
    return made


def in_stockholm() -> None:
    """The ward's region follows Stockholm's agreement."""
    Guideline.objects.using("admin").exclude(slug__in=["stockholm", "law_only"]).update(county_code="99")
    Guideline.objects.using("admin").filter(slug="stockholm").update(county_code="20")


def rows(cast, who="manager", year=2026):
    with cast.acting(who):
        return average.page(str(year))["quarters"]


def test_the_mean_of_a_kommun_against_the_days_that_are_free(world):
    """Ready on 10 March at ten, home on the 15th: six days when the first counts, four above the two free ones."""
    in_stockholm()
    gone_home(world, "2026-03-10 10:00", "2026-03-15 14:00")
    [quarter] = rows(world)
    [row] = quarter["rows"]
    assert quarter["name"] == "januari–mars"
    assert (row["stays"], row["mean"], row["free"], row["over"], row["days_over"]) == (1, "6,0", 2, "4,0", "4,0")


def test_a_county_that_counts_each_person_gets_figures_but_no_reckoning(world):
    gone_home(world, "2026-03-10 10:00", "2026-03-15 14:00")
    [row] = rows(world)[0]["rows"]
    assert (row["by_average"], row["days_over"], row["free"]) == (False, "", 3)


def home_today(cast):
    made = walk.planned(cast)
    walk.ready(cast, made)
    walk.home(cast, made)
    return made


def test_only_those_whom_it_concerns_see_figures_and_nobody_else_the_page(cast, browse):
    home_today(cast)
    year = build.today().year
    assert rows(cast, "manager", year) and rows(cast, "coordinator", year)
    assert rows(cast, "linda.kalmar", year) == []
    for who in ("linda.kalmar", "amira.falun", "anders.falun"):
        assert browse(who).get(PAGE).status_code == 403


def test_one_at_home_one_still_in_hospital_and_one_broken_off(world):
    """Only who has gone home is counted."""
    made = walk.planned(world)
    walk.ready(world, made)
    assert rows(world, year=build.today().year) == []
    walk.home(world, made)
    assert rows(world, year=build.today().year)
    with connections["admin"].cursor() as cursor:
        cursor.execute("update discharge_discharge set state = 'broken' where id = %s", [made.pk])
    assert rows(world, year=build.today().year) == []


def test_the_page_names_no_person_and_is_linked(cast, browse):
    made = home_today(cast)
    client = browse("yusuf.falun")
    page = client.get(PAGE).content.decode()
    assert "Dagar i snitt" in page and "Kroppssjukvård" in page
    assert made.reference not in page and str(made.case_id) not in page
    assert PAGE in client.get("/betalningsansvar/").content.decode()
    for odd in ("2024", "1066", "x", "²"):
        assert client.get(PAGE, {"ar": odd}).status_code == 200
    assert "Inga vårdtillfällen" in client.get(PAGE, {"ar": str(build.today().year - 1)}).content.decode()


@pytest.mark.parametrize(
    ("days", "mean", "over"), [((1, 2), "2,5", "0,5"), ((0, 0, 1), "1,3", "0,0"), ((4,), "5,0", "3,0")]
)
def test_the_figure_is_rounded_only_when_shown(days, mean, over):
    ready = datetime(2026, 3, 10, 10, tzinfo=STOCKHOLM)
    rule = Rule(kind="payment", starts_at="discharge_ready", amount=2, day_zero_counts=True)
    stays = [payment.Discharge(ready_sent_at=ready, home_on=ready.date() + timedelta(n)) for n in days]
    found = payment.average(rule, stays)
    assert (average.decimal(found.days), average.decimal(found.over)) == (mean, over)
