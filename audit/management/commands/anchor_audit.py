"""`manage.py anchor_audit`: an anchor now, besides those of the clock; `--make-key` once, before the first."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import anchors
from audit.tasks import write_anchor


class Command(BaseCommand):
    help = "Skriver ett signerat ankare för loggen i SIP_ANCHOR_DIR. Med --make-key görs nyckeln i SIP_ANCHOR_PEM."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--make-key", action="store_true", help="gör nyckelparet i stället; skriver aldrig över")

    def handle(self, *args, make_key, **options):
        if make_key:
            return self.make_key()
        if settings.SIP_PROCESS != "worker":
            raise CommandError("Starta med SIP_PROCESS=worker, så att rätt inloggning till databasen används.")
        try:
            number = write_anchor()
        except FileNotFoundError as error:
            raise CommandError(f"Nyckeln {error.filename} finns inte. Gör den med --make-key.") from error
        if not number:
            raise CommandError("Ett annat ankare görs just nu.")
        self.stdout.write(f"Ankare {number} ligger i {settings.SIP_ANCHOR_DIR}.")

    def make_key(self):
        try:
            public = anchors.make_key(settings.SIP_ANCHOR_PEM)
        except FileExistsError as error:
            raise CommandError(f"Det finns redan en nyckel i {settings.SIP_ANCHOR_PEM}.") from error
        self.stdout.write(f"Nyckeln ligger i {settings.SIP_ANCHOR_PEM}. Kopiera {public} till den som ska kontrollera.")
