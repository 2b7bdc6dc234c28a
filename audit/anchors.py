"""Anchors: signed files outside the database that say how far every chain had come, and by which hash.

A file is one line of JSON with its signature, then the heads that have moved since the file before, as fixed records
in order. The line holds a Merkle root over all heads, so that the files together pin the whole log.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

# Digest of the chain's name, number of its last row, that row's hash.
RECORD = struct.Struct(">32sQ32s")
NAME, BEGINNING = 32, ""
_HEADS = """
select sha256(convert_to(chain, 'UTF8')) as name, seq, hash from audit_chain where seq > 0 order by name
"""


@dataclass(frozen=True)
class Anchor:
    """One file: what its line says, the signature, the records, and the file's own digest."""

    says: dict
    signature: bytes
    records: bytes
    digest: str

    @property
    def number(self) -> int:
        return self.says["number"]

    def heads(self) -> Iterator[bytes]:
        size = RECORD.size
        return (self.records[at : at + size] for at in range(0, len(self.records), size))

    def signed_by(self, key: Ed25519PublicKey) -> bool:
        """The line is signed, and the records are those that the line speaks of."""
        try:
            key.verify(self.signature, _canonical(self.says))
        except InvalidSignature:
            return False
        return hashlib.sha256(self.records).hexdigest() == self.says["records"]


class Tree:
    """A Merkle root built while the leaves pass by; leaves and nodes are hashed apart (RFC 6962)."""

    def __init__(self):
        self.waiting: list[tuple[int, bytes]] = []
        self.leaves = 0

    def add(self, record: bytes) -> None:
        height, node = 0, hashlib.sha256(b"\0" + record).digest()
        while self.waiting and self.waiting[-1][0] == height:
            node = hashlib.sha256(b"\1" + self.waiting.pop()[1] + node).digest()
            height += 1
        self.waiting.append((height, node))
        self.leaves += 1

    def root(self) -> str:
        node = None
        for _height, left in reversed(self.waiting):
            node = left if node is None else hashlib.sha256(b"\1" + left + node).digest()
        return (node or hashlib.sha256(b"").digest()).hex()


def root_of(records: Iterable[bytes]) -> str:
    tree = Tree()
    for record in records:
        tree.add(record)
    return tree.root()


def make_key(place: Path) -> Path:
    """Write a new private key, readable by its owner only, and beside it the public one, whose path is returned."""
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
    public = public_path(place)
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def public_path(private: Path) -> Path:
    return private.with_name(private.name + ".pub")


def private_key(place: Path) -> Ed25519PrivateKey:
    return load_pem_private_key(place.read_bytes(), password=None)


def public_key(place: Path) -> Ed25519PublicKey:
    return load_pem_public_key(place.read_bytes())


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("anchor-*.bin"))


def read(place: Path) -> Anchor:
    """Raises ValueError when the file is no anchor."""
    content = place.read_bytes()
    line, _end, records = content.partition(b"\n")
    says = json.loads(line)
    try:
        signature, _number = bytes.fromhex(says.pop("signature")), int(says["number"])
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(place.name) from error
    if len(records) % RECORD.size:
        raise ValueError(place.name)
    return Anchor(says, signature, records, hashlib.sha256(content).hexdigest())


def current_heads(cursor) -> Iterator[bytes]:
    """Every chain's head in one pass, in order of the chain's digest."""
    cursor.execute(_HEADS)
    return (RECORD.pack(bytes(name), seq, bytes(head)) for name, seq, head in cursor)


def write(heads: Iterable[bytes], *, folder: Path, key: Ed25519PrivateKey, at: str) -> Anchor:
    """Write the next anchor over `heads`, complete or not at all, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    last = read(files(folder)[-1]) if files(folder) else None
    tree, moved, state = Tree(), bytearray(), folder / ".heads.new"
    with state.open("wb") as all_heads:
        for record in _moved(_known(folder, last), heads, tree, all_heads):
            moved += record
    says = {
        "number": last.number + 1 if last else 1,
        "at": at,
        "chains": tree.leaves,
        "root": tree.root(),
        "records": hashlib.sha256(moved).hexdigest(),
        "previous": last.digest if last else BEGINNING,
    }
    line = _canonical({**says, "signature": key.sign(_canonical(says)).hex()})
    place = folder / f"anchor-{says['number']:08d}.bin"
    _put(place, line + b"\n" + moved)
    # Only a shortcut to what the files say together, and checked against the last root before it is used.
    state.replace(folder / ".heads")
    return read(place)


def _moved(known: Iterator[bytes], heads: Iterable[bytes], tree: Tree, all_heads) -> Iterator[bytes]:
    """The heads that are not as they were known; both come in order, so one pass is enough."""
    before = next(known, None)
    for record in heads:
        tree.add(record)
        all_heads.write(record)
        while before is not None and before[:NAME] < record[:NAME]:
            before = next(known, None)
        if before != record:
            yield record


def _known(folder: Path, last: Anchor | None) -> Iterator[bytes]:
    if last is None:
        return iter(())
    state = folder / ".heads"
    if state.exists() and root_of(_records(state)) == last.says["root"]:
        return _records(state)
    return iter(folded(read(place) for place in files(folder)))


def _records(state: Path) -> Iterator[bytes]:
    with state.open("rb") as file:
        while len(record := file.read(RECORD.size)) == RECORD.size:
            yield record


def folded(anchors: Iterable[Anchor]) -> list[bytes]:
    """What the files say together: the newest record of each chain, in order."""
    newest = {record[:NAME]: record for anchor in anchors for record in anchor.heads()}
    return [newest[name] for name in sorted(newest)]


def _canonical(says: dict) -> bytes:
    return json.dumps(says, sort_keys=True, separators=(",", ":")).encode()


def _put(place: Path, content: bytes) -> None:
    temporary = place.with_name(f".{place.name}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
