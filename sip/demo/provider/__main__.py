"""The process that the supervisor starts: it gets its socket and, on standard input, whom to let in where."""

import argparse
import json
import signal
import socket
import sys
import threading

from sip.demo.provider import people, web
from sip.demo.provider.realm import Client, Realm


def realms(given: dict) -> dict[str, Realm]:
    """One realm per client: word in the address → issuer, kind and client."""
    listed = {"staff": people.staff, "citizen": people.citizens}
    return {
        word: Realm(
            issuer=one["issuer"],
            kind=one["kind"],
            people=listed[one["kind"]](),
            client=Client(**{name: as_tuple(value) for name, value in one["client"].items()}),
        )
        for word, one in given.items()
    }


def as_tuple(value):
    return tuple(value) if isinstance(value, list) else value


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--descriptor", type=int, required=True)
    given = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with web.serving(realms(json.load(sys.stdin)), socket.socket(fileno=given.descriptor)):
        over.wait()


if __name__ == "__main__":
    main()
