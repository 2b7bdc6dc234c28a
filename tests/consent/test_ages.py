"""What age changes: the same dates in Python and SQL, tasks on the birthday, reading by date, an end at 18 (SAM-6)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import Error, connection, connections, transaction
from django.utils import timezone

from cases.models import CaseEvent, PersonAccess
from cases.numbers import born_in
from consent import ages, coverage, representatives
from consent.models import AgeRule, Consent
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from organisations.swedish import instant
from tests import build
from tests.cast import Cast
from tests.data.files import NUMBERS

CHILD = "202309052393"
BORN = date(2023, 9, 5)
DAY = timedelta(days=1)


def sql(statement, *params, using="default"):
    with connections[using].cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def nine(day: date) -> datetime:
    return instant(day, datetime.min.replace(hour=9).time())


ODD = ["196400602390", "196402702390", "22640130A234", "99123456789A", "20240229TF12", "19000229AB12", "218001011234",
       "200013010000", "abc"]  # fmt: skip


def test_the_database_reads_the_day_of_birth_as_python_does(db):
    numbers = [*NUMBERS, *ODD]
    told = dict(sql("select n, born_on(n) from unnest(%s::text[]) n", numbers))
    for number in numbers:
        born = born_in(number) if number[:8].isdigit() else None
        assert told[number] == (born.last if born else None), number


@pytest.mark.parametrize("born", ["2012-02-29", "2012-02-28", "2011-03-01", "2012-12-31", "2008-02-29", "2011-02-28"])
def test_birthdays_agree_also_on_leap_days(db, born):
    born = date.fromisoformat(born)
    for years in (12, 13, 15, 16, 18, 20):
        [(day,)] = sql("select birthday(%s, %s)", born, years)
        assert day == ages.birthday(born, years)
        leap = (born.month, born.day) == (2, 29)
        exists = (born.year + years) % 4 == 0
        assert (day.month, day.day) == ((3, 1) if leap and not exists else (born.month, born.day))


def test_the_rules_are_dated_and_have_a_source(cast):
    with cast.acting("owner"):
        rules = {rule.key: rule for rule in AgeRule.objects.all()}
        # Turned 12 before the rule was in force: nothing is said.
        assert ages.marks("200802602000", build.today())[0].rule.key == "guardians_read"
    assert {key: rule.age for key, rule in rules.items()} == {
        "open_help": 12, "guardians_read": 13, "own_voice": 15, "child_reads": 16, "adult": 18,
    }  # fmt: skip
    assert all(rule.source and rule.effect and rule.task for rule in rules.values())


def test_no_age_no_rules(db):
    assert ages.marks("99123456789A", build.today()) == []


BIRTHDAYS = [(12, "birthday"), (13, "birthday"), (15, "birthday"), (16, "birthday"), (18, "adult")]


@pytest.mark.parametrize(("years", "kind"), BIRTHDAYS)
def test_a_birthday_gives_one_task_and_one_line(cast, years, kind):
    case = build.case(cast, number=CHILD)
    day = ages.birthday(BORN, years)
    assert ages.sweep(now=nine(day - DAY)) == 0
    assert ages.sweep(now=nine(day)) == 1
    assert ages.sweep(now=nine(day)) == ages.sweep(now=nine(day + 9 * DAY)) == 0
    with cast.acting("owner"):
        assert [item.kind for item in InboxItem.objects.filter(case_id=case.pk)] == [kind]
        [event] = CaseEvent.objects.filter(case=case, kind="age")
        assert f"fyllt {years} år" in event.text and event.by_id is None


def test_a_late_sweep_still_tells_and_a_very_late_one_does_not(cast):
    build.case(cast, number=CHILD)
    day = ages.birthday(BORN, 13)
    assert ages.sweep(now=nine(day + 32 * DAY)) == 0
    assert ages.sweep(now=nine(day + 31 * DAY)) == 1


def test_adults_and_closed_cases_give_no_tasks(cast):
    build.case(cast)
    case = build.case(cast, number=CHILD)
    build.guardians_say(cast, case, build.answer_of(build.representative(cast, case, "Vera"), "no"))
    assert ages.sweep(now=nine(ages.birthday(BORN, 13))) == 0


def test_the_job_needs_no_persons(cast):
    build.case(cast, number=CHILD)
    for statement in (
        "select number from cases_person",
        "select link_citizen(1, 'x')",
        "select rebuild_person_access(1)",
    ):
        with cast.acting("worker"), pytest.raises(Error, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.parametrize(("valid_to", "kept"), [(None, False), (date(2099, 1, 1), False), (date(2030, 1, 1), True)])
def test_what_guardians_said_ends_the_day_before_the_person_is_of_age(cast, valid_to, kept):
    case = build.case(cast, number=CHILD)
    vera = build.representative(cast, case, "Vera Sagodal")
    build.guardians_say(cast, case, build.answer_of(vera), valid_to=valid_to)
    with cast.acting("owner"):
        assert coverage.current(case).valid_to == (valid_to if kept else date(2041, 9, 4))
        assert coverage.current(case).lapsed(date(2041, 9, 5))


def test_an_adults_consent_has_no_end_of_its_own(cast):
    case = build.consented(cast)
    with cast.acting("owner"):
        assert coverage.current(case).valid_to is None


@pytest.mark.parametrize(
    ("kind", "on", "ok"),
    [
        ("extend", date(2041, 9, 4), True), ("extend", date(2041, 9, 5), False), ("early", date(2038, 1, 1), True),
        ("early", date(2039, 9, 5), False), ("block", build.today(), True), ("block", build.today() - DAY, False),
    ],
)  # fmt: skip
def test_exceptions_have_limits_and_a_reason(cast, kind, on, ok):
    case = build.case(cast, number=CHILD)
    with cast.acting("owner"):
        with pytest.raises(RuleBroken, match="varför"):
            ages.make_exception(case=case, kind=kind, day=on, reason="", by=cast.owner)
        if not ok:
            with pytest.raises(RuleBroken):
                ages.make_exception(case=case, kind=kind, day=on, reason="Beslut", by=cast.owner)
            return
        ages.make_exception(case=case, kind=kind, day=on, reason="Beslut av verksamhetschefen", by=cast.owner)
        told = ages.reading(case)
        wanted = {"extend": ("guardians_to", on), "early": ("child_from", on), "block": ("guardians_to", on - DAY)}[
            kind
        ]
        assert told[wanted[0]] == wanted[1]


def test_an_adults_case_has_no_exceptions(cast):
    case = build.case(cast)
    with cast.acting("owner"), pytest.raises(RuleBroken, match="under 18"):
        ages.make_exception(case=case, kind="block", day=build.today(), reason="x", by=cast.owner)


# --- reading on Min plan, committed as the web does ---------------------------------------------------------------

VERA = "198505122393"


class Family:
    """A child's case with a guardian whose login has proved its number."""

    def __init__(self):
        self.cast = Cast()
        self.case = build.case(self.cast, number=CHILD)
        self.vera = build.representative(self.cast, self.case, "Vera Sagodal", number=VERA)
        self.user = self.cast.user("vera.medborgare").pk
        sql("select link_citizen(%s, %s)", self.user, VERA, using="admin")

    def rows(self):
        found = PersonAccess.objects.using("admin").filter(user_id=self.user, person_id=self.case.person_id)
        return [(row.relation, row.case_id, row.valid_from, row.valid_to) for row in found]

    def reads(self):
        with self.cast.acting("vera.medborgare"):
            return Consent.objects.exists() or bool(sql("select 1 from cases_case where id = %s", self.case.pk))

    def change(self, **values):
        with self.cast.acting("owner"):
            row = representatives.current(self.case)[0]
            given = {name: getattr(row, name) for name in representatives.OWN}
            given |= {name: getattr(row.contact, name) for name in representatives.CONTACT}
            representatives.change(
                case=self.case, representative=row, details=representatives.Details(**(given | values)),
                by=self.cast.owner,
            )  # fmt: skip


