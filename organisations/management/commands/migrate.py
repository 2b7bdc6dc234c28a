"""Django's migrate as the database's administrator, with roles and logins made before and rights given after."""

import os

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from organisations import database_roles


class Command(migrate.Command):
    help = "Gör roller, inloggningar och tabeller. Läser DATABASE_URL (administratörens)."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="admin")

    def handle(self, *args, **options):
        if options["database"] == "admin" and "admin" not in settings.DATABASES:
            raise CommandError("DATABASE_URL saknas. Den ska vara databasadministratörens adress.")
        found = database_roles.logins(dict(os.environ), demo=settings.DEMO, testing=settings.SIP_TESTING)
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            if connection.pg_version < 150000:
                raise CommandError("PostgreSQL 15 eller nyare krävs.")
            database_roles.ensure_groups(cursor)
            database_roles.ensure_logins(cursor, found)
        super().handle(*args, **options)
        with connection.cursor() as cursor:
            database_roles.grant_tables(cursor, found)
