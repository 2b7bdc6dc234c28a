"""Lets somebody who has got a new e-legitimation bind again: the provider's old subject is forgotten."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q

from audit import log
from identity.models import Identity
from organisations import session
from organisations.models import Staff


class Command(BaseCommand):
    help = (
        "Tar bort en medarbetares bindning till identitetstjänsten. Nästa inloggning binder på nytt. Skrivs i loggen."
    )

    def add_arguments(self, parser):
        parser.add_argument("--employee-id", required=True, help="HSA-id eller id i den egna katalogen")

    def handle(self, *args, **options):
        given = options["employee_id"]
        staff = Staff.objects.using("admin").filter(Q(hsa_id=given.upper()) | Q(directory_id=given)).first()
        if not given or staff is None or staff.user_id is None:
            raise CommandError("Det finns ingen inloggning med det id:t.")
        with transaction.atomic(using="admin"):
            count, _ = Identity.objects.using("admin").filter(user_id=staff.user_id).delete()
            log.append_unscoped(
                "identity.released", action=log.WRITE, user_id=staff.user_id, name=staff.name, using="admin"
            )
        session.end_all(user=staff.user, why="released")
        self.stdout.write(f"Tog bort {count} bindning(ar).")
