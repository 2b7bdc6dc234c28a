"""After the whole run: nobody's name or number stands in any process' log."""

import json
import re
from pathlib import Path

import psycopg

from sip.demo.home import Home

NAMES = """
select given_name from cases_case union select family_name from cases_case union select number from cases_person
union select name from cases_outsideparty union select name from organisations_staff
union select name from organisations_user
"""
# Each must have written something of its own; the mail catcher has nothing to say.
SAY = {"web.log": "sip.request", "worker.log": "succeeded in", "beat.log": "Sending due task", "postgres.log": "LOG:"}
SHORTEST = 3


def people(home: Path) -> set[str]:
    """Every name and number in the demo's own database while it runs, those written during the run too."""
    place = Home(home)
    cluster = (place.recorded_place() or home) / "postgres"
    port = (cluster / "postmaster.pid").read_text().splitlines()[3]
    address = f"postgresql://postgres:{place.secrets()['postgres']}@127.0.0.1:{port}/sip"
    with psycopg.connect(address) as connection:
        found = {name.strip() for (name,) in connection.execute(NAMES)}
    numbers = {f"{name[2:8]}{dash}{name[8:]}" for name in found if name.isdigit() for dash in ("", "-")}
    return {name for name in found | numbers if len(name) >= SHORTEST}


def logs(home: Path) -> dict[str, str]:
    """The text of each process' log, with what JSON escapes written out."""
    return {place.name: read(place) for place in sorted((home / "log").iterdir())}


def read(place: Path) -> str:
    return "\n".join(map(spelled_out, place.read_text(errors="replace").splitlines()))


def spelled_out(line: str) -> str:
    try:
        return json.dumps(json.loads(line), ensure_ascii=False)
    except ValueError:
        return line


def silent(home: Path) -> set[str]:
    """The logs in which nothing was found to look through."""
    found = logs(home)
    return {name for name, word in SAY.items() if word not in found.get(name, "")}


def hits(home: Path, wanted: set[str]) -> list[tuple[str, str]]:
    """Each log with the name that stands in it."""
    words = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(wanted, key=len, reverse=True))) + r")(?!\w)")
    return [(name, found) for name, text in logs(home).items() for found in sorted(set(words.findall(text)))]
