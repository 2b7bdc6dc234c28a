"""The clock that asks for the worker's jobs (`celery beat` with `CELERY_BEAT_SCHEDULER`).

Celery's own reckons in wall-clock time: set back an hour it asks for nothing for an hour. This one counts the
machine's own seconds and remembers nothing, so that every job is asked for at the start; all are safe to run once more.
"""

import time
from pathlib import Path

from celery.beat import Scheduler

# Long before the health check (`sip.healthcheck`) takes an old file for a clock that hangs.
TOUCH_SECONDS = 60


class Clock(Scheduler):
    """Asks for each entry at its interval; what the broker does not take is asked for again the next time."""

    max_interval = TOUCH_SECONDS

    def __init__(self, *args, schedule_filename: str = "", **kwargs):
        self.file = Path(schedule_filename) if schedule_filename else None
        self.due_at: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def tick(self, *_args, **_kwargs) -> float:
        """Ask for all that is due; returns how long to sleep."""
        for name, entry in self.schedule.items():
            now = time.monotonic()
            if self.due_at.get(name, now) <= now:
                self.due_at[name] = now + entry.schedule.run_every.total_seconds()
                self.apply_entry(entry, producer=self.producer)
        self.alive()
        return min([due - time.monotonic() for due in self.due_at.values()] + [self.max_interval])

    def alive(self) -> None:
        """The file's time says that the clock goes."""
        if self.file:
            self.file.touch()
