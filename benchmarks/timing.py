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
