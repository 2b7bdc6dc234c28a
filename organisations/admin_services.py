"""Each organisation keeps its own units, staff and assignments (GUI-1): nothing is deleted, all is logged."""

from django.db import connection
from django.utils import timezone

from audit import log
from organisations.errors import RuleBroken
from organisations.models import Assignment, Authority, Organisation, Staff, Unit

UNIT_FIELDS = (
    "name", "short_name", "kind", "parent", "acts_for", "committee", "hsa_id", "is_reception", "phone", "email",
    "contact_note", "function_address",
)  # fmt: skip
STAFF_FIELDS = ("name", "title", "hsa_id", "directory_id", "phone", "email", "mobile")

WEEK_IN_HOURS = 168


def own_units(by):
    return Unit.objects.filter(organisation_id=by.organisation_id).with_names().order_by("name")


def own_staff(by):
    return Staff.objects.filter(organisation_id=by.organisation_id).order_by("name", "pk")


def own_assignments(by):
    found = Assignment.objects.filter(unit__organisation_id=by.organisation_id)
    return found.select_related("staff", "unit").order_by("-is_active", "staff__name", "unit__name", "role")


def own_authorities(by):
    """The huvudmän that the organisation is, or that its units already act for (private providers)."""
    found = Authority.objects.filter(organisation_id=by.organisation_id)
    served = Unit.objects.filter(organisation_id=by.organisation_id, acts_for__isnull=False).values("acts_for")
    return (found | Authority.objects.filter(pk__in=served)).order_by("name")


def save_unit(*, by, unit=None, **values) -> Unit:
    """Make or change an own unit. Raises RuleBroken for a taken name or HSA-id, or a parent below itself."""
    unit = unit or Unit(organisation_id=by.organisation_id)
    _must_be_own(unit, by)
    same = own_units(by).filter(name__iexact=values["name"], acts_for=values["acts_for"]).exclude(pk=unit.pk)
    if same.exists():
        raise RuleBroken("Det finns redan en enhet med det namnet.", field="name")
    _hsa_id_is_free(Unit, unit, values["hsa_id"])
    _no_circle(unit, values["parent"])
    changed = _take(unit, values, UNIT_FIELDS)
    return _save("unit", unit, changed)


def save_staff(*, by, person=None, **values) -> Staff:
    """Make or change a member of the own staff. Raises RuleBroken for a taken HSA-id or an entry that is there."""
    person = person or Staff(organisation_id=by.organisation_id)
    _must_be_own(person, by)
    _hsa_id_is_free(Staff, person, values["hsa_id"])
    _directory_id_is_free(person, values["directory_id"])
    twins = own_staff(by).filter(name=values["name"], title=values["title"], is_active=True).exclude(pk=person.pk)
    if not (values["hsa_id"] or values["directory_id"]) and twins.exists():
        raise RuleBroken(
            "Det finns redan en medarbetare med samma namn och yrke. Skriv HSA-id om det är någon annan.", field="name"
        )
    changed = _take(person, values, STAFF_FIELDS)
    return _save("staff", person, changed)


def set_active(*, by, thing, active: bool) -> None:
    """Switch a unit or a staff member on or off; nothing is ever deleted.

    Raises RuleBroken for one's own unit and oneself, since nobody could undo that.
    """
    _must_be_own(thing, by)
    kind = "unit" if isinstance(thing, Unit) else "staff"
    if not active and thing.pk == (by.unit_id if kind == "unit" else by.staff_id):
        raise RuleBroken("Du kan inte inaktivera dig själv eller den enhet du arbetar i nu.")
    if thing.is_active == active:
        raise RuleBroken("Det är redan gjort.")
    thing.is_active = active
    thing.save(update_fields=["is_active"])
    event = f"organisations.{kind}_{'activated' if active else 'deactivated'}"
    log.record(event, object_type=kind, object_id=str(thing.pk))
    if kind == "staff" and not active:
        end_sessions(by=by, person=thing)


def end_sessions(*, by, person) -> int:
    """End all that a member of the own staff has open, at once; return how many sessions it was.

    Raises RuleBroken for oneself: the page that says that it is done would have no session to be shown in.
    """
    _must_be_own(person, by)
    if person.pk == by.staff_id:
        raise RuleBroken("Du kan inte logga ut dig själv här. Använd Logga ut överst på sidan.")
    with connection.cursor() as cursor:
        cursor.execute("select end_sessions_of(%s)", [person.pk])
        [ended] = cursor.fetchone()
    details = {"ended": ended}
    log.record("organisations.sessions_ended", object_type="staff", object_id=str(person.pk), details=details)
    return ended


