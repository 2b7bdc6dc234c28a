"""Issuer and subject are the key; a pre-registered id binds them once, never an e-mail or a name (trust.md 5)."""

import pytest
from django.db import Error, connection, transaction
from django.test import Client

from identity.models import Identity
from organisations.models import Staff, User

WHO = "hanna.dalarna"


def staff_of(username: str) -> Staff:
    return Staff.objects.select_related("user").get(user__username=username)


def reason(logged) -> str:
    return logged.of("login.refused")[-1]["details"]["reason"]


def test_the_first_login_binds_once_and_is_logged(providers, logged):
    for _ in range(2):
        assert providers.sign_in(Client(), WHO)["Location"] == "/"
    identity = Identity.objects.get()
    assert identity.user_id == staff_of(WHO).user_id
    assert (identity.issuer, len(identity.subject)) == (providers.staff.issuer, 32)
    [row] = logged.of("identity.bound")
    assert row["user_id"] == identity.user_id


def test_a_second_subject_with_the_same_hsa_id_is_refused_and_logged(providers, logged):
    providers.sign_in(Client(), WHO)
    providers.staff.tamper = lambda claims: claims | {"sub": "somebody-else"}
    answer = providers.sign_in(Client(), WHO)
    assert (answer.status_code, reason(logged)) == (403, "other_subject")
    assert logged.of("login.refused")[-1]["user_id"] == staff_of(WHO).user_id
    assert Identity.objects.count() == 1


def test_a_bound_subject_with_another_hsa_id_is_refused(providers, logged):
    providers.sign_in(Client(), WHO)
    for other in ("SE2321000180-P9999", staff_of("lena.dalarna").hsa_id):
        providers.staff.tamper = lambda claims, other=other: claims | {"employeeHsaId": other}
        assert providers.sign_in(Client(), WHO).status_code == 403
        assert reason(logged) == "other_subject"
    assert Identity.objects.count() == 1


def test_who_is_not_pre_registered_does_not_come_in(providers, logged):
    providers.staff.tamper = lambda claims: claims | {"employeeHsaId": "SE2321000180-P9999"}
    answer = providers.sign_in(Client(), WHO)
    assert (answer.status_code, reason(logged)) == (403, "not_registered")
    assert "Be administratören" in answer.content.decode()


def test_neither_name_nor_e_mail_nor_user_name_binds(providers, logged):
    def only_soft(claims):
        kept = {k: v for k, v in claims.items() if k not in ("employeeHsaId", "allCommissions")}
        return kept | {"name": "Hanna Utkastlind", "email": "hanna@region.example", "preferred_username": WHO}

    providers.staff.tamper = only_soft
    providers.staff.claims = lambda login: {"sub": login.person.subject, "sid": login.sid}
    assert (providers.sign_in(Client(), WHO).status_code, reason(logged)) == (403, "not_registered")


@pytest.mark.parametrize("hsa_id", ["", " ", None, 42, ["SE2321000180-P0001"]])
def test_an_empty_or_strange_id_matches_nobody(providers, logged, hsa_id):
    providers.staff.tamper = lambda claims: claims | {"employeeHsaId": hsa_id}
    assert (providers.sign_in(Client(), WHO).status_code, reason(logged)) == (403, "not_registered")


def test_somebody_without_an_account_gets_one_that_only_the_provider_opens(providers, cast):
    """The administrator registers a person, never a login; one of the demo's people has had none."""
    person = Staff.objects.get(hsa_id="SE2321000180-P0002")
    with cast.acting("stina.dalarna"):
        stranger = Staff.objects.create(
            organisation=person.organisation, name="Ny Anställd", title="kurator", hsa_id="SE2321000180-P7777"
        )
    providers.staff.tamper = lambda claims: claims | {"employeeHsaId": "SE2321000180-P7777"}
    assert providers.sign_in(Client(), WHO).status_code == 302
    stranger.refresh_from_db()
    user = stranger.user
    assert (user.kind, user.name, user.is_active, user.is_demo) == ("staff", "Ny Anställd", True, False)
    assert not user.has_usable_password()


def test_kommun_staff_are_bound_by_the_own_directorys_id(providers):
    providers.sign_in(Client(), "amira.falun")
    assert Identity.objects.get().user_id == staff_of("amira.falun").user_id


def test_the_same_subject_at_the_other_provider_is_another_account(providers):
    providers.staff.tamper = lambda claims: claims | {"sub": "one-and-the-same"}
    providers.citizen.tamper = lambda claims: claims | {"sub": "one-and-the-same"}
    providers.sign_in(Client(), WHO)
    browser = Client()
    assert providers.sign_in(browser, "elsa.medborgare", "invanare").status_code == 302
    staff, citizen = (Identity.objects.get(issuer=one.issuer).user for one in (providers.staff, providers.citizen))
    assert (staff.kind, citizen.kind) == ("staff", "citizen") and staff.pk != citizen.pk


def test_a_citizens_provider_never_gives_a_staff_session(providers, logged):
    """Even if it states an HSA-id."""
    hsa_id = staff_of(WHO).hsa_id
    providers.citizen.tamper = lambda claims: claims | {"employeeHsaId": hsa_id}
    browser = Client()
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    assert Identity.objects.get().user.kind == "citizen"
    assert browser.get("/arenden/").status_code == 404


@pytest.mark.parametrize("bound", [True, False])
def test_a_disabled_person_or_account_does_not_come_in(providers, cast, logged, bound):
    if bound:
        providers.sign_in(Client(), WHO)
    person = cast.staff(WHO)
    with cast.acting("stina.dalarna"):
        Staff.objects.filter(pk=person.pk).update(is_active=False)
    assert providers.sign_in(Client(), WHO).status_code == 403
    assert reason(logged) in ("inactive", "other_subject" if bound else "not_registered")


def test_a_disabled_account_does_not_come_in(providers, logged):
    providers.sign_in(Client(), WHO)
    User.objects.filter(username=WHO).update(is_active=False)
    assert (providers.sign_in(Client(), WHO).status_code, reason(logged)) == (403, "inactive")


def test_the_web_can_read_identities_and_never_write_them(providers):
    providers.sign_in(Client(), WHO)
    for statement in (
        "insert into identity_identity (issuer, subject, user_id, bound_at) values ('i', 's', 1, now())",
        "update identity_identity set subject = 's'",
        "delete from identity_identity",
    ):
        with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert refused.value.__cause__.sqlstate == "42501", statement


def test_inside_a_scope_nobody_reads_identities_or_binds(providers, cast):
    for statement in ("select 1 from identity_identity", "select bind_staff('i', 's', 1)",
                      "select citizen_signed_in('i', 's', '194307199069', 'n')"):  # fmt: skip
        for who in ("owner", "admin", "citizen"):
            with cast.acting(who), pytest.raises(Error) as refused, transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            assert refused.value.__cause__.sqlstate == "42501", statement