@pytest.fixture(scope="module")
def family(module_database):
    return Family()


THIRTEEN = date(2036, 9, 5)


def test_a_guardian_reads_until_the_day_before_thirteen(family):
    [(relation, case_id, _, valid_to)] = family.rows()
    assert (relation, case_id, valid_to) == ("guardian", family.case.pk, THIRTEEN - DAY)
    assert family.reads()


def test_the_policies_decide_by_date(family):
    today = timezone.localdate()
    for first, last, sees in ((0, 0, True), (-9, -1, False), (1, 9, False), (-9, 9, True)):
        window = (today + first * DAY, today + last * DAY)
        sql("update person_access set valid_from = %s, valid_to = %s where user_id = %s", *window, family.user,
            using="admin")  # fmt: skip
        assert family.reads() == sees, window
    sql("select rebuild_person_access(%s)", family.case.person_id, using="admin")
    assert family.reads()


def test_exceptions_move_the_dates_and_end_with_them(family):
    case, by = family.case, family.cast.owner
    for kind, on, last in (("extend", date(2038, 1, 1), date(2038, 1, 1)), ("block", timezone.localdate(), None)):
        with family.cast.acting("owner"):
            row = ages.make_exception(case=case, kind=kind, day=on, reason="Beslut", by=by)
        assert family.rows()[0][3] == (last or timezone.localdate() - DAY)
        assert family.reads() == bool(last)
        with family.cast.acting("owner"):
            ages.end_exception(case=case, exception=row, by=by)
        assert family.rows()[0][3] == THIRTEEN - DAY


