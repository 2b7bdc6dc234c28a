"""`python -m sip.demo`: what `./run` calls once the environment is there."""

import argparse
import os
import sys
from pathlib import Path

from sip.demo import supervisor, testrun
from sip.demo.errors import DemoError, unwritable


def main() -> int:
    """Tells every foreseen failure in one sentence."""
    parser = argparse.ArgumentParser(prog="./run")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", prog="./run demo", help="starta demot")
    up.add_argument("--oidc", action="store_true", help="logga in hos två lokala inloggningstjänster")
    up.add_argument("--reset", action="store_true", help="börja om med tomma data")
    test = commands.add_parser("test", prog="./run test", help="kör ett kommando med egen databas")
    test.add_argument("words", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    try:
        if given.command == "up":
            return supervisor.up(reset=given.reset, oidc=given.oidc)
        return testrun.run(given.words[1:] if given.words[:1] == ["--"] else given.words)
    except OSError as error:
        failure: Exception = unwritable(Path(error.filename or os.environ.get("SIP_HOME") or ".sip"), error)
    except DemoError as error:
        failure = error
    print(f"Fel: {failure}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
