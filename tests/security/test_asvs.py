"""The traceability of ASVS 5.0.0: every L1 and L2 requirement has a verdict, and every named test exists."""

import ast
import csv
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "security" / "asvs.csv"
# The requirements' numbers and levels, apart from the table that answers them.
IDS = Path(__file__).with_name("asvs_ids.txt")
VERDICTS = {
    "pass": "uppfyllt",
    "idp": "identitetsleverantörens sida",
    "operator": "driftens ansvar",
    "not_applicable": "finns inte här",
    "waived": "undantag med skäl",
}


def rows() -> list[dict]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def named_in(row) -> list[str]:
    return row["tests"].split()


@cache
def functions(file: str) -> set[str]:
    path = ROOT / file
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_requirement_of_level_one_and_two_is_answered_once():
    wanted = dict(line.split() for line in IDS.read_text(encoding="utf-8").splitlines())
    assert len(wanted) == 253
    assert {row["id"]: row["level"] for row in rows()} == wanted
    assert len(rows()) == len(wanted)


def test_every_answer_says_how_and_where():
    unclear = [row["id"] for row in rows() if row["verdict"] not in VERDICTS or not row["where"].strip()]
    assert unclear == []


def test_every_named_test_exists():
    missing = []
    for row in rows():
        for name in named_in(row):
            file, _, function = name.partition("::")
            if function.split("::")[-1] not in functions(file):
                missing.append((row["id"], name))
    assert missing == []


def test_at_least_150_are_checked_by_a_test():
    """And whatever is called fulfilled by code has one; what only a text can fulfil names the text."""
    assert sum(bool(named_in(row)) for row in rows()) >= 150
    silent = [row["id"] for row in rows() if row["verdict"] == "pass" and not named_in(row)]
    assert [pk for pk in silent if "docs/" not in by_id()[pk]["where"]] == []


def test_every_named_document_exists():
    named = {
        word.strip("().,;") for row in rows() for word in row["where"].split() if word.startswith(("docs/", "README"))
    }
    assert [name for name in sorted(named) if not (ROOT / name.split("#")[0]).is_file()] == []


def by_id() -> dict[str, dict]:
    return {row["id"]: row for row in rows()}