def test_one_who_is_shown_nothing_reads_nothing_in_any_case_of_the_child(family):
    other = build.case(family.cast, number=CHILD, who="party")
    row = build.representative(family.cast, other, "Vera S", number=VERA, who="party", no_sharing="Kontaktförbud")
    assert family.rows() == [] and not family.reads()
    with family.cast.acting("party"):
        representatives.end(case=other, representative=row, by=family.cast.party)
    assert family.reads()
    family.change(no_sharing="Våld")
    assert family.rows() == []
    family.change(no_sharing="")
    assert family.reads()


def test_a_guardian_of_one_case_does_not_read_another_of_the_child(family):
    other = build.case(family.cast, number=CHILD, who="party")
    with family.cast.acting("vera.medborgare"):
        assert not sql("select 1 from cases_case where id = %s", other.pk)
        assert sql("select 1 from cases_case where id = %s", family.case.pk)


def test_a_guardian_that_ends_or_changes_number_reads_nothing(family):
    family.change(number="")
    assert family.rows() == []
    family.change(number=VERA)
    # The login is known by another child's case or by its own pages; else it is tied at the next login.
    sql("select link_citizen(%s, %s)", family.user, VERA, using="admin")
    assert family.reads()
    sql("select link_citizen(%s, %s)", family.user, "196109732393", using="admin")
    assert family.rows() == []
    sql("select link_citizen(%s, %s)", family.user, VERA, using="admin")
    family.change(to_on=timezone.localdate() - DAY)
    assert not family.reads()
    family.change(to_on=None)
    assert family.reads()


def test_a_child_reads_from_sixteen_or_earlier_where_it_is_decided(family):
    child = family.cast.user("tindra.medborgare").pk
    sql("select link_citizen(%s, %s)", child, CHILD, using="admin")
    own = PersonAccess.objects.using("admin").filter(user_id=child)
    assert [row.valid_from for row in own] == [date(2039, 9, 5)]
    with family.cast.acting("tindra.medborgare"):
        assert not sql("select 1 from cases_case where id = %s", family.case.pk)
    with family.cast.acting("owner"):
        row = ages.make_exception(
            case=family.case, kind="early", day=timezone.localdate(), reason="Moget", by=family.cast.owner
        )
    with family.cast.acting("tindra.medborgare"):
        assert sql("select 1 from cases_case where id = %s", family.case.pk)
    with family.cast.acting("owner"):
        ages.end_exception(case=family.case, exception=row, by=family.cast.owner)
    assert own.count() == 1
    sql("select link_citizen(%s, %s)", child, "199903212380", using="admin")
    assert own.exclude(case=None).count() == own.filter(person_id=family.case.person_id).count() == 0
