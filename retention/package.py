"""The archive package of a batch: a JSON and a page per record, a manifest and sums, read back and compared.

File names are numbers: nothing personal stands in them.
"""

import hashlib
import json
import os
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from retention.readable import BYTES, Names, page

SUMS = "SHA256SUMS"
MANIFEST = "paket.xml"
# The same content gives the same file, whenever it is written.
WHEN = (2000, 1, 1, 0, 0, 0)
# What a damaged zip makes Python raise, wherever the damage is.
UNREADABLE = (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


class Corrupt(RuntimeError):
    """The file does not hold what was written to it; nothing may be erased."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write(directory: Path, batch: dict, records: list[dict]) -> Path:
    """Write the package of the batch where a reader sees all of it or nothing; returns where it lies."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = directory / f"gallring-{batch['id']}.zip"
    half = place.with_suffix(".halv")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            fill(package, batch, records)
        file.flush()
        os.fsync(file.fileno())
    half.replace(place)
    sync(directory)
    return place


def sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fill(package: zipfile.ZipFile, batch: dict, records: list[dict]) -> None:
    names, sums, described = Names(), {}, []

    def add(name: str, content: bytes) -> dict:
        package.writestr(zipfile.ZipInfo(name, WHEN), content, zipfile.ZIP_DEFLATED)
        sums[name] = sha256(content)
        return {"namn": name, "sha256": sums[name], "byte": str(len(content))}

    for number, record in enumerate(records, start=1):
        stem = f"poster/{number:05}"
        files = [add(f"{stem}.json", record["content"].encode()), add(f"{stem}.html", page(record, names).encode())]
        files += [add(f"{stem}-{n}.pdf", content) for n, content in enumerate(pdfs(record), start=1)]
        described.append((record, files))
    add(MANIFEST, manifest(batch, described))
    listed = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
    package.writestr(zipfile.ZipInfo(SUMS, WHEN), listed)


def pdfs(record: dict) -> list[bytes]:
    """The documents that the record's rows carry."""
    rows = json.loads(record["content"])["tables"].values()
    values = [value for table in rows for row in table for value in row.values()]
    found = [bytes.fromhex(v[len(BYTES) :]) for v in values if isinstance(v, str) and v.startswith(BYTES)]
    return [content for content in found if content.startswith(b"%PDF")]


def manifest(batch: dict, described: list) -> bytes:
    """What the package holds and why it was made, in XML that an archive can read."""
    root = ElementTree.Element("arkivpaket", {"version": "1", "omgang": str(batch["id"])})
    ElementTree.SubElement(root, "arkivbildare").text = batch["organisation"]
    ElementTree.SubElement(root, "system").text = "SIP-stödet"
    ElementTree.SubElement(root, "godkand").text = batch["approved_at"].isoformat()
    for record, files in described:
        post = ElementTree.SubElement(root, "post", {"id": str(record["item"]), "slag": record["kind"]})
        for name in ("huvudman", "unit", "reference", "record", "years", "legal_source", "due_from"):
            ElementTree.SubElement(post, TERMS[name]).text = str(record[name])
        for values in files:
            ElementTree.SubElement(post, "fil", values)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


TERMS = {
    "huvudman": "huvudman", "unit": "enhet", "reference": "arendenummer", "record": "verksamhet", "years": "ar",
    "legal_source": "lagrum", "due_from": "far_gallras_fran",
}  # fmt: skip


def read_back(place: Path, records: list[dict]) -> dict[int, str]:
    """The digest of each record's JSON as it lies on disk. Raises Corrupt when anything is missing or differs."""
    try:
        with zipfile.ZipFile(place) as package:
            sums = dict(line.split("  ")[::-1] for line in package.read(SUMS).decode().splitlines())
            if set(sums) | {SUMS} != set(package.namelist()):
                raise Corrupt("files are missing or too many")
            wrong = [name for name, digest in sums.items() if sha256(package.read(name)) != digest]
    except UNREADABLE as error:
        raise Corrupt(type(error).__name__) from error
    if wrong:
        raise Corrupt(f"{len(wrong)} files differ from their sums")
    return {record["item"]: sums[f"poster/{number:05}.json"] for number, record in enumerate(records, start=1)}


def digest_of(place: Path) -> str:
    """The digest of the whole file. Raises Corrupt when it cannot be read."""
    try:
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Corrupt(type(error).__name__) from error
