"""The work of worker and clock in one process, without a broker: `manage.py deliver --loop` (or `--once`)."""

import logging
import signal
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from sip import guards
from sip.celery import app

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Gör det som arbetsprocessen och klockan gör, utan kön: skickar det som väntar och bevakar tidsgränser."
    requires_system_checks = []

    def add_arguments(self, parser):
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--once", action="store_true", help="gör allt en gång och avsluta")
        how.add_argument("--loop", action="store_true", help="fortsätt tills processen stoppas")

    def handle(self, *args, loop, **options):
        if settings.SIP_PROCESS != "worker":
            raise CommandError("Starta med SIP_PROCESS=worker., så att rätt inloggning till databasen används.")
        guards.refuse_unsafe_login()
        app.loader.import_default_modules()
        if loop:
            self.keep_running()
        elif not all([run(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]):
            raise CommandError("Något gick fel. Se loggen.")

    def keep_running(self):
        """Runs each job at the clock's own interval; a job that fails is logged and tried again."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        due_at = {name: 0.0 for name in settings.CELERY_BEAT_SCHEDULE}
        while not stopped.is_set():
            for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
                if due_at[name] <= time.monotonic() and not stopped.is_set():
                    run(entry["task"])
                    due_at[name] = time.monotonic() + entry["schedule"]
            stopped.wait(1)


def run(task: str) -> bool:
    """Run one job here and now; False when it failed."""
    close_old_connections()
    try:
        app.tasks[task]()
    except Exception:
        logger.exception("job failed: %s", task)
        return False
    return True
