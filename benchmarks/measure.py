"""The measurements: each is a ratio of two things timed in turn in the same run, with its limit."""

import statistics
from contextlib import contextmanager

from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import log
from benchmarks import audit, sweep
from benchmarks.seed import seed
from benchmarks.timing import Board, in_turn, timed
from cases.models import Case, CaseAccess
from consent import services as consent
from organisations.actors import staff_actor
from organisations.models import Assignment, Staff, User
from organisations.scope import acting_for
from tests import database

PASSWORD = "matning-2026"  # noqa: S105 - a login in a database that is gone afterwards


class Bench(Board):
    """One seeded database, one signed-in handler of one of its units."""

    def __init__(self, rounds: int):
        super().__init__()
        self.rounds = rounds
        with connections["admin"].cursor() as cursor:
            # An actor with an ordinary number of open cases.
            cursor.execute("""select unit_id from case_access where is_open group by unit_id
                              order by abs(count(*) - 60), unit_id limit 1""")
            [unit] = cursor.fetchone()
        self.assignment = Assignment.objects.with_names().filter(unit_id=unit, role="handler").first()
        user = User.objects.db_manager("admin").create_user("matning", PASSWORD, name="Mätning", is_demo=True)
        Staff.objects.using("admin").filter(pk=self.assignment.staff_id).update(user=user)
        self.actor = staff_actor(self.assignment, user_id=user.pk)
        self.client = Client(headers={"host": "localhost"})
        assert self.client.post("/logga-in/", {"username": "matning", "password": PASSWORD}).status_code == 302
        with acting_for(self.actor):
            mine = Case.objects.filter(owner_unit_id=unit)
            self.case = mine.filter(state="planned").first()
            self.to_withdraw = list(mine.filter(state="planned").exclude(pk=self.case.pk)[: min(rounds, 20)])
            self.open_rows = CaseAccess.objects.filter(is_open=True).count()

    def get(self, address: str):
        response = self.client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    def statements(self, address: str) -> list[tuple[str, object]]:
        """The page's own statements as SQL, without those of session, scope and log."""
        with CaptureQueriesContext(connection) as captured:
            self.get(address)
        self.count = len(captured)
        skipped = ("django_session", "organisations_user", "set_config", "set local", "reset role", "audit_append")
        skipped += ("SAVEPOINT", "COMMIT", "BEGIN", '"organisations_assignment"."id" =')
        return [q["sql"] for q in captured if q["sql"].startswith(("SELECT", "select", "WITH", "with"))
                and not any(word in q["sql"] for word in skipped)]  # fmt: skip

    def replay(self, statements) -> None:
        with acting_for(self.actor), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    def buffers(self, statements) -> int:
        total = 0
        with acting_for(self.actor), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute("explain (analyze, buffers, format json) " + statement)
                plan = cursor.fetchone()[0][0]["Plan"]
                total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return total

    @contextmanager
    def without_row_security(self):
        """The same pages with the lock taken off: for the price of it, in this database only."""
        with connections["admin"].cursor() as cursor:
            cursor.execute("""select relname from pg_class where relrowsecurity and relkind in ('r', 'p')
                              and not relispartition and relname <> 'audit_event'""")
            tables = [name for (name,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"alter table {table} disable row level security")
            try:
                yield
            finally:
                for table in tables:
                    cursor.execute(f"alter table {table} enable row level security")

    def page(self, name: str, address: str, limit: float) -> None:
        statements = self.statements(address)
        self.say(f"{name}: satser i allt", self.count, 12 if name == "lista" else 18)
        medians = in_turn(self.rounds, page=lambda: self.get(address), sql=lambda: self.replay(statements))
        self.say(
            f"{name}: sida / samma SQL", medians["page"] / medians["sql"], limit, f"{medians['page'] * 1000:.1f} ms"
        )
        secured, plain, sql_secured, sql_plain = [], [], [], []
        for _ in range(max(2, self.rounds // 20)):
            block = in_turn(10, page=lambda: self.get(address), sql=lambda: self.replay(statements))
            secured.append(block["page"])
            sql_secured.append(block["sql"])
            with self.without_row_security():
                block = in_turn(10, page=lambda: self.get(address), sql=lambda: self.replay(statements))
            plain.append(block["page"])
            sql_plain.append(block["sql"])
        median = statistics.median
        self.say(f"{name}: sida med radsäkerhet / utan", median(secured) / median(plain), 1.35)
        self.say(f"{name}: SQL med radsäkerhet / utan", median(sql_secured) / median(sql_plain), 1.8)
        with_lock = self.buffers(statements)
        with self.without_row_security():
            without = self.buffers(statements)
        self.say(f"{name}: buffertar med / utan", with_lock / max(1, without), 2.0, f"{with_lock} mot {without}")

    def worklist(self) -> None:
        statements = [s for s in self.statements("/arenden/") if "case_access" in s]
        ids = [s for s in statements if "LIMIT 26" in s][:1]
        count = [s for s in statements if "COUNT(" in s][:1]
        limit = 500 + (self.open_rows if self.open_rows > 60 else 0)
        self.say("arbetslistans sida: buffertar", self.buffers(ids), limit, f"{self.open_rows} öppna")
        medians = in_turn(self.rounds, count=lambda: self.replay(count), page=lambda: self.get("/arenden/"))
        self.say("räkning / sida", medians["count"] / medians["page"], 0.5)

    def overhead(self) -> None:
        def scope():
            with acting_for(self.actor):
                pass

        def nothing():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select 1")

        def logged():
            with acting_for(self.actor):
                log.record("cases.read", action=log.READ, case_id=self.case.pk, person_id=self.case.person_id)

        detail = f"/arenden/{self.case.pk}/"
        m = in_turn(self.rounds, scope=scope, nothing=nothing, logged=logged, page=lambda: self.get(detail))
        self.say("sammanhang / sida", max(0, m["scope"] - m["nothing"]) / m["page"], 0.04)
        self.say("loggrad / sida", (m["logged"] - m["scope"]) / m["page"], 0.08)

    def withdrawal(self) -> None:
        waiting = list(self.to_withdraw)

        def withdraw():
            with acting_for(self.actor):
                case = Case.objects.with_names().get(pk=waiting.pop().pk)
                consent.withdraw(case=case, form="spoken", by=self.actor)

        detail = f"/arenden/{self.case.pk}/"
        rounds = len(waiting) - 1
        if rounds < 1:
            return
        medians = in_turn(rounds, withdraw=withdraw, page=lambda: self.get(detail))
        self.say("återkallat samtycke / ärendets sida", medians["withdraw"] / medians["page"], None)


def run(*, cases: int, rounds: int, log_rows: int, only: str = "") -> int:
    """Seed, measure, print; the exit code is 1 when a limit is passed. `only` names one measurement: sweep."""
    with database.own():
        print(f"Fyller en egen databas med {cases} ärenden …", flush=True)
        print(f"klart på {timed(lambda: seed(cases)):.0f} s", flush=True)
        if only == "sweep":
            board = Board()
            sweep.run(board.say)
            return board.exit_code
        bench = Bench(rounds)
        bench.page("lista", "/arenden/", 5)
        bench.page("ärende", f"/arenden/{bench.case.pk}/", 6)
        bench.worklist()
        bench.overhead()
        sweep.run(bench.say)
        bench.withdrawal()
        audit.run(bench, log_rows)
        return bench.exit_code
