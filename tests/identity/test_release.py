"""Somebody has a new e-legitimation: an operator releases the old binding, logged, and the next login binds anew."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from identity.models import Identity
from organisations.models import SignIn
from tests.identity import provider

WHO = "hanna.dalarna"


@pytest.fixture
def providers(own_database, settings):
    """Real commits, since the command works through the administrator's own connection."""
    with provider.running(settings) as found:
        yield found


def test_a_released_identity_binds_anew_and_the_old_session_ends(providers):
    browser = Client()
    hsa_id = next(p for p in providers.staff.people if p.key == WHO).claims["employeeHsaId"]
    assert providers.sign_in(browser, WHO).status_code == 302
    providers.staff.tamper = lambda claims: claims | {"sub": "the-new-card"}
    assert providers.sign_in(Client(), WHO).status_code == 403
    call_command("release_identity", "--employee-id", hsa_id.lower())
    assert (Identity.objects.count(), SignIn.objects.count()) == (0, 0)
    assert browser.get("/hjalp/").status_code == 302
    assert providers.sign_in(Client(), WHO).status_code == 302
    assert Identity.objects.get().subject == "the-new-card"
    with connections["admin"].cursor() as cursor:
        cursor.execute("select event from audit_event where event like 'identity.%%' order by id", [])
        assert [row[0] for row in cursor.fetchall()] == ["identity.bound", "identity.released", "identity.bound"]


@pytest.mark.parametrize("given", ["", "SE2321000180-P9999"])
def test_an_unknown_id_releases_nobody(own_database, given):
    with pytest.raises(CommandError):
        call_command("release_identity", "--employee-id", given)
