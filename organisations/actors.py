"""Who acts: what the scope tells the database, and what services get as `by`."""

from dataclasses import dataclass

from organisations import roles
from organisations.enums import UserKind


@dataclass(frozen=True)
class Actor:
    """One acting context: a staff assignment, a citizen, or a named job. Lives for one scope."""

    kind: str
    user_id: int | None = None
    name: str = ""
    assignment_id: int | None = None
    staff_id: int | None = None
    unit_id: int | None = None
    organisation_id: int | None = None
    role: str = ""
    title: str = ""
    purpose: str = ""

    @property
    def db_role(self) -> str:
        return {"staff": "sip_staff", "citizen": "sip_citizen", "worker": "sip_worker", "guest": "sip_guest"}[self.kind]

    @property
    def case_unit_id(self) -> int | None:
        """The unit whose cases may be seen; none for administrators."""
        return self.unit_id if self.role in roles.CASE_ROLES else None

    @property
    def is_staff(self) -> bool:
        return self.kind == UserKind.STAFF

    def may(self, action: str) -> bool:
        return self.is_staff and roles.allows(self.role, action)


CARE, CARE_AND_SUPPORT = "Vård och behandling", "Vård och omsorg"


def staff_actor(assignment, *, user_id=None, purpose="") -> Actor:
    """The actor of one assignment; `assignment` has staff and unit loaded, `purpose` is the commission's."""
    return Actor(
        kind="staff",
        user_id=user_id or assignment.staff.user_id,
        name=assignment.staff.name,
        assignment_id=assignment.pk,
        staff_id=assignment.staff_id,
        unit_id=assignment.unit_id,
        organisation_id=assignment.unit.organisation_id,
        role=assignment.role,
        title=assignment.staff.title,
        purpose=purpose or (CARE if assignment.unit.is_health else CARE_AND_SUPPORT),
    )


def citizen_actor(user) -> Actor:
    return Actor(kind="citizen", user_id=user.pk, name=user.name, purpose="Enskilds egen insyn")


def guest_actor() -> Actor:
    """Somebody without an account: known by nothing but what the database's functions are handed."""
    return Actor(kind="guest", name="Deltagare utan konto", purpose="Svar på inbjudan")


def worker_actor(job: str) -> Actor:
    return Actor(kind="worker", name=job, purpose="Automatisk bevakning")
