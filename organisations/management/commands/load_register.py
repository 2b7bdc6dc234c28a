"""Loads all regions, kommuner and guidelines; may be run again at any time."""

from django.core.management.base import BaseCommand
from django.db import transaction

from organisations import register


class Command(BaseCommand):
    help = "Läser in regioner, kommuner och riktlinjer. Kan köras om."

    def handle(self, *args, **options):
        with transaction.atomic(using="admin"):
            register.load_authorities("admin")
            register.load_guidelines("admin")
            register.load_topics("admin")
        self.stdout.write("Registret är inläst.")
