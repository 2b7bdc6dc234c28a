"""Ends everything a person has open, at once: a lost card, a dismissal, a suspicion."""

from django.core.management.base import BaseCommand, CommandError

from organisations import session
from organisations.models import User


class Command(BaseCommand):
    help = "Avslutar en persons alla inloggningar. Skrivs i loggen."

    def add_arguments(self, parser):
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", default="", help="användarnamn")
        who.add_argument("--employee-id", default="", help="HSA-id")

    def handle(self, *args, **options):
        found = User.objects.filter(username=options["user"])
        if options["employee_id"]:
            found = User.objects.filter(staff__hsa_id=options["employee_id"].upper())
        user = found.first()
        if user is None:
            raise CommandError("Det finns ingen sådan inloggning.")
        ended = session.end_all(user=user, why="operator")
        self.stdout.write(f"Avslutade {ended} inloggningar.")
