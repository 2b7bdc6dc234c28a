"""Lets each step of a story happen on its own day, though it is loaded today."""

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from django.db import connections
from django.utils import timezone

from organisations import swedish

COLUMNS = """
select table_name, column_name, data_type from information_schema.columns c
where table_schema = 'public' and data_type in ('timestamp with time zone', 'date')
  and (table_name = 'cases_case' or exists (select 1 from information_schema.columns k
       where k.table_schema = 'public' and k.table_name = c.table_name and k.column_name = 'case_id'))
  and table_name not like 'audit%%' and table_name <> 'case_access'
order by 1, 2
"""
# Days that the database itself sets to today; the others were told by the step.
OWN_DAYS = {"closed_on", "started_on", "ended_on"}


class Clock:
    """Steps back in time for the services, and ages afterwards what the database dated by itself."""

    def __init__(self):
        self.started = timezone.now()
        self.today = timezone.localdate()
        with connections["admin"].cursor() as cursor:
            # Approved plans never change, not even their dates, but these are being made up.
            cursor.execute("set session_replication_role = replica")
            cursor.execute(COLUMNS)
            self.columns: dict[str, list[tuple[str, str]]] = {}
            for table, column, kind in cursor.fetchall():
                if kind != "date" or column in OWN_DAYS:
                    self.columns.setdefault(table, []).append((column, kind))

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def moment_of(self, offset: int, at: str) -> datetime:
        """That day and time in Stockholm, also ahead."""
        return swedish.instant(self.day(offset), time.fromisoformat(at))

    def moment(self, offset: int, at: str = "10:00") -> datetime:
        """That day and time in Stockholm, but never later than now."""
        return min(self.moment_of(offset, at), self.started)

    @contextmanager
    def on(self, offset: int, at: str = "10:00"):
        """Run a step as if it were that day."""
        moment = self.moment(offset, at)
        with patch("django.utils.timezone.now", lambda: moment):
            yield moment

    def age(self, case_id, moment: datetime) -> None:
        """Date what the step made in the case to when the step happened."""
        if moment >= self.started:
            return
        now = datetime.now(tz=moment.tzinfo)
        with connections["admin"].cursor() as cursor:
            for table, columns in self.columns.items():
                key = "id" if table == "cases_case" else "case_id"
                sets = ", ".join(
                    f"{name} = case when {name} between %(from)s and %(to)s then %(then)s else {name} end"
                    if kind != "date"
                    else f"{name} = case when {name} = %(today)s then %(day)s else {name} end"
                    for name, kind in columns
                )
                # The names come from the database's own catalogue.
                statement = f"update {table} set {sets} where {key} = %(case)s"  # noqa: S608
                cursor.execute(
                    statement,
                    {"from": self.started, "to": now, "then": moment, "today": self.today,
                     "day": timezone.localdate(moment), "case": case_id},
                )  # fmt: skip

    def settle(self) -> None:
        """What was sent and read long ago is not waiting to be sent and read now."""
        with connections["admin"].cursor() as cursor:
            cursor.execute(
                "update notifications_delivery set state = 'sent', sent_at = due_at, attempts = 1"
                " where state = 'due' and due_at < now() - interval '1 day'"
            )
            cursor.execute(
                "update notifications_inboxitem set read_at = created_at + interval '3 hours'"
                " where read_at is null and created_at < now() - interval '5 days'"
            )
