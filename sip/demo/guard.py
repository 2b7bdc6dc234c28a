"""Kills what is left of a demo whose supervisor was killed; run as a plain script so that it starts at once."""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 8


def main() -> None:
    """Reads `+group` and `-group` lines until the supervisor's end of the pipe closes."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    deadline = time.monotonic() + GRACE_SECONDS
    while groups and time.monotonic() < deadline:
        groups = {group for group in groups if signal_group(group, 0)}
        time.sleep(0.1)
    for group in groups:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Tells whether the group still had somebody to receive the signal."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main()
