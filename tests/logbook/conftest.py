import pytest
from django.db import connections

from logbook.models import LogExtract
from tests import build
from tests.cast import Cast
from tests.citizen.story import signed_in


class Read:
    """A case that both the owner and the party have opened in the browser; every step committed."""

    def __init__(self):
        self.cast = Cast()
        self.case = build.consented(self.cast, number="194307199069", given_name="Elsa", family_name="Testholm")
        self.grant("elsa.medborgare")
        for who in ("amira.falun", "hanna.dalarna", "yusuf.falun"):
            assert signed_in(who).get(f"/arenden/{self.case.pk}/").status_code == 200

    def grant(self, username):
        self.sql(
            "insert into person_access (user_id, person_id, relation, valid_from, valid_to) select u.id, %s, 'self',"
            " '0001-01-01', '9999-12-31' from organisations_user u where username = %s",
            self.case.person_id, username,
        )  # fmt: skip

    def sql(self, statement, *params):
        with connections["admin"].cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def extracts(self):
        return list(LogExtract.objects.using("admin").order_by("created_at"))


@pytest.fixture(scope="module")
def opened(module_database) -> Read:
    return Read()


@pytest.fixture
def read(opened) -> Read:
    """The same case for a whole module, with nothing asked of its log yet."""
    opened.sql("delete from logbook_reviewpick; delete from logbook_logreview; delete from logbook_logextract")
    return opened
