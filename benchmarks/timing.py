"""How things are timed: in turn, so that a busy machine disturbs all alike."""

import statistics
import time


def timed(function) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turn(rounds: int, **functions) -> dict[str, float]:
    """Median seconds of each function, called one after the other `rounds` times after one warm-up."""
    times = {name: [] for name in functions}
    for number in range(rounds + 1):
        for name, function in functions.items():
            took = timed(function)
            if number:
                times[name].append(took)
    return {name: statistics.median(values) for name, values in times.items()}


class Board:
    """Prints each figure with its limit, and keeps what passed it."""

    def __init__(self):
        self.rows: list[tuple[str, float, float | None, str]] = []

    def say(self, what: str, value: float, limit: float | None = None, note: str = "", *, at_least=False) -> None:
        good = limit is None or (value >= limit if at_least else value <= limit)
        bound = "" if limit is None else f"{'≥' if at_least else '≤'} {limit:g}"
        print(f"{'ok ' if good else 'NEJ'} {what:<58} {value:>10.3f}  {bound:<8} {note}", flush=True)
        self.rows.append((what, value, limit, "" if good else "NEJ"))

    @property
    def exit_code(self) -> int:
        return int(any(bad for *_, bad in self.rows))
