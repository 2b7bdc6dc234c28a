"""A party without an account that is called to a meeting, and its link."""

from cases import services as cases
from cases.models import Case
from guests import services as guests
from meetings.models import Invitation
from tests import build


def invited(cast, *, days_ahead=5, found=None, **values):
    """The invitation of a relative to a meeting; the party of the cast is called too."""
    found = found or build.consented(cast)
    with cast.acting("owner"):
        relative = cases.add_outside_party(
            case=Case.objects.with_names().get(pk=found.pk), kind="relative", name="Provanna Anhörig",
            relation="Syster", tell_by="letter", phone="070-174 06 06", address="Provgatan 9", by=cast.owner,
        )  # fmt: skip
    build.call(cast, found, outside=[relative], days_ahead=days_ahead, **values)
    return invitation(cast, found)


def invitation(cast, found) -> Invitation:
    """As the owner reads it now."""
    with cast.acting("owner"):
        rows = Invitation.objects.select_related("meeting__called_by", "outside_party", "case__person")
        return rows.filter(case_id=found.pk, outside_party__isnull=False).latest("pk")


def linked(cast, invitation, *, way="letter", **values) -> guests.Made:
    """A link that the owner has made; by letter unless said, so that its secret is known."""
    with cast.acting("owner"):
        return guests.make(
            case=Case.objects.with_names().get(pk=invitation.case_id), invitation=invitation, way=way, by=cast.owner,
            **values,
        )  # fmt: skip
