"""Which record is due on which day: profiles × dates × exemptions, asked of the database's own rule."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from organisations.models import Authority, Organisation, Unit
from retention.enums import CountedFrom
from tests.retention.past import ORDINARY, one, sql

LAST = date(2026, 5, 20)
FIFTH, FIFTEENTH, TWENTYFIFTH = "198909052386", "197107152380", "197607252389"
# A samordningsnummer adds 60 to the day; a reserve number may tell no day at all.
SAMNR_FIFTH, SAMNR_ORDINARY, UNKNOWN = "198001652384", "196109732393", "992345051234"


class Archive:
    """Units of every kind, and copies dated by hand; one organisation of its own for each keeper."""

    def __init__(self):
        self.made = 0

    def unit(self, kind="social_adult", acts_for="2080") -> Unit:
        self.made += 1
        organisation = Organisation.objects.using("admin").create(name=f"Prov {self.made}", kind="public")
        authority = Authority.objects.using("admin").filter(code=acts_for).first() if acts_for else None
        unit = Unit(organisation=organisation, acts_for=authority, name="Enhet", short_name="Enhet", kind=kind)
        unit.save(using="admin")
        return unit

    def copy(self, unit, *, last=LAST, number=ORDINARY, case=None) -> str:
        case = case or str(uuid4())
        person = sql(
            "insert into cases_person (id_kind, number) values ('reserve', %s)"
            " on conflict (number) do update set number = excluded.number returning id",
            number,
        )[0][0]
        noon = timezone.make_aware(datetime(last.year, last.month, last.day, 12))
        sql(
            "insert into consent_receivedversion (unit_id, case_id, reference, person_id, kind, content, received_at)"
            " values (%s, %s, '2026-1', %s, 'call', '{}', %s)",
            unit.pk, case, person, noon,
        )  # fmt: skip
        return case

    def status(self, unit, case, day) -> tuple[str, str]:
        [found] = sql(
            "select status, reason from retention_records(%s, %s, %s) where unit_id = %s",
            unit.organisation_id, day, case, unit.pk,
        )  # fmt: skip
        return found

    def own_rule(self, unit, record, years, *, reason="", valid_from=date(2020, 1, 1)):
        sql(
            "insert into retention_retentionprofile (record, organisation_id, years, counted_from, must_erase,"
            " legal_source, reason, valid_from, decided_at) values (%s, %s, %s, %s, false, 'Plan', %s, %s, now())",
            record, unit.organisation_id, years, CountedFrom.RECORD, reason, valid_from,
        )  # fmt: skip

    def hold(self, unit, case, *, kind="placed", person=None, to_on=None):
        by = one("select min(id) from organisations_assignment")
        sql(
            "insert into retention_retentionhold (unit_id, case_id, reference, person_id, kind, reason, from_on, to_on,"
            " recorded_by_id, recorded_at, end_note) values (%s, %s, 'x',"
            " (select id from cases_person where number = %s), %s, 'x', '2020-01-01', %s, %s, now(), '')",
            unit.pk, case, person, kind, to_on, by,
        )  # fmt: skip


@pytest.fixture(scope="module")
def archive(module_database):
    return Archive()


@pytest.mark.parametrize(
    ("kind", "acts_for", "last", "years"),
    [
        ("social_child", "2080", LAST, 5),
        ("home_care", "2080", LAST, 5),
        ("reception", "2080", LAST, 5),
        ("addiction", "2080", LAST, 5),
        ("addiction", "20", LAST, 10),
        ("primary_care", "20", LAST, 10),
        ("home_nursing", "2080", LAST, 10),
        ("rehab", "2080", LAST, 10),
        ("school_health", "2080", LAST, 10),
        ("reception", "20", LAST, 10),
        # A private provider's care is care, whoever pays.
        ("primary_care", None, LAST, 10),
        ("social_adult", "2080", date(2026, 12, 31), 5),
        ("social_adult", "2080", date(2027, 1, 1), 5),
    ],
)
def test_the_last_day_is_kept_and_the_next_is_due(archive, kind, acts_for, last, years):
    unit = archive.unit(kind, acts_for)
    case = archive.copy(unit, last=last)
    out = last.replace(year=last.year + years)
    assert archive.status(unit, case, out - timedelta(days=1)) == ("waiting", "")
    assert archive.status(unit, case, out) == ("waiting", "")
    assert archive.status(unit, case, out + timedelta(days=1)) == ("due", "")


@pytest.mark.parametrize(
    ("counted", "years", "last_day"),
    [
        (date(2024, 2, 29), 5, date(2029, 2, 28)),
        (date(2024, 2, 29), 10, date(2034, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 5, date(2028, 2, 28)),
        (date(2024, 12, 31), 5, date(2029, 12, 31)),
        (date(2024, 1, 1), 10, date(2034, 1, 1)),
    ],
)
def test_years_end_on_the_same_day_or_the_months_last(archive, counted, years, last_day):
    assert one("select retention_last_day(%s, %s)", counted, years) == last_day


@pytest.mark.parametrize(
    ("last", "by"),
    [
        (date(2026, 1, 1), date(2032, 12, 31)),
        (date(2026, 12, 31), date(2032, 12, 31)),
        (date(2024, 2, 29), date(2030, 12, 31)),
    ],
)
def test_social_records_are_to_be_gone_within_the_next_calendar_year(archive, last, by):
    unit = archive.unit()
    case = archive.copy(unit, last=last)
    found = one("select due_by from retention_records(%s, '2040-01-01', %s)", unit.organisation_id, case)
    assert found == by


def test_care_has_a_shortest_time_and_no_latest_day(archive):
    unit = archive.unit("primary_care", "20")
    case = archive.copy(unit)
    assert one("select due_by from retention_records(%s, '2040-01-01', %s)", unit.organisation_id, case) is None


@pytest.mark.parametrize("kind", ["school", "agency", "association"])
def test_without_a_rule_nothing_is_due_until_the_organisation_sets_its_own(archive, kind):
    unit = archive.unit(kind, None)
    case, day = archive.copy(unit), date(2099, 1, 1)
    assert archive.status(unit, case, day) == ("no_rule", "")
    archive.own_rule(unit, "school" if kind == "school" else "other", 3)
    assert archive.status(unit, case, day) == ("due", "")


@pytest.mark.parametrize(
    ("acts_for", "number", "expected"),
    [
        ("0580", ORDINARY, ("exempt", "research_area")),  # Linköping, Östergötland
        ("0509", ORDINARY, ("exempt", "research_area")),  # Ödeshög, Östergötland
        ("0980", ORDINARY, ("exempt", "research_area")),  # Gotland
        ("2281", ORDINARY, ("exempt", "research_area")),  # Sundsvall, Västernorrland
        ("1480", ORDINARY, ("exempt", "research_area")),  # Göteborg
        ("1401", ORDINARY, ("due", "")),  # Härryda, the neighbour
        ("0880", ORDINARY, ("due", "")),  # Kalmar
        ("2080", FIFTH, ("exempt", "research_birthday")),
        ("2080", FIFTEENTH, ("exempt", "research_birthday")),
        ("2080", TWENTYFIFTH, ("exempt", "research_birthday")),
        ("2080", SAMNR_FIFTH, ("exempt", "research_birthday")),
        ("2080", SAMNR_ORDINARY, ("due", "")),
        ("2080", UNKNOWN, ("due", "")),
    ],
)
def test_research_areas_and_days_of_birth_stay(archive, acts_for, number, expected):
    unit = archive.unit("social_adult", acts_for)
    assert archive.status(unit, archive.copy(unit, number=number), date(2040, 1, 1)) == expected


@pytest.mark.parametrize("number", [FIFTH, ORDINARY])
@pytest.mark.parametrize("acts_for", ["05", "22", "20"])
def test_the_exemptions_are_the_social_services_own(archive, acts_for, number):
    unit = archive.unit("ward", acts_for)
    assert archive.status(unit, archive.copy(unit, number=number), date(2040, 1, 1)) == ("due", "")


def test_a_social_file_goes_when_the_last_of_it_may(archive):
    """Not while other data on the same person remains; in care each record has its own time."""
    for kind, acts_for, expected in (("social_adult", "2080", "waiting"), ("ward", "20", "due")):
        unit = archive.unit(kind, acts_for)
        old, new = archive.copy(unit), archive.copy(unit, last=date(2039, 1, 1))
        assert archive.status(unit, old, date(2040, 1, 1))[0] == expected
        assert archive.status(unit, new, date(2040, 1, 1))[0] == "waiting"


@pytest.mark.parametrize("kind", ["placed", "adoption", "paternity", "dispute"])
def test_a_stop_holds_as_long_as_it_stands(archive, kind):
    unit = archive.unit()
    case = archive.copy(unit)
    archive.hold(unit, case, kind=kind, to_on=date(2040, 1, 10))
    assert archive.status(unit, case, date(2040, 1, 10)) == ("held", kind)
    assert archive.status(unit, case, date(2040, 1, 11)) == ("due", "")


def test_a_stop_holds_the_whole_social_file_and_nobody_elses(archive):
    unit, other = archive.unit(), archive.unit()
    first, second = archive.copy(unit), archive.copy(unit)
    elsewhere = archive.copy(other, case=first)
    archive.hold(unit, first, person=ORDINARY)
    day = date(2040, 1, 1)
    assert archive.status(unit, second, day) == ("held", "placed")
    assert archive.status(other, elsewhere, day) == ("due", "")


@pytest.mark.parametrize(
    ("record", "kind", "acts_for", "years", "reason", "refused"),
    [
        ("health", "ward", "20", 9, "", "profile_not_shorter"),
        ("health", "ward", "20", 15, "", None),
        ("social", "social_adult", "2080", 4, "Vi vill", "profile_not_shorter"),
        ("social", "social_adult", "2080", 6, "", "profile_longer_why"),
        ("social", "social_adult", "2080", 6, "Beslut om forskning", None),
    ],
)
def test_an_own_rule_is_never_shorter_and_longer_needs_a_reason(
    archive, record, kind, acts_for, years, reason, refused
):
    unit = archive.unit(kind, acts_for)
    case = archive.copy(unit)
    if refused:
        with pytest.raises(Exception, match="law") as error:
            archive.own_rule(unit, record, years, reason=reason)
        assert error.value.__cause__.diag.constraint_name == refused
        return
    archive.own_rule(unit, record, years, reason=reason)
    out = LAST.replace(year=LAST.year + years)
    assert archive.status(unit, case, out)[0] == "waiting"
    assert archive.status(unit, case, out + timedelta(days=1))[0] == "due"


def test_a_rule_that_slipped_through_shorter_than_the_law_shortens_nothing(archive):
    unit = archive.unit("ward", "20")
    case = archive.copy(unit)
    archive.own_rule(unit, "health", 12)
    sql("alter table retention_retentionprofile disable trigger user")
    sql("update retention_retentionprofile set years = 1 where organisation_id = %s", unit.organisation_id)
    sql("alter table retention_retentionprofile enable trigger user")
    assert archive.status(unit, case, LAST.replace(year=LAST.year + 10))[0] == "waiting"
