"""An operator's own account for the day the identity provider is down; see docs/drift.md."""

import getpass
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from organisations import operators
from organisations.errors import RuleBroken


class Command(BaseCommand):
    help = "Gör ett driftkonto, byter dess lösenord eller stänger det. Läser DATABASE_URL."

    def add_arguments(self, parser):
        parser.add_argument("username", help="kontots namn; det ska också stå i SIP_EMERGENCY_LOGIN")
        parser.add_argument("--name", default="", help="personens namn")
        parser.add_argument("--organisation", default="", help="organisationsnummer för den som kontot administrerar")
        parser.add_argument("--close", action="store_true", help="stäng kontot")

    def handle(self, *args, **options):
        username, name, orgnr = options["username"], options["name"], options["organisation"]
        password = "" if options["close"] else self.password()
        try:
            with transaction.atomic(using="admin"):
                if options["close"]:
                    operators.close_account("admin", username=username)
                else:
                    operators.save_account("admin", username=username, name=name, password=password, orgnr=orgnr)
        except (RuleBroken, ValidationError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write("Driftkontot är stängt." if options["close"] else "Driftkontot är sparat.")

    def password(self) -> str:
        """Typed unseen, or the first line of what is piped in; never an argument, which others could read."""
        if sys.stdin.isatty():
            return getpass.getpass("Lösenord (minst 15 tecken): ")
        return sys.stdin.readline().rstrip("\n")
