"""Who acts in the stories: units and staff by their keys."""

from cases import person_access
from cases.enums import IdKind
from cases.models import Person
from organisations import register
from organisations.actors import Actor, staff_actor
from organisations.enums import Role
from organisations.models import Assignment, Authority, Staff, Unit
from sip.demo_accounts import PASSWORD


class People:
    """The test environment's directory, looked up once outside any scope."""

    def __init__(self):
        units = register.load_demo_units("admin")
        staff = register.load_demo_staff("admin", units, password=PASSWORD)
        self.citizens = register.load_demo_citizens("admin", password=PASSWORD)
        by_id = Unit.objects.with_names().in_bulk([unit.pk for unit in units.values()])
        self.units = {key: by_id[unit.pk] for key, unit in units.items()}
        people = Staff.objects.in_bulk([person.pk for person in staff.values()])
        self.staff = {key: people[person.pk] for key, person in staff.items()}
        self.authorities = {authority.code: authority for authority in Authority.objects.all()}
        self.handlers: dict[tuple[int, int], Assignment] = {}
        self.first_handler: dict[int, Assignment] = {}
        for found in Assignment.objects.with_names().filter(role=Role.HANDLER).order_by("pk"):
            self.handlers[found.staff_id, found.unit_id] = found
            self.first_handler.setdefault(found.unit_id, found)

    def actor(self, key: str, unit_id: int) -> Actor:
        """That person at that unit, or the unit's first handler when the person works elsewhere."""
        person = self.staff.get(key)
        found = self.handlers.get((person.pk, unit_id)) if person else None
        return staff_actor(found or self.first_handler[unit_id])

    def let_citizens_read(self) -> None:
        """Each citizen's login reads the person's own pages, or those of a child; one has no SIP yet."""
        for user, item in self.citizens:
            if item["is"] == "person":
                Person.objects.using("admin").get_or_create(
                    number=item["personnummer"], defaults={"id_kind": IdKind.PERSONNUMMER}
                )
            person_access.link("admin", user, item["personnummer"])
