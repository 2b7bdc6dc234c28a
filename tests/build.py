"""Cases made by walking the services, so that no test starts from an impossible state."""

from datetime import date, timedelta
from itertools import cycle

from django.utils import timezone

from cases import services as cases
from cases.models import Case
from consent import coverage
from consent import services as consents

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


def party(cast, case, *, who="party", by="owner"):
    """The unit of `who` takes part; it sees nothing until the consent covers it."""
    with cast.acting(by):
        return cases.add_party(case=Case.objects.with_names().get(pk=case.pk), unit=cast.unit(who), by=cast.actor(by))


def consent(cast, case, *, who="owner", units=("party",), share_answer="yes", planning_answer="yes", **values):
    """An answer recorded by `who`, covering the units of those named; returns the consent."""
    answer = {"form": "written", "given_on": today(), "units": [cast.unit(name) for name in units]} | values
    with cast.acting(who):
        return consents.record(
            case=Case.objects.with_names().get(pk=case.pk),
            by=cast.actor(who),
            share_answer=share_answer,
            planning_answer=planning_answer,
            **answer,
        )


def lapsed(cast, case, *, units=("party",)):
    """The present consent ran out yesterday, as it will look when the days have passed."""
    with cast.acting("owner"):
        answer = consents.Given(
            form="written", given_on=today() - timedelta(days=30), valid_to=today() - timedelta(days=1)
        )
        return consents.replace(
            case=Case.objects.with_names().get(pk=case.pk),
            before=coverage.current(case),
            seen=consents.LATEST,
            answer=answer,
            share="yes",
            planning="yes",
            units=[cast.unit(name) for name in units],
            trees=[],
            givers=[consents.Giver(case.full_name, "yes", "yes", "person")],
        )


def reread(cast, case, *, who="owner"):
    """The case as `who` sees it now."""
    with cast.acting(who):
        return Case.objects.with_names().get(pk=case.pk)


def consented(cast, *, parties=("party",), **values):
    """A case with parties and both answers yes; state consented."""
    found = case(cast, **values)
    for who in parties:
        party(cast, found, who=who)
    consent(cast, found, units=parties)
    return reread(cast, found)
