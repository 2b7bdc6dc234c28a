"""How the person is told: the own choice, on the own page (trust.md 6). A guardian reads, the person decides."""

from citizen.door import is_guardian
from correspondence import channels
from correspondence.forms import AddressForm
from correspondence.models import PERSON_CHANNELS
from organisations.errors import RuleBroken

OWN = "Det är bara personen själv som väljer här. Ring enheten om något ska ändras."


def page(case) -> dict:
    """What stands now; a guardian is not shown the child's own number or address."""
    own = not is_guardian(case)
    rows = channels.rows(case)
    return {"rows": rows, "own": own, "may_choose": own and case.is_open and not case.is_protected}


def form(data):
    return AddressForm(data)


def choose(case, *, by, **values) -> None:
    must_be_own(case)
    channels.choose(case=case, by=by, form="self", **values)


def end(case, channel: str, *, by) -> None:
    must_be_own(case)
    if channel in dict(PERSON_CHANNELS):
        channels.end(case=case, channel=channel, form="self", by=by)


def must_be_own(case) -> None:
    if is_guardian(case):
        raise RuleBroken(OWN)
