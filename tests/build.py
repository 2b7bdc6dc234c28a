"""Cases made by walking the services, so that no test starts from an impossible state."""

from datetime import date, timedelta
from itertools import cycle

from django.utils import timezone

from cases import services as cases

# Official test numbers of adults, taken in turn.
NUMBERS = cycle(["198501012382", "199002222397", "194201077098", "196109732393"])


def today() -> date:
    return timezone.localdate()


def case(cast, *, who="owner", number="198501012382", days_ago=5, **values):
    """A case that `who` has started; state initiated."""
    by = cast.actor(who)
    defaults = {
        "id_kind": "personnummer",
        "given_name": "Astrid",
        "family_name": "Testholm",
        "reasons": ["coordination"],
        "need_found_on": today() - timedelta(days=days_ago),
    }
    with cast.acting(who):
        return cases.start(number=number, by=by, **(defaults | values))