def assign(*, by, staff, unit, role, valid_from, valid_to=None, commission_hsa_id="") -> Assignment:
    """Give a member of the own staff a role at an own unit (medarbetaruppdrag)."""
    for thing in (staff, unit):
        _must_be_own(thing, by)
        if not thing.is_active:
            raise RuleBroken(f"{thing.name} är inaktiv.", field="staff" if thing is staff else "unit")
    if valid_to and valid_to < valid_from:
        raise RuleBroken("Slutdatumet kan inte ligga före startdatumet.", field="valid_to")
    if Assignment.objects.filter(staff=staff, unit=unit, role=role, is_active=True).exists():
        raise RuleBroken(f"{staff.name} har redan det uppdraget.", field="role")
    made = Assignment.objects.create(
        staff=staff,
        unit=unit,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        commission_hsa_id=commission_hsa_id,
    )
    details = {"staff": staff.pk, "unit": unit.pk, "role": role}
    log.record("organisations.assigned", object_type="assignment", object_id=str(made.pk), details=details)
    return made


def end_assignment(*, by, assignment) -> None:
    """End an assignment now; the row stays. Raises RuleBroken for the one that is acted in."""
    _must_be_own(assignment.unit, by)
    if assignment.pk == by.assignment_id:
        raise RuleBroken("Du kan inte avsluta det uppdrag du arbetar i nu.")
    if not assignment.is_active:
        raise RuleBroken("Uppdraget är redan avslutat.")
    today = timezone.localdate()
    assignment.is_active = False
    assignment.valid_to = max(today, assignment.valid_from)
    assignment.save(update_fields=["is_active", "valid_to"])
    log.record("organisations.assignment_ended", object_type="assignment", object_id=str(assignment.pk))


def own_organisation(by) -> Organisation:
    return Organisation.objects.get(pk=by.organisation_id)


def set_break_glass(*, by, on: bool, hours: int) -> Organisation:
    """Decide whether the own health units may break the glass, and for how long at most (PDL 4:2, 4:5)."""
    if not 1 <= hours <= WEEK_IN_HOURS:
        raise RuleBroken("Skriv mellan 1 och 168 timmar.", field="hours")
    own = own_organisation(by)
    before = {"on": own.break_glass, "hours": own.break_glass_hours}
    own.break_glass, own.break_glass_hours = on, hours
    own.save(update_fields=["break_glass", "break_glass_hours"])
    details = {"before": before, "after": {"on": on, "hours": hours}}
    log.record("organisations.glass_set", object_type="organisation", object_id=str(own.pk), details=details)
    return own


def _must_be_own(thing, by) -> None:
    if thing.organisation_id != by.organisation_id:
        raise RuleBroken("Du kan bara ändra i din egen organisation.")


def _hsa_id_is_free(model, thing, hsa_id) -> None:
    if hsa_id and model.objects.filter(hsa_id=hsa_id).exclude(pk=thing.pk).exists():
        raise RuleBroken("HSA-id:t används redan.", field="hsa_id")


def _directory_id_is_free(person, directory_id) -> None:
    """The database looks over all organisations; a taken one is not said whose it is."""
    if directory_id and Staff.objects.filter(directory_id=directory_id).exclude(pk=person.pk).exists():
        raise RuleBroken("Id:t används redan.", field="directory_id")


def _no_circle(unit, parent) -> None:
    above, seen = parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == unit.pk:
            raise RuleBroken("En enhet kan inte ligga under sig själv.", field="parent")
        seen.add(above.pk)
        above = above.parent


def _take(thing, values, fields) -> list[str]:
    """Set the values and return the names of those that changed."""
    changed = [name for name in fields if getattr(thing, name) != values[name]]
    for name in changed:
        setattr(thing, name, values[name])
    return changed


def _save(kind, thing, changed):
    new = thing.pk is None
    if new or changed:
        thing.save()
        event = f"organisations.{kind}_{'made' if new else 'changed'}"
        log.record(event, object_type=kind, object_id=str(thing.pk), details={"fields": changed})
    return thing
