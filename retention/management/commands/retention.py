"""Counts what is due (`--dry-run`), or carries out what an administrator has approved (`--apply`)."""

from django.core.management.base import BaseCommand, CommandError

from retention import jobs
from retention.enums import REASONS, Kind, Record


class Command(BaseCommand):
    help = "Gallring: räkna vad som ska gallras, eller genomför det som en administratör har godkänt."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--dry-run", action="store_true", help="räkna bara; inget ändras")
        what.add_argument("--apply", action="store_true", help="exportera och gallra godkända omgångar")
        parser.add_argument("--organisation", type=int, help="organisationens id; krävs med --apply")

    def handle(self, *args, **options):
        known = dict(jobs.organisations())
        chosen = options["organisation"]
        if chosen is not None and chosen not in known:
            raise CommandError("Organisationen finns inte eller har inga enheter.")
        if options["apply"]:
            self.apply(chosen)
            return
        for pk, name in known.items():
            if chosen in (None, pk):
                self.count(pk, name)

    def apply(self, organisation_id):
        if organisation_id is None:
            raise CommandError("Ange --organisation. Gallring görs för en organisation i taget.")
        if not jobs.waiting(organisation_id):
            self.stdout.write("Inget är godkänt. En administratör förbereder och godkänner under Administration.")
            return
        total = 0
        while erased := jobs.carry_out(organisation_id):
            total += erased
        self.stdout.write(f"Gallrade poster: {total}")
        if jobs.waiting(organisation_id):
            raise CommandError("Omgången är inte klar. Orsaken står på sidan Gallring.")

    def count(self, organisation_id, name):
        for row in jobs.overview(organisation_id):
            why = REASONS.get(row["reason"], row["reason"]) if row["reason"] else ""
            rule = f"{row['years']} år" if row["years"] else "ingen regel"
            parts = [
                f"{organisation_id} {name}", row["huvudman"], row["unit"], Kind(row["kind"]).label,
                f"{Record(row['record']).label} ({rule})", REASONS[row["status"]], why, str(row["amount"]),
            ]  # fmt: skip
            self.stdout.write("\t".join(parts))
