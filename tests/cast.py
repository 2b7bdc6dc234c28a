"""The fixed cast of the tests, taken from the test environment's units and staff."""

from organisations.actors import Actor, citizen_actor, staff_actor, worker_actor
from organisations.enums import UserKind
from organisations.models import Assignment, Staff, Unit, User
from organisations.scope import acting_for

# Who they are in the matrices: key → user name.
WHO = {
    "owner": "amira.falun",  # handler of the unit that owns the case (kommun)
    "colleague": "johan.falun",  # another handler of the same unit
    "party": "hanna.dalarna",  # handler of a party in the region (primary care)
    "same_kommun": "maria.falun",  # handler in the same kommun, another unit, not a party
    "outsider": "linda.kalmar",  # handler in another county
    "reader": "mattias.falun",  # reader at the owner unit
    "manager": "yusuf.falun",  # manager at the owner unit
    "reception": "bo.falun",  # the kommun's reception function
    "coordinator": "helena.falun",  # SIP coordinator, flow without content
    "admin": "anders.falun",  # administrator, no case data
    "guideline_admin": "gunilla.dalarna",
    "citizen": "elsa.medborgare",
    "other_citizen": "ingeborg.medborgare",
}


class Cast:
    """Looks people and units up by their part, once, outside any scope; actors are ready for `acting_for`."""

    def __init__(self):
        self._assignments = {}
        found = Assignment.objects.with_names().select_related("staff__user").order_by("-pk")
        for assignment in found.filter(staff__user__isnull=False):
            self._assignments[assignment.staff.user.username] = assignment
        self._users = {user.username: user for user in User.objects.filter(is_demo=True)}

    def user(self, who: str) -> User:
        return self._users[WHO.get(who, who)]

    def assignment(self, who: str) -> Assignment:
        """The first assignment of a cast member, or of any demo user name."""
        return self._assignments[WHO.get(who, who)]

    def actor(self, who: str) -> Actor:
        if who == "worker":
            return worker_actor("test")
        user = self.user(who)
        if user.kind == UserKind.CITIZEN:
            return citizen_actor(user)
        return staff_actor(self.assignment(who), user_id=user.pk)

    def unit(self, who: str) -> Unit:
        return self.assignment(who).unit

    def staff(self, who: str) -> Staff:
        return self.assignment(who).staff

    def acting(self, who: str):
        return acting_for(self.actor(who))

    @property
    def owner(self) -> Actor:
        return self.actor("owner")

    @property
    def party(self) -> Actor:
        return self.actor("party")
