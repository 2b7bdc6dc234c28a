"""Reads the whole log once and says what does not fit: rows, payloads, chains, heads and anchors.

The digests are computed from the columns here and not by the database's own functions, which whoever changes the log
as its administrator could have changed too.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from audit import anchors

PAYLOAD = (
    "log_id", "system", "chain", "seq", "event", "action", "level", "details", "actor_kind", "actor_name",
    "actor_title", "actor_hsa_id", "user_id", "staff_id", "assignment_id", "role", "unit_id", "unit_name",
    "unit_hsa_id", "organisation_id", "provider_id", "provider_name", "purpose", "legal_basis", "case_id",
    "person_id", "persons", "object_type", "object_id", "owner_unit_id", "owner_unit_name", "owner_provider_name",
)  # fmt: skip
_DIGEST = f"sha256(e.salt || convert_to(row({', '.join('e.' + name for name in PAYLOAD)})::text, 'UTF8'))"
# One row a link: its chain, number, time, digests, what its payload is ('m'issing, 'o'k, 'b'ad), and erased numbers.
# The payload's digest is made while its table is read, so that the join carries no names.
_ROWS = f"""
copy (
  select l.chain, l.seq, l.at, l.payload_digest, l.prev_hash, l.hash,
    case when e.id is null then 'm'
         when e.chain = l.chain and e.seq = l.seq and e.digest = l.payload_digest then 'o' else 'b' end,
    e.erased
  from audit_link l left join (
    select e.id, e.at, e.chain, e.seq, {_DIGEST} as digest,
      case when e.event = 'audit.erased' then e.details->>'numbers' end as erased
    from audit_event e) e on e.id = l.id and e.at = l.at
  order by l.chain collate "C", l.seq, l.id
) to stdout (format binary)
"""  # noqa: S608 - our own column names
# A time travels as microseconds since 2000, which is what the hash counts from 1970.
_TYPES = ("text", "int8", "int8", "bytea", "bytea", "bytea", "text", "text")
_YEAR_2000 = 946_684_800_000_000
_LOOSE = """
select e.chain, e.seq from audit_event e
where not exists (select 1 from audit_link l where l.id = e.id and l.at = e.at) order by e.at, e.id limit 1000
"""
# Read in the same way whatever the login is set to; partitions are joined one by one.
_SETUP = """
set transaction isolation level repeatable read, read only;
set local search_path = pg_catalog, public;
set local jit = off;
set local enable_partitionwise_join = on;
set local work_mem = '128MB'
"""


@dataclass(frozen=True)
class Finding:
    """What is wrong (`kind`), and where in plain Swedish."""

    kind: str
    text: str


@dataclass
class Report:
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0
    readable: int = 0
    erased: int = 0
    chains: int = 0
    anchors: int = 0

    def add(self, kind: str, text: str) -> None:
        self.findings.append(Finding(kind, text))


@dataclass
class Chain:
    """The chain that is being read: what it said last, and what is known of it from elsewhere."""

    name: str
    anchored: dict[int, bytes]
    seq: int = 0
    hash: bytes = b""
    missing: list[int] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.hash = hashlib.sha256(self.name.encode()).digest()

    def row(self, seq: int) -> str:
        return f"Kedjan {self.name}, rad {seq}"


def run(connection, *, folder: Path | None = None, key=None) -> Report:
    """Check everything that `connection` (psycopg, outside a transaction, sees all rows) and the anchors say."""
    report = Report()
    anchored, newest = read_anchors(folder, key, report) if folder else ({}, None)
    with connection.transaction(), connection.cursor() as cursor:
        for statement in _SETUP.strip().split(";"):
            cursor.execute(statement)
        heads = dict(_heads(cursor))
        for chain in _chains(cursor, anchored, report):
            _finish(chain, heads.pop(chain.name, None), report)
        for name, (seq, _hash) in heads.items():
            if seq:
                report.add("chain gone", f"Kedjan {name}: alla {seq} rader saknas.")
        _loose(cursor, report)
        if folder:
            _newest_is_there(cursor, newest, report)
    for records in anchored.values():
        last = max(records)
        report.add("anchored chain gone", f"En hel kedja saknas. Ett ankare såg den med {last} rader.")
    return report


def _heads(cursor) -> Iterator[tuple[str, tuple[int, bytes]]]:
    cursor.execute("select chain, seq, hash from audit_chain")
    return ((name, (seq, bytes(head))) for name, seq, head in cursor)


def _chains(cursor, anchored: dict[bytes, dict[int, bytes]], report: Report) -> Iterator[Chain]:
    chain = None
    with cursor.copy(_ROWS) as rows:
        rows.set_types(_TYPES)
        for row in rows.rows():
            if chain is None or chain.name != row[0]:
                if chain is not None:
                    yield chain
                chain = Chain(row[0], anchored.pop(hashlib.sha256(row[0].encode()).digest(), {}))
                report.chains += 1
            report.rows += 1
            _link(chain, row, report)
    if chain is not None:
        yield chain


def _link(chain: Chain, row: tuple, report: Report) -> None:
    """One row against the one before it. What is right, nearly always, is decided with few steps."""
    _name, seq, at, payload, previous, own, state, numbers = row
    if seq != chain.seq + 1 or previous != chain.hash:
        _misplaced(chain, seq, report)
    if hashlib.sha256(b"%b%d|%d%b" % (previous, seq, at + _YEAR_2000, payload)).digest() != own:
        report.add("row changed", f"{chain.row(seq)}: radens nummer, tid eller avtryck är ändrat.")
    if state == "m":
        chain.missing.append(seq)
    else:
        report.readable += 1
        if state == "b":
            report.add("payload changed", f"{chain.row(seq)}: det som står i raden är ändrat.")
    if numbers:
        chain.erased.append(numbers)
    if chain.anchored:
        seen = chain.anchored.pop(seq, own)
        if seen != own:
            report.add("anchor differs", f"{chain.row(seq)}: raden är en annan än den som ett ankare såg.")
    chain.seq, chain.hash = seq, own


def _misplaced(chain: Chain, seq: int, report: Report) -> None:
    if seq == chain.seq:
        report.add("row twice", f"{chain.row(seq)}: numret finns två gånger.")
    elif seq != chain.seq + 1:
        report.add("rows missing", f"Kedjan {chain.name}: rad {chain.seq + 1} till {seq - 1} saknas.")
    else:
        report.add("wrong order", f"{chain.row(seq)}: raden hör inte ihop med raden före.")


def _finish(chain: Chain, head: tuple[int, bytes] | None, report: Report) -> None:
    """The end of a chain: its head, what the anchors saw of it, and the rows whose payload is gone."""
    if head is None:
        report.add("head gone", f"Kedjan {chain.name}: uppgiften om kedjans slut saknas.")
    elif head != (chain.seq, chain.hash):
        report.add("wrong end", f"Kedjan {chain.name}: slutar med rad {chain.seq} men ska ha {head[0]} rader.")
    if chain.anchored:
        last = max(chain.anchored)
        report.add("anchored row gone", f"Kedjan {chain.name}: rad {last} saknas. Ett ankare såg den.")
    if chain.missing:
        covered = numbers_in(chain.erased)
        report.erased += len(covered & set(chain.missing))
        for seq in sorted(set(chain.missing) - covered):
            report.add("payload gone", f"{chain.row(seq)}: uppgifterna saknas utan att vara gallrade.")


def numbers_in(multiranges: list[str]) -> set[int]:
    """The whole numbers in PostgreSQL's way of writing ranges, such as {[1,4),[7,8)}."""
    found: set[int] = set()
    for text in multiranges:
        for part in text.strip("{}").split("),"):
            if part:
                first, after = part.strip("[)").split(",")
                found.update(range(int(first), int(after)))
    return found


