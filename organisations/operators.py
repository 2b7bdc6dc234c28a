"""What an operator does at the database's own side: an organisation's first administrator, and operators' accounts.

The commands that call these open the transaction.
"""

from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from audit import log
from organisations.enums import Role, UnitKind, UserKind
from organisations.errors import RuleBroken
from organisations.models import Assignment, Authority, Organisation, Staff, Unit, User


def grant_admin(db: str, *, orgnr: str, hsa_id: str, name: str = "") -> tuple[Assignment, bool]:
    """Make the employee an administrator of the organisation; say whether anything was done.

    Raises RuleBroken for an unknown organisation, and an employee of another one or who is inactive.
    """
    organisation = known_organisation(db, orgnr)
    hsa_id = hsa_id.strip().upper()
    staff = Staff.objects.using(db).filter(hsa_id=hsa_id).first()
    if staff is None:
        staff = Staff.objects.using(db).create(
            organisation=organisation, hsa_id=hsa_id, name=name or hsa_id, title="administratör"
        )
    elif staff.organisation_id != organisation.pk:
        raise RuleBroken("HSA-id:t hör till en medarbetare i en annan organisation.")
    elif not staff.is_active:
        raise RuleBroken("Medarbetaren är inaktiv.")
    return make_admin(db, staff)


def make_admin(db: str, staff: Staff) -> tuple[Assignment, bool]:
    unit = top_unit(db, staff.organisation)
    same = Assignment.objects.using(db).filter(staff=staff, unit=unit, role=Role.ORG_ADMIN, is_active=True)
    has = same.valid_on(timezone.localdate()).first()
    if has:
        return has, False
    # One that has run out by its date would stand in the way of the new one.
    same.update(is_active=False)
    made = Assignment.objects.using(db).create(staff=staff, unit=unit, role=Role.ORG_ADMIN)
    details = {"staff": staff.pk, "unit": unit.pk, "assignment": made.pk, "role": Role.ORG_ADMIN}
    log.append_unscoped("organisations.admin_granted", action=log.WRITE, unit_id=unit.pk, details=details, using=db)
    return made, True


def known_organisation(db: str, orgnr: str) -> Organisation:
    digits = orgnr.replace("-", "").strip()
    found = Organisation.objects.using(db).filter(orgnr=digits, is_active=True).first() if digits else None
    if found is None:
        raise RuleBroken("Det finns ingen aktiv organisation med det organisationsnumret.")
    return found


def top_unit(db: str, organisation: Organisation) -> Unit:
    """The organisation's own uppermost unit; a new organisation gets one, since an assignment needs a place."""
    tops = Unit.objects.using(db).filter(organisation=organisation, parent=None, is_active=True).order_by("pk")
    found = tops.filter(kind=UnitKind.ADMINISTRATION).first() or tops.first()
    if found:
        return found
    authorities = list(Authority.objects.using(db).filter(organisation=organisation)[:2])
    return Unit.objects.using(db).create(
        organisation=organisation,
        name=organisation.name,
        short_name=organisation.name[:40],
        kind=UnitKind.ADMINISTRATION,
        acts_for=authorities[0] if len(authorities) == 1 else None,
    )


def save_account(db: str, *, username: str, name: str, password: str, orgnr: str = "") -> User:
    """Make an operator's account or give it a new password; with `orgnr` it administers that organisation.

    Raises RuleBroken when the name belongs to somebody else, ValidationError for a weak password.
    """
    user = User.objects.using(db).filter(username=username).first()
    if user and not user.is_operator:
        raise RuleBroken("Användarnamnet finns redan och är inget driftkonto.")
    user = user or User(username=username, kind=UserKind.STAFF, is_operator=True)
    user.name, user.is_active = name or user.name or username, True
    validate_password(password, user)
    user.set_password(password)
    user.save(using=db)
    log.append_unscoped("operators.account_saved", action=log.WRITE, user_id=user.pk, name=user.name, using=db)
    if orgnr:
        administer(db, user, known_organisation(db, orgnr))
    return user


def administer(db: str, user: User, organisation: Organisation) -> None:
    staff = Staff.objects.using(db).filter(user=user).first()
    if staff is None:
        staff = Staff.objects.using(db).create(organisation=organisation, user=user, name=user.name, title="drift")
    elif staff.organisation_id != organisation.pk:
        raise RuleBroken("Driftkontot hör redan till en annan organisation.")
    make_admin(db, staff)


def close_account(db: str, *, username: str) -> User:
    """Switch an operator's account off. Raises RuleBroken when there is none."""
    user = User.objects.using(db).filter(username=username, is_operator=True).first()
    if user is None:
        raise RuleBroken("Det finns inget driftkonto med det namnet.")
    user.is_active = False
    user.set_unusable_password()
    user.save(using=db)
    log.append_unscoped("operators.account_closed", action=log.WRITE, user_id=user.pk, name=user.name, using=db)
    return user
