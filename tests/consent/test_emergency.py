"""Breaking the glass: who may, what is read, what all misses have in common, and who is told (PDL 4:5)."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from audit import log
from audit.models import AuditEvent
from cases.models import Case
from consent import emergency
from consent import services as consents
from organisations.actors import CARE, CARE_AND_SUPPORT
from organisations.enums import HEALTH_KINDS
from organisations.errors import RuleBroken
from organisations.scope import acting_for
from plans import endings
from tests import build
from tests.cast import Cast
from tests.database import PASSWORD

NUMBER = "198501012382"
UNKNOWN = "199002222397"
WHY = "Personen är medvetslös på akuten och vi behöver veta vad som gäller."
TRY = {"kind": "unconscious", "reason": WHY, "hours": 24}
DOCTOR, COLLEAGUE = "emelie.regionkalmar", "fredrik.regionkalmar"
FORM = {"number": NUMBER, "kind": "unconscious", "reason": WHY, "hours": "24"}


def sql(statement, *params):
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def switch(on=True, hours=24, who=DOCTOR, cast=None):
    organisation = cast.actor(who).organisation_id
    sql("update organisations_organisation set break_glass = %s, break_glass_hours = %s where id = %s", on, hours,
        organisation)  # fmt: skip


@pytest.fixture
def cast(own_database) -> Cast:
    """Real commits: what the organisation has switched on is seen by the web's own connection."""
    return Cast()


@pytest.fixture
def browse(own_database):
    def signed_in(username: str) -> Client:
        client = Client()
        assert client.post("/logga-in/", {"username": username, "password": PASSWORD}).status_code == 302
        return client

    return signed_in


@pytest.fixture
def glass(cast):
    """A planned case in Falun, and a health centre in another county that may break the glass."""
    plan = build.planned(cast, build.met(cast, build.consented(cast, number=NUMBER)))
    switch(cast=cast)
    return plan.case


def tries(cast, who=DOCTOR, number=NUMBER, actor=None, **values):
    by = actor or cast.actor(who)
    with acting_for(by):
        return emergency.break_glass(number=number, by=by, **(TRY | values))


def seen(cast, who, pk):
    with cast.acting(who):
        return emergency.opened(pk, by=cast.actor(who))


# Who may


def test_off_until_the_organisation_switches_it_on(glass, cast):
    switch(on=False, cast=cast)
    with pytest.raises(RuleBroken):
        tries(cast)
    switch(cast=cast)
    assert tries(cast) == ("opened", glass.pk)


ROLES = ("handler", "reader", "manager", "reception", "sip_coordinator", "org_admin")


@pytest.mark.parametrize("unit", [DOCTOR, "freja.kalmar", "linda.kalmar", "ulrik.kalmar"])
def test_every_condition_is_needed_also_in_the_database(glass, cast, unit):
    """Organisation × purpose × role × kind of unit, past the services: the function itself refuses."""
    is_health = unit in (DOCTOR, "freja.kalmar")
    for on in (True, False):
        switch(on=on, who=unit, cast=cast)
        for purpose, role in product((CARE, CARE_AND_SUPPORT, ""), ROLES):
            actor = replace(cast.actor(unit), purpose=purpose, role=role)
            may = on and is_health and purpose == CARE and role in ("handler", "reader")
            assert breaks(actor) == ("opened" if may else "42501"), (on, purpose, role)


def breaks(actor) -> str:
    """The outcome or the database's refusal, undone."""
    with transaction.atomic():
        try:
            with acting_for(actor), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select outcome from break_glass(%s, 'danger', %s, 24)", [NUMBER, WHY])
                return cursor.fetchone()[0]
        except DatabaseError as error:
            return error.__cause__.sqlstate
        finally:
            transaction.set_rollback(True)


def test_the_units_in_the_database_are_the_health_units_of_the_code(cast):
    with connections["admin"].cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = 'glass_hours'")
        source = cursor.fetchone()[0]
    kinds = source[source.index("u.kind in (") + 11 :].split(")")[0]
    assert {kind.strip(" '") for kind in kinds.split(",")} == set(HEALTH_KINDS)