def read_anchors(folder: Path, key, report: Report) -> tuple[dict[bytes, dict[int, bytes]], int]:
    """What the anchors saw, by the digest of the chain's name, and the newest number; faults go to the report."""
    anchored: dict[bytes, dict[int, bytes]] = {}
    newest: dict[bytes, bytes] = {}
    expected, previous, last = 1, anchors.BEGINNING, None
    for place in anchors.files(folder):
        try:
            anchor = anchors.read(place)
        except ValueError:
            report.add("anchor changed", f"Ankarfilen {place.name} går inte att läsa.")
            expected, previous = expected + 1, None
            continue
        if not anchor.signed_by(key):
            report.add("anchor changed", f"Ankarfilen {place.name}: signaturen stämmer inte.")
        if anchor.number != expected:
            report.add("anchor gone", f"Ankare {expected} till {anchor.number - 1} saknas.")
        elif previous is not None and anchor.says["previous"] != previous:
            report.add("anchor changed", f"Ankarfilen {place.name}: hör inte ihop med filen före.")
        for record in anchor.heads():
            name, seq, head = anchors.RECORD.unpack(record)
            anchored.setdefault(name, {})[seq] = head
            newest[name] = record
        expected, previous, last = anchor.number + 1, anchor.digest, anchor
        report.anchors += 1
    if last and anchors.root_of(newest[name] for name in sorted(newest)) != last.says["root"]:
        report.add("anchor root", f"Ankare {last.number}: roten stämmer inte med det som ankarna såg.")
    return anchored, last.number if last else 0


def _loose(cursor, report: Report) -> None:
    """Rows beside the chain; looked for only when the table holds more than the links accounted for."""
    cursor.execute("select count(*) from audit_event")
    if cursor.fetchone()[0] == report.readable:
        return
    cursor.execute(_LOOSE)
    for name, seq in cursor.fetchall():
        report.add("loose row", f"Kedjan {name}, rad {seq}: raden har ingen plats i kedjan.")


def _newest_is_there(cursor, newest: int, report: Report) -> None:
    cursor.execute("select number from audit_anchor")
    noted = cursor.fetchone()
    if noted and noted[0] > newest:
        report.add("anchor gone", f"Ankare {newest + 1} till {noted[0]} saknas.")
