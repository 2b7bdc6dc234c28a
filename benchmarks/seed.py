"""Fills a database of its own with N invented cases, in SQL; nothing here is a person.

Ten units per authority, three parties a case, a tenth of the cases open and half of those new, access by sets.
"""

from django.db import connections

SETUP = "set session_replication_role = replica"  # the triggers' work is done by sets at the end
DIRECTORY = """
insert into organisations_unit (organisation_id, acts_for_id, committee, name, short_name, kind, hsa_id, is_reception,
    phone, email, contact_note, is_active)
select a.organisation_id, a.id, '', 'Mätenhet ' || a.code || '-' || n, 'M' || n, 'home_care', '', false, '', '', '',
       true
from organisations_authority a, generate_series(1, 10) n;
insert into organisations_staff (organisation_id, name, title, hsa_id, directory_id, phone, is_active)
select u.organisation_id, 'Medarbetare ' || u.id, 'handläggare', '', '', '', true from organisations_unit u;
insert into organisations_assignment (staff_id, unit_id, role, commission_hsa_id, valid_from, is_active)
select s.id, u.id, 'handler', '', date '2026-01-01', true
from organisations_unit u join organisations_staff s on s.name = 'Medarbetare ' || u.id where u.name like 'Mätenhet %';
create temp table u as select row_number() over (order by id) - 1 as n, id, organisation_id from organisations_unit
  where name like 'Mätenhet %';
delete from u where n >= {units};
create unique index on u (n);
create temp table a as select u.n, s.id as assignment, s.staff_id from u
  join organisations_assignment s on s.unit_id = u.id;
create unique index on a (n);
"""
CASES = """
insert into cases_person (id_kind, number) select 'reserve', '19' || lpad(n::text, 10, '0')
from generate_series(1, %(cases)s) n;
create temp table c as
select gen_random_uuid() as id, p.id as person_id, row_number() over (order by p.id) as n,
       (hashint4(p.id::int) & 2147483647) %% (select count(*) from u) as unit_n,
       (row_number() over (order by p.id)) %% 10 = 0 as is_open,
       (row_number() over (order by p.id)) %% 20 = 0 as is_new
from cases_person p;
create unique index on c (id);
analyze c;
"""
COLUMNS = """
insert into cases_case ({columns})
select {values}
from c join u on u.n = c.unit_n join a on a.n = c.unit_n
"""
REST = """
insert into cases_participation (case_id, unit_id, obligation, started_on, added_by_id)
select c.id, u.id, 'duty', current_date, a.assignment from c cross join generate_series(1, 3) k
join u on u.n = (c.unit_n + k * 37) %% (select count(*) from u) join a on a.n = c.unit_n;
insert into consent_consent (case_id, share_answer, planning_answer, form, given_on, valid_to, may_tell_other_sip,
    recorded_by_id, recorded_at, withdrawn_form, withdrawn_who)
select c.id, 'yes', 'yes', 'written', current_date - 1000, case when hashint8(c.n) %% 4 = 0
  then current_date - 500 + abs(hashint8(c.n + 1) %% 1000) end, false, a.assignment, now(), '', ''
from c join a on a.n = c.unit_n;
insert into consent_consentunit (consent_id, case_id, unit_id, whole_tree)
select k.id, p.case_id, p.unit_id, false from consent_consent k join cases_participation p using (case_id);
insert into cases_deadline (case_id, kind, event, due_on, started_at, statutory, source, warn_before_days, rule,
    paused_days, escalate_after_days)
select c.id, 'follow_up', '', current_date + (c.n %% 60)::int - 10, now(), false, 'mätning', '{14,1}', '{}', 0, 7
from c where c.is_open and not c.is_new;
insert into cases_clockevent (case_id, event, at, care_type, recorded_at, recorded_by_id)
select c.id, 'admission', now() - make_interval(hours => 72 + (c.n %% 500)::int), 'somatic', now(), a.assignment
from c join a on a.n = c.unit_n where c.is_new and c.n %% 40 = 0;
insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
select c.id, now() - make_interval(days => k), 'started', 'Något hände', '', 0, a.assignment
from c join a on a.n = c.unit_n cross join generate_series(1, 3) k;
insert into case_access (case_id, unit_id, person_id, open_deadline, is_open, valid_to, hidden_topics, source, listed,
    emergency)
select c.id, w.unit_id, c.person_id, d.due_on, c.is_open, date '9999-12-31', 0, w.source, true, false
from (select c.id as case_id, u.id as unit_id, 'owner' as source from c join u on u.n = c.unit_n
      union all select p.case_id, p.unit_id, 'consent' from cases_participation p) w
join c on c.id = w.case_id left join cases_deadline d on d.case_id = c.id;
"""
FINISH = "set session_replication_role = origin; analyze"

# What is written by the million is indexed afterwards; keys that others refer to stay.
MANY = ["cases_case", "cases_participation", "consent_consent", "consent_consentunit", "cases_caseevent", "case_access"]
KEYS = """
select format('alter table %%s drop constraint %%I', c.conrelid::regclass, c.conname),
       format('alter table %%s add constraint %%I %%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
from pg_constraint c where c.contype in ('p', 'u') and c.conrelid = any(%s::regclass[])
  and not exists (select 1 from pg_constraint f where f.contype = 'f' and f.conindid = c.conindid)
union all
select format('drop index %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
from pg_index i where i.indrelid = any(%s::regclass[])
  and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
"""


def case_columns() -> tuple[str, str]:
    """The columns of a case and their values, from the table itself, so that a new column needs no change here."""
    given = {
        "id": "c.id",
        "reference": "'M-' || c.n",
        "person_id": "c.person_id",
        "owner_unit_id": "u.id",
        "guideline_id": "(select min(id) from organisations_guideline)",
        "state": "case when c.is_new then 'initiated' when c.is_open then 'planned' else 'closed' end",
        "close_reason": "case when c.is_open then '' else 'goals_met' end",
        "closed_on": "case when c.is_open then null else current_date end",
        "need_found_on": "current_date - 40",
        "discharge_ready_at": "case when c.is_new and c.n % 40 = 0 then now() - make_interval(hours => 60) end",
        "opened_by_id": "a.assignment",
        "given_name": "'Mät'",
        "family_name": "'Person ' || c.n",
        "protection": "'none'",
        "lead_unit_id": "case when not c.is_new then u.id end",
        "lead_staff_id": "case when not c.is_new then a.staff_id end",
    }
    empty = {"text": "''", "character varying": "''", "boolean": "false", "timestamp with time zone": "now()"}
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "select column_name, data_type, is_nullable from information_schema.columns where table_name = 'cases_case'"
        )
        for name, kind, nullable in cursor.fetchall():
            if name not in given and nullable == "NO":
                given[name] = empty[kind]
    return ", ".join(given), ", ".join(given.values())


def seed(cases: int) -> None:
    """Fill the database that the alias `admin` points at."""
    columns, values = case_columns()
    with connections["admin"].cursor() as cursor:
        cursor.execute(SETUP)
        cursor.execute(KEYS, [MANY, MANY])
        indexes = cursor.fetchall()
        for drop, _ in indexes:
            cursor.execute(drop)
        # About 300 cases a unit, as in a county that has used the system for some years.
        cursor.execute(DIRECTORY.format(units=min(3000, max(20, cases // 300))))
        cursor.execute(CASES, {"cases": cases})
        cursor.execute(COLUMNS.format(columns=columns, values=values))
        cursor.execute(REST.replace("%%", "%"))
        cursor.execute("set maintenance_work_mem = '512MB'")
        for _, create in indexes:
            cursor.execute(create)
        cursor.execute(FINISH)