@pytest.mark.parametrize("hours", [0, 25, 169])
@pytest.mark.parametrize("reason", [WHY, "för kort"])
def test_a_reason_and_a_time_within_the_limit(glass, cast, hours, reason):
    with pytest.raises(RuleBroken):
        tries(cast, hours=hours, reason=reason)
    with cast.acting(DOCTOR), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("select * from break_glass(%s, 'danger', %s, %s)", [NUMBER, reason, hours])


def test_the_owner_and_the_party_need_no_glass(glass, cast):
    switch(who="party", cast=cast)
    assert tries(cast, "party") == ("already", glass.pk)
    assert not sql("select 1 from consent_emergencyaccess")


# The misses


def missed(case, cast, how):
    """Bring the person into a state where there is nothing to read; returns the number to try."""
    if how == "no such person":
        return UNKNOWN
    if how == "no plan in force":
        sql("update plans_plan set state = 'superseded' where case_id = %s", case.pk)
    elif how == "withdrawn":
        with cast.acting("owner"):
            again = Case.objects.with_names().get(pk=case.pk)
            consents.withdraw(case=again, form="spoken", by=cast.owner)
    elif how == "lapsed":
        sql("update consent_consent set given_on = current_date - 30, valid_to = current_date - 1")
    elif how == "closed":
        with cast.acting("owner"):
            endings.close(case=Case.objects.with_names().get(pk=case.pk), reason="goals_met", by=cast.owner)
    return NUMBER


HOWS = ["no such person", "no plan in force", "withdrawn", "lapsed", "closed"]


def log_of(cast, who=DOCTOR):
    """What the unit can see of its own log about tries, without what differs between two equal rows."""
    with cast.acting(who):
        rows = AuditEvent.objects.filter(event__startswith="consent.glass").order_by("at", "id")
        return [
            (e.event, e.action, e.chain.split(":")[0], e.case_id, e.person_id, e.persons, e.object_id, e.details)
            for e in rows
        ]


@pytest.mark.parametrize("how", HOWS)
def test_all_misses_look_alike(glass, cast, how, browse):
    number = missed(glass, cast, how)
    before = everything_but_log()
    page = browse(DOCTOR).post("/nodoppning/", FORM | {"number": number})
    assert page.status_code == 200
    assert emergency.NOTHING in page.content.decode()
    assert everything_but_log() == before
    assert log_of(cast) == [
        ("consent.glass_missed", log.EMERGENCY, "unit", None, None, [], "",
         {"kind": "unconscious", "reason": WHY, "hours": 24}),
    ]  # fmt: skip


def test_the_page_of_a_miss_is_the_same_to_the_letter(glass, cast, browse):
    client, pages = browse(DOCTOR), set()
    for how in ("no such person", "lapsed", "withdrawn", "no plan in force"):
        number = missed(glass, cast, how)
        pages.add(without_typed(client.post("/nodoppning/", FORM | {"number": number}).content.decode(), number))
    assert len(pages) == 1 and emergency.NOTHING in pages.pop()


def without_typed(text, number) -> str:
    lines = [line for line in text.splitlines() if number not in line and "csrfmiddlewaretoken" not in line]
    return "\n".join(lines)


def everything_but_log():
    skip = "^(audit_|django_session|organisations_(signin|loginattempt|user))"
    names = sql(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname !~ %s",
        skip,
    )
    each = [f"select '{name}', md5(string_agg(t::text, '|' order by t::text)) from {name} t" for (name,) in names]
    return sql(" union all ".join(each))


def test_tries_are_throttled_for_the_user_and_logged(glass, cast, browse):
    for _ in range(10):
        assert tries(cast, number=UNKNOWN)[0] == "none"
    assert tries(cast) == ("throttled", None)
    assert emergency.TOO_MANY in browse(DOCTOR).post("/nodoppning/", FORM).content.decode()
    assert [row[0] for row in log_of(cast)] == ["consent.glass_missed"] * 10 + ["consent.glass_throttled"] * 2
    # Somebody else at the same unit is not stopped by it.
    assert tries(cast, COLLEAGUE)[0] == "opened"


# What is read


