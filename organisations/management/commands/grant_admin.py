"""Makes an organisation's first administrator, so that the rest can be entered in the administration's pages."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from organisations import operators
from organisations.errors import RuleBroken


class Command(BaseCommand):
    help = "Gör en medarbetare till administratör i en organisation. Kan köras om. Läser DATABASE_URL."

    def add_arguments(self, parser):
        parser.add_argument("--organisation", required=True, help="organisationsnummer")
        parser.add_argument("--employee-id", required=True, help="medarbetarens HSA-id")
        parser.add_argument("--name", default="", help="medarbetarens namn, om hen inte redan finns")

    def handle(self, *args, **options):
        try:
            with transaction.atomic(using="admin"):
                assignment, made = operators.grant_admin(
                    "admin", orgnr=options["organisation"], hsa_id=options["employee_id"], name=options["name"]
                )
        except RuleBroken as error:
            raise CommandError(str(error)) from error
        done = "är nu administratör" if made else "är redan administratör"
        self.stdout.write(f"Medarbetaren {done} i {assignment.unit.organisation.name}.")
