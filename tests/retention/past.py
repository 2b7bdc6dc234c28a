"""Records whose time is out: real cases walked through the services, and a database that thinks it is another day."""

from datetime import date

from django.db import connections
from django.utils import timezone

from cases.models import Case
from plans import endings
from retention import services
from tests import build

# An official test number of somebody not born on the 5th, 15th or 25th.
ORDINARY = "198501012382"
TODAY = timezone.localdate


def sql(statement, *params):
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall() if cursor.description else []


def one(statement, *params):
    [(found,)] = sql(statement, *params)
    return found


def travel(day: date) -> None:
    """The database's own day, which every rule of retention asks; and a log that may be erased."""
    sql(f"create or replace function sip_today() returns date stable language sql as $$ select date '{day}' $$")
    sql("update audit_rule set keep = '0'")


def closed(cast, *, number=ORDINARY, reason="goals_met", **values):
    """A case with a plan, a party and everything that follows, closed today."""
    case = build.planned(cast, build.met(cast, build.consented(cast, number=number, **values))).case
    return close(cast, case, reason=reason)


def close(cast, case, *, reason="goals_met"):
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        endings.close(case=again, reason=reason, by=cast.owner)
    return case


def started(cast, *, number=ORDINARY):
    """A case closed before anything was agreed: quick to make."""
    return close(cast, build.case(cast, number=number), reason="not_needed")


def organisation(cast, who: str) -> int:
    return cast.unit(who).organisation_id


def records(org: int, day: date, *, case=None) -> dict:
    """(kind, unit) → (status, reason) of an organisation's records on a day, of one case or all."""
    found = sql("select kind, unit_id, status, reason, key from retention_records(%s, %s, null)", org, day)
    return {(kind, unit): (status, reason) for kind, unit, status, reason, key in found
            if case is None or key == str(case.pk)}  # fmt: skip


def prepared(cast, *, admin="admin") -> int | None:
    with cast.acting(admin):
        return services.prepare(by=cast.actor(admin))


def approved(cast, *, admin="admin") -> int:
    batch = prepared(cast, admin=admin)
    with cast.acting(admin):
        services.approve(batch=services.batch_of(batch), by=cast.actor(admin))
    return batch


def fingerprint() -> dict[str, str]:
    """What stands in each table but the log."""
    names = sql("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
                " and relname !~ '^audit_'")  # fmt: skip
    each = [f"select '{name}', md5(string_agg(t::text, '|' order by t::text)) from {name} t" for (name,) in names]
    return dict(sql(" union all ".join(each)))