def test_it_opens_the_plan_in_force_for_one_assignment_and_logs_each_reading(glass, cast, browse):
    client = browse(DOCTOR)
    answer = client.post("/nodoppning/", FORM)
    assert answer.status_code == 302
    for _ in range(2):
        page = client.get(answer.url)
        text = page.content.decode()
        assert page.status_code == 200
    assert "Du blir yr." in text and "Vi tränar balans hemma hos dig." in text and glass.reference in text
    assert text.index("Du blir yr.") < text.index("Vi tränar balans")
    assert "23 timmar och 59 minuter" in text or "24 timmar" in text
    with cast.acting(DOCTOR):
        reads = AuditEvent.objects.filter(event="consent.emergency_read")
        assert [(e.action, e.person_id) for e in reads] == [(log.EMERGENCY, glass.person_id)] * 2
    assert browse(COLLEAGUE).get(answer.url).status_code == 404
    assert seen(cast, COLLEAGUE, glass.pk) is None


def test_nowhere_else_in_the_product(glass, cast, browse):
    client = browse(DOCTOR)
    client.post("/nodoppning/", FORM)
    for url in ("/arenden/", "/kallelser/", "/uppfoljningar/", "/mottaget/"):
        assert glass.reference not in client.get(url).content.decode(), url
    assert glass.reference not in client.post("/sok/", {"q": NUMBER}).content.decode()
    for page in ("", "plan/", "handelser/", "logg/", "samtycke/", "plan/pdf/", "moten/", "nodoppningar/"):
        assert client.get(f"/arenden/{glass.pk}/{page}").status_code == 404, page
    assert client.get(f"/api/v1/cases/{glass.pk}/").status_code == 404


ALLOWED = {
    "plans_plan", "plans_planblock", "plans_goal", "plans_measure", "consent_emergencyaccess", "case_access",
    "audit_event",
}  # fmt: skip


def visible_tables(who, cast, pk) -> dict[str, int]:
    """How many rows each table with a case shows, as raw SQL in the actor's own role."""
    tables = sql(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
        " and (a.attname = 'case_id' or (c.relname = 'cases_case' and a.attname = 'id'))"
    )
    found = {}
    with cast.acting(who):
        for table, column in tables:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"select count(*) from {table} where {column} = %s", [pk])
                    count = cursor.fetchone()[0]
            except DatabaseError:
                continue
            if count:
                found[table] = count
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_person")
            if people := cursor.fetchone()[0]:
                found["cases_person"] = people
    return found


def test_raw_sql_shows_the_rows_of_the_plan_in_force_and_nothing_else(glass, cast):
    build.drafted(cast, build.held(cast, build.called(cast, glass)), whole=True)
    assert visible_tables(DOCTOR, cast, glass.pk) == {}
    assert tries(cast)[0] == "opened"
    found = visible_tables(DOCTOR, cast, glass.pk)
    assert set(found) <= ALLOWED
    assert {"plans_plan", "plans_planblock", "plans_goal", "plans_measure"} <= set(found)
    assert found["plans_plan"] == 1 and found["consent_emergencyaccess"] == 1
    with cast.acting(DOCTOR), connection.cursor() as cursor:
        cursor.execute("select state from plans_plan where case_id = %s", [glass.pk])
        assert cursor.fetchall() == [("approved",)]
        cursor.execute("select person_id is not null, open_deadline from case_access where case_id = %s", [glass.pk])
        assert cursor.fetchall() == [(True, None)]
        # Reading only.
        cursor.execute("update plans_planblock set text = 'x' where case_id = %s", [glass.pk])
        assert cursor.rowcount == 0
    assert visible_tables(COLLEAGUE, cast, glass.pk).keys() <= {"audit_event"}


@pytest.mark.parametrize(("passed", "readable"), [("23:59", True), ("24:01", False)])
def test_it_ends_by_the_clock_and_not_by_a_job(glass, cast, passed, readable):
    tries(cast)
    sql("update consent_emergencyaccess set started_at = started_at - %s::interval, ends_at = ends_at - %s::interval",
        passed, passed)  # fmt: skip
    assert (seen(cast, DOCTOR, glass.pk) is not None) is readable
    with cast.acting(DOCTOR), connection.cursor() as cursor:
        cursor.execute("select count(*) from plans_goal where case_id = %s", [glass.pk])
        assert bool(cursor.fetchone()[0]) is readable


