"""Whose login it is: staff by a pre-registered id, once; citizens by their number; never by e-mail or name."""

import json

from django.db import connection
from django.utils import timezone

from audit import log
from identity.config import Provider
from identity.errors import Refused
from identity.models import Identity
from organisations import roles
from organisations.actors import CARE
from organisations.enums import UserKind
from organisations.models import Assignment, Staff, User


def user_of(provider: Provider, claims: dict) -> User:
    """The user behind the verified claims, active and of the provider's kind. Raises Refused."""
    if provider.kind == UserKind.CITIZEN:
        user = citizen(provider, claims)
    else:
        user = member_of_staff(provider, claims)
    if not user.is_active or user.kind != provider.kind:
        raise Refused("inactive", user_id=user.pk)
    return user


def bound_to(provider: Provider, claims: dict) -> Identity | None:
    found = Identity.objects.select_related("user")
    return found.filter(issuer=provider.issuer, subject=claims["sub"]).first()


def member_of_staff(provider: Provider, claims: dict) -> User:
    """The bound user, or the pre-registered one that the verified claim names, bound now and once."""
    identity, staff = bound_to(provider, claims), pre_registered(provider, claims)
    if identity is not None:
        # The same login may name another employment; that is another place in the directory.
        if any(stated_ids(provider, claims)) and (staff is None or staff.user_id != identity.user_id):
            raise Refused("other_subject", user_id=identity.user_id)
        if not Staff.objects.filter(user_id=identity.user_id, is_active=True).exists():
            raise Refused("inactive", user_id=identity.user_id)
        return identity.user
    if staff is None:
        raise Refused("not_registered")
    user_id = call("bind_staff", provider.issuer, claims["sub"], staff.pk)
    if user_id is None:
        raise Refused("other_subject", user_id=staff.user_id)
    log.append_unscoped("identity.bound", user_id=user_id, name=staff.name, details={"provider": provider.way})
    return User.objects.get(pk=user_id)


def pre_registered(provider: Provider, claims: dict) -> Staff | None:
    """The member of staff whom the provider's claims name. HSA-id goes before the own directory's id."""
    active = Staff.objects.filter(is_active=True)
    hsa_id, directory_id = stated_ids(provider, claims)
    if hsa_id:
        return active.filter(hsa_id=hsa_id).first()
    return active.filter(directory_id=directory_id).first() if directory_id else None


def stated_ids(provider: Provider, claims: dict) -> tuple[str, str]:
    hsa_id, directory_id = (text(claims, provider.claims[name]) for name in ("employee_id", "directory_id"))
    return hsa_id.upper(), directory_id


def citizen(provider: Provider, claims: dict) -> User:
    """The user of a proven number; from now on it reads the pages of the person with that number, if there is one."""
    name = " ".join(filter(None, (text(claims, provider.claims[part]) for part in ("given_name", "family_name"))))
    number = number_of(provider, claims)
    new = bound_to(provider, claims) is None
    user_id = call("citizen_signed_in", provider.issuer, claims["sub"], number, (name or "Invånare")[:150])
    if new:
        log.append_unscoped("identity.bound", user_id=user_id, details={"provider": provider.way})
    return User.objects.get(pk=user_id)


def number_of(provider: Provider, claims: dict) -> str:
    for name in ("number", "coordination_number"):
        digits = text(claims, provider.claims[name])
        if digits and len(digits) == 12 and digits.isascii() and digits.isdigit():
            return digits
    raise Refused("number")


def purposes(provider: Provider, claims: dict, user: User) -> dict[int, str]:
    """The assignments that claims and directory agree on, each with the purpose of its commission.

    An assignment with a commission counts only when the login has that commission, at that unit. A health unit's
    cases are read for care alone, so its assignments need a commission for that; other units' do not.
    """
    commissions = stated_commissions(provider, claims)
    agreed = {}
    mine = Assignment.objects.valid_on(timezone.localdate()).with_names().filter(staff__user_id=user.pk)
    for assignment in mine:
        if assignment.commission_hsa_id:
            purpose, unit = commissions.get(assignment.commission_hsa_id.upper(), ("", ""))
            agrees = bool(purpose) and unit in ("", assignment.unit.hsa_id.upper())
        else:
            purpose, agrees = "", True
        if assignment.unit.is_health and assignment.role in roles.CASE_ROLES:
            agrees = agrees and purpose.casefold() == CARE.casefold()
        if agrees:
            agreed[assignment.pk] = purpose
    return agreed


def stated_commissions(provider: Provider, claims: dict) -> dict[str, tuple[str, str]]:
    """Commission → (purpose, unit): the chosen one and all others that the claims list."""
    listed = claims.get(provider.claims["commissions"])
    if isinstance(listed, str):
        try:
            listed = json.loads(listed)
        except ValueError as error:
            raise Refused("commissions") from error
    found = {}
    for item in [claims, *(listed if isinstance(listed, list) else [])]:
        if isinstance(item, dict) and (hsa_id := text(item, provider.claims["commission_id"])):
            purpose = text(item, provider.claims["commission_purpose"])
            found[hsa_id.upper()] = (purpose, text(item, provider.claims["commission_unit"]).upper())
    return found


def text(claims: dict, name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""


def call(function: str, *values):
    """One of the functions of 0002, which alone write identities."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}({', '.join(['%s'] * len(values))})", values)  # noqa: S608 - our own name
        return cursor.fetchone()[0]
