"""A region's vårdcentral calls a kommun's reception: cases for the way of a kallelse, made by walking the services."""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from cases.models import Case
from meetings import forwarding, proposals
from meetings.models import Invitation
from organisations.models import Unit
from reception import services as reception
from tests import build

CALLER, RECEPTION, FINAL = "party", "reception", "same_kommun"


def unit(name: str) -> Unit:
    return Unit.objects.with_names().get(name=name)


def consented(cast, *, also=(), trees=(), number="198501012382", **values):
    """A case of the caller's, with the reception as a party under the consent; `also`: units that it covers too."""
    case = build.case(cast, who=CALLER, number=number, **values)
    build.party(cast, case, who=RECEPTION, by=CALLER)
    build.consent(
        cast, case, who=CALLER, units=(RECEPTION,), new_units=[cast.unit(name) for name in also],
        trees=[unit(name) for name in trees],
    )  # fmt: skip
    return build.reread(cast, case, who=CALLER)


def hand_on(cast, pk, *, who=RECEPTION, to=FINAL, reason="other_unit", sees=True):
    """`who` hands the kallelse on to the unit of `to`, or to a unit."""
    with cast.acting(who):
        found = forwarding.handed(invitation_id=pk)
        case = Case.objects.with_names().get(pk=found.case_id) if sees else None
        receiver = to if isinstance(to, Unit) else cast.unit(to)
        return forwarding.hand_on(handed=found, case=case, unit=receiver, reason=reason, by=cast.actor(who))


def rule(cast, receiver: str, *, area="", profession="", listed=None, sample=None):
    """A rule of the kommun's, with a sample of its own."""
    told = {"sample_area": area.split(",")[0], "sample_profession": profession.split(",")[0], "sample_listed": listed}
    with cast.acting("admin"):
        return reception.save(
            by=cast.actor("admin"), area=area, profession=profession, listed_unit=listed, receiver=unit(receiver),
            **(told | (sample or {})),
        )  # fmt: skip


def called(cast, case, **values) -> Invitation:
    """The kallelse to the reception, in five days; as the caller sees it, wherever it landed."""
    meeting = build.call(cast, case, who=CALLER, units=(RECEPTION,), days_ahead=5, **values)
    with cast.acting(CALLER):
        return Invitation.objects.get(meeting=meeting)


def propose(cast, case, *, who="party", days=6):
    """Another time from the unit of `who`."""
    begins = timezone.now() + timedelta(days=days)
    with cast.acting(who):
        found = Invitation.objects.select_related("meeting__called_by", "unit")
        return proposals.propose(
            case=Case.objects.with_names().get(pk=case.pk), invitation=found.get(case=case, unit=cast.unit(who)),
            starts_at=begins, ends_at=begins + timedelta(hours=1), by=cast.actor(who),
        )  # fmt: skip


def for_matrix(cast, invited, name) -> SimpleNamespace:
    """A kallelse handed on to a unit outside the consent, a rule of the kommun's, a proposal in the case `invited`."""
    made = rule(cast, cast.unit(FINAL).name, area="Grycksbo")
    case = consented(cast, given_name=name[0], family_name=name[1])
    invitation = called(cast, case)
    hand_on(cast, invitation.pk)
    return SimpleNamespace(case=case, handed=invitation.pk, rule=made.pk, proposal=propose(cast, invited).pk)