def test_at_most_a_week_whatever_is_asked(glass, cast):
    switch(hours=168, cast=cast)
    assert tries(cast, hours=168)[0] == "opened"
    with pytest.raises(DatabaseError), transaction.atomic(using="admin"):
        sql("update consent_emergencyaccess set ends_at = started_at + interval '7 days 1 minute'")


@pytest.mark.parametrize("how", ["withdrawn", "lapsed", "closed", "no plan in force"])
def test_what_ends_the_sharing_ends_the_emergency_at_once(glass, cast, how, browse):
    tries(cast)
    missed(glass, cast, how)
    assert browse(DOCTOR).get(f"/nodoppning/{glass.pk}/").status_code == 404
    assert "plans_planblock" not in visible_tables(DOCTOR, cast, glass.pk)


def test_the_one_who_opened_can_end_it(glass, cast, browse):
    client = browse(DOCTOR)
    client.post("/nodoppning/", FORM)
    assert client.post(f"/nodoppning/{glass.pk}/avsluta/").status_code == 302
    assert client.get(f"/nodoppning/{glass.pk}/").status_code == 404
    assert visible_tables(DOCTOR, cast, glass.pk).keys() <= {"audit_event"}


def test_switched_off_ends_the_page_too(glass, cast, browse):
    client = browse(DOCTOR)
    client.post("/nodoppning/", FORM)
    switch(on=False, cast=cast)
    assert client.get(f"/nodoppning/{glass.pk}/").status_code == 404


# Who is told


def test_the_owner_is_told_at_once_and_the_person_can_read_it(glass, cast, browse):
    tries(cast)
    [(unit, due)] = sql("select unit_id, due_at from notifications_delivery where dedupe_key like 'glass_broken:%%'")
    assert unit == cast.unit("owner").pk
    assert due <= timezone.now() + timedelta(minutes=2)
    client = browse("amira.falun")
    assert "Planen är nödöppnad" in client.get("/kallelser/").content.decode()
    text = client.get(f"/arenden/{glass.pk}/").content.decode()
    assert "Planen nödöppnades av Provvikens hälsocentral, Kalmar" in text
    page = client.get(f"/arenden/{glass.pk}/nodoppningar/").content.decode()
    assert WHY in page
    # A party learns that it happened, by the history; who was how ill is for those who steer.
    party = browse("hanna.dalarna")
    assert "Planen nödöppnades av Provvikens" in party.get(f"/arenden/{glass.pk}/handelser/").content.decode()
    assert WHY not in party.get(f"/arenden/{glass.pk}/nodoppningar/").content.decode()
    assert sql("select count(*) from audit_event where person_id = %s and action = 'Nödöppning'", glass.person_id)


def test_a_second_try_while_it_lasts_tells_nobody_twice(glass, cast):
    assert tries(cast) == tries(cast)
    assert sql("select count(*) from consent_emergencyaccess") == [(1,)]
    assert sql("select count(*) from notifications_inboxitem where kind = 'glass_broken'") == [(1,)]


def test_a_protected_name_is_not_shown(glass, cast, browse):
    sql("update cases_case set protection = 'marked' where id = %s", glass.pk)
    client = browse(DOCTOR)
    answer = client.post("/nodoppning/", FORM)
    text = client.get(answer.url).content.decode()
    assert "Testholm" not in text and "Skyddade personuppgifter" in text and NUMBER not in text


def test_the_administrator_switches_it_on_and_that_is_logged(cast, browse):
    client = browse("nora.regionkalmar")
    page = client.post("/administration/nodoppning/", {"on": "on", "hours": "200"})
    assert "Skriv högst 168 timmar" in page.content.decode()
    assert client.post("/administration/nodoppning/", {"on": "on", "hours": "48"}).status_code == 302
    own = cast.actor(DOCTOR).organisation_id
    assert sql("select id, break_glass_hours from organisations_organisation where break_glass") == [(own, 48)]
    assert sql("select 1 from audit_event where event = 'organisations.glass_set'")
    with acting_for(replace(cast.actor(DOCTOR), role="handler")), connection.cursor() as cursor:
        cursor.execute("update organisations_organisation set break_glass = true where not break_glass")
        assert cursor.rowcount == 0
