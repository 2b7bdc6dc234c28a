"""Lists the test environment's logins; `--json` for programs."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from organisations.enums import UserKind
from organisations.models import Assignment, User
from sip.demo_accounts import PASSWORD


class Command(BaseCommand):
    help = "Visar testmiljöns konton. Går bara med SIP_MODE=demo."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="som json")

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Testmiljöns konton finns bara med SIP_MODE=demo.")
        rows = accounts()
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write(f"{row['username']:<26}{row['role']:<24}{row['unit']}, {row['organisation']}")
        self.stdout.write(f"Lösenord för alla: {PASSWORD}")


def accounts() -> list[dict]:
    """One row per account and assignment: user name, password, role, unit, organisation."""
    staff = Assignment.objects.with_names().select_related("staff__user").filter(staff__user__is_demo=True)
    rows = [
        {
            "username": assignment.staff.user.username,
            "password": PASSWORD,
            "role": assignment.get_role_display(),
            "unit": assignment.unit.name,
            "organisation": assignment.unit.organisation.name,
        }
        for assignment in staff.order_by("unit__organisation__name", "unit__name", "role", "pk")
    ]
    citizens = User.objects.filter(is_demo=True, kind=UserKind.CITIZEN).order_by("username")
    return rows + [
        {
            "username": user.username,
            "password": PASSWORD,
            "role": UserKind.CITIZEN.label,
            "unit": "",
            "organisation": "",
        }
        for user in citizens
    ]
