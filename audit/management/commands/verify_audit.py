"""`manage.py verify_audit --anchors DIR [--key PUB]`: does the log still say what it said when it was written?"""

import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from audit import anchors, verify

SHOWN = 100
SEES_ALL = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"


class Command(BaseCommand):
    help = "Kontrollerar loggens kedjor, uppgifter och ankare. Slutkoden är inte 0 när något är fel."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--anchors", type=Path, metavar="MAPP", help="mapp med ankarfiler, helst en kopia")
        parser.add_argument("--key", type=Path, metavar="FIL", help="den publika nyckeln (förval: SIP_ANCHOR_PEM.pub)")
        parser.add_argument("--database", default="admin" if "admin" in settings.DATABASES else "default")

    def handle(self, *args, database, **options):
        folder, key = options["anchors"], None
        if folder:
            key = self.key(folder, options["key"] or anchors.public_path(settings.SIP_ANCHOR_PEM))
        began = time.monotonic()
        with connections[database].cursor() as cursor:
            cursor.execute(SEES_ALL)
            if not cursor.fetchone()[0]:
                raise CommandError("Inloggningen ser inte hela loggen. Ge DATABASE_URL, administratörens inloggning.")
            report = verify.run(cursor.connection, folder=folder, key=key)
        self.tell(report, time.monotonic() - began)

    def key(self, folder: Path, place: Path):
        if not folder.is_dir():
            raise CommandError(f"Mappen {folder} finns inte.")
        try:
            return anchors.public_key(place)
        except (OSError, ValueError) as error:
            raise CommandError(f"Den publika nyckeln {place} går inte att läsa.") from error

    def tell(self, report: verify.Report, seconds: float) -> None:
        speed = report.rows / max(seconds, 0.001)
        self.stdout.write(
            f"Läste {report.rows} rader i {report.chains} kedjor och {report.anchors} ankare"
            f" på {seconds:.1f} s ({speed:.0f} rader/s). {report.erased} rader är gallrade."
        )
        for finding in report.findings[:SHOWN]:
            self.stdout.write(f"FEL  {finding.text}")
        if report.findings:
            raise CommandError(f"Loggen är inte hel: {len(report.findings)} fel.")
        self.stdout.write("Loggen är hel.")
