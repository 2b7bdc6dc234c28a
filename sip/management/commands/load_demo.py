"""Loads the test environment's units, staff, citizens and cases; a second run changes nothing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from cases.models import Case
from organisations.errors import RuleBroken
from sip.demo_cases.clock import Clock
from sip.demo_cases.people import People
from sip.demo_cases.preparing import publish_windows
from sip.demo_cases.walk import Walk, stays, stories


class Command(BaseCommand):
    help = "Läser in testmiljöns enheter, medarbetare, invånare och ärenden. Går bara med SIP_MODE=demo."

    def add_arguments(self, parser):
        parser.add_argument("--only", nargs="*", default=[], help="bara de här berättelserna (nycklar)")

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Testmiljöns ärenden får bara läsas in med SIP_MODE=demo.")
        people = People()
        if Case.objects.using("admin").exists():
            self.stdout.write("Testmiljöns ärenden finns redan.")
            return
        clock = Clock()
        told = [story for story in stories() if not options["only"] or story["key"] in options["only"]]
        for story in told:
            try:
                Walk(story, people, clock).run()
            except RuleBroken as error:
                raise CommandError(f"Berättelsen {story['key']} bryter mot en regel: {error}") from error
        for stay in [] if options["only"] else stays():
            Walk(stay, people, clock).send_notice()
        if not options["only"]:
            publish_windows(people, clock)
        people.let_citizens_read()
        clock.settle()
        connections["admin"].close()
        self.stdout.write(f"Testmiljön är inläst: {len(told)} ärenden.")
