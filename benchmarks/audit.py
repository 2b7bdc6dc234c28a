"""The log: what a row in a chain costs beside a bare insert, and how fast the whole log is verified."""

import json
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from audit import anchors, tasks, verify
from benchmarks.timing import in_turn, timed

CHAINS = 5000
ROW = {
    "event": "cases.read", "action": "Läsa", "actor_kind": "staff", "purpose": "Vård och omsorg", "role": "handler",
    "object_type": "casework.case",
}  # fmt: skip
# The same chains as audit_append makes, a row of each at a time: a million single calls would take an hour.
ROUND = """
with head as (
  select chain, seq + 1 as seq, hash, nextval(pg_get_serial_sequence('audit_link', 'id')) as id
  from audit_chain where chain like 'bench:%' and chain <> 'bench:0'),
pattern as (select e from audit_event e where chain = 'bench:0' and seq = 1),
rows as materialized (
  select jsonb_populate_record(p.e, jsonb_build_object('id', h.id, 'chain', h.chain, 'seq', h.seq)) as e, h.hash
  from head h, pattern p),
digests as materialized (
  select e, hash as prev, sha256((e).salt || convert_to(audit_payload(e), 'UTF8')) as payload from rows),
links as (
  insert into audit_link (id, at, chain, seq, payload_digest, prev_hash, hash) overriding system value
  select (e).id, (e).at, (e).chain, (e).seq, payload, prev, sha256(prev || convert_to((e).seq || '|' ||
    (extract(epoch from (e).at) * 1000000)::bigint, 'UTF8') || payload) from digests
  returning chain, seq, hash),
events as (insert into audit_event select (e).* from digests)
update audit_chain c set seq = l.seq, hash = l.hash from links l where c.chain = l.chain
"""


def fill(cursor, rows: int) -> None:
    cursor.execute("select audit_append(%s::jsonb)", [json.dumps({**ROW, "chain": "bench:0"})])
    cursor.execute("set session_replication_role = replica")
    cursor.execute(
        "insert into audit_chain select 'bench:' || n, 0, sha256(convert_to('bench:' || n, 'UTF8'))"
        " from generate_series(1, %s) n",
        [CHAINS],
    )
    for _ in range(rows // CHAINS):
        cursor.execute(ROUND.replace("%", "%%"), [])
    cursor.execute("set session_replication_role = origin")
    cursor.execute("analyze audit_event, audit_link, audit_chain")


def run(bench, rows: int) -> None:
    """Measure in the bench's own database, by the administrator's connection."""
    with connections["admin"].cursor() as cursor:
        fill(cursor, rows)
        appended(bench, cursor)
        verified(bench, cursor)


def appended(bench, cursor) -> None:
    cursor.execute("create table bench_plain (like audit_event including indexes)")
    row = json.dumps({**ROW, "chain": "bench:1"})

    def chained():
        with transaction.atomic("admin"):
            cursor.execute("select audit_append(%s::jsonb)", [row])

    cursor.execute("select id, at from audit_event where chain = 'bench:0'")
    one = cursor.fetchone()
    cursor.execute("alter table bench_plain drop constraint bench_plain_pkey")

    def plain():
        with transaction.atomic("admin"):
            cursor.execute("insert into bench_plain select * from audit_event where id = %s and at = %s", one)

    medians = in_turn(bench.rounds * 5, chained=chained, plain=plain)
    note = f"{1 / medians['chained']:.0f} rader/s, en i taget"
    bench.say("loggrad i kedja / vanlig rad", medians["chained"] / medians["plain"], 4, note)


def verified(bench, cursor) -> None:
    connection = cursor.connection
    with tempfile.TemporaryDirectory() as folder:
        settings.SIP_ANCHOR_DIR, settings.SIP_ANCHOR_PEM = Path(folder) / "anchors", Path(folder) / "key"
        took = timed(tasks.write_anchor)
        bench.say("ankare: sekunder", took, None, f"{CHAINS} kedjor")
        key = anchors.public_key(anchors.public_path(settings.SIP_ANCHOR_PEM))
        reports = []

        def check():
            reports.append(verify.run(connection, folder=settings.SIP_ANCHOR_DIR, key=key))

        def read():
            for table in ("audit_event", "audit_link"):
                with connection.cursor() as raw, raw.copy(f"copy (select * from {table}) to stdout") as lines:
                    for _ in lines:
                        pass

        medians = in_turn(3, check=check, read=read)
    assert not reports[0].findings, reports[0].findings[:3]
    rows = reports[0].rows
    note = f"{rows / medians['check']:.0f} rader/s, {rows} rader"
    bench.say("kontroll av loggen / bara läsa ut den", medians["check"] / medians["read"], 6, note)
