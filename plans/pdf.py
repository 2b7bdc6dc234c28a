"""Orders a PDF from the drawing process and takes it home (PLA-6, KAL-10)."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class PdfFailed(Exception):
    """No PDF came; the message names the cause and never any of the text."""


def render_plan(context: dict, *, timeout: float = 60) -> bytes:
    """The plan as tagged PDF to the person; `plans.render` describes the context."""
    return _order("plan", context, timeout)


def render_measures(context: dict, *, timeout: float = 60) -> bytes:
    """A party's own measures, for its own record (PLA-8)."""
    return _order("measures", context, timeout)


def render_invitation(context: dict, *, timeout: float = 60) -> bytes:
    """The letter that invites the person to the meeting, in plain language (KAL-10)."""
    return _order("invitation", context, timeout)


def render_log(context: dict, *, timeout: float = 60) -> bytes:
    """Who has read about a person, as a table (PDL 8:5)."""
    return _order("log", context, timeout)


def render_care_plan(context: dict, *, timeout: float = 60) -> bytes:
    """The samordnade vårdplanen at open compulsory care, with the units' justering (LPT 7 a §)."""
    return _order("care_plan", context, timeout)


def render_notice(context: dict, *, timeout: float = 60) -> bytes:
    """A neutral letter with an address for the window."""
    return _order("notice", context, timeout)


def render_paper(document: str, context: dict, *, timeout: float = 60) -> bytes:
    """A form or letter, filled in or empty; `plans.paper_shapes` describes them (DOK)."""
    return _order(document, context, timeout)


def _order(document: str, context: dict, timeout: float) -> bytes:
    order = json.dumps({"document": document, "context": context}).encode()
    with tempfile.TemporaryDirectory(prefix="sip-pdf-") as scratch:
        # An environment of its own: the drawing process sees no secrets and no database.
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        environment = {**kept, "HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8"}
        try:
            done = subprocess.run(  # noqa: S603 - fixed arguments, the text goes in on standard input
                [sys.executable, "-s", "-m", "plans.render"],
                input=order,
                capture_output=True,
                timeout=timeout,
                cwd=ROOT,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfFailed("time ran out") from None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise PdfFailed(f"the drawing process ended with {done.returncode}")
    return done.stdout
