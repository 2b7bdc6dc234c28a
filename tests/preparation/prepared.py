"""What was made ready before a meeting, made by walking the services."""

from django.utils import timezone

from cases.models import Case
from cases.topics import ALL
from preparation import bookings, premeetings, services
from preparation.models import PreMeeting, PreparationText


def again(case) -> Case:
    return Case.objects.with_names().get(pk=case.pk)


def said(cast, case, *, who="owner", topics=ALL, **texts):
    """The preparation holds these texts; returns the keys that changed."""
    with cast.acting(who):
        seen = dict(PreparationText.objects.filter(case=case).values_list("key", "revision"))
        return services.write(case=again(case), texts=texts, topics=topics, seen=seen, by=cast.actor(who))


def wish(cast, case, *, wanted=False, unit=None, who="owner", **values):
    with cast.acting(who):
        found = cast.unit(unit) if unit else None
        return services.wish(case=again(case), wanted=wanted, unit=found, by=cast.actor(who), **values)


def booked(cast, case, *, who="owner", language="Arabiska", form="on_site", **values):
    with cast.acting(who):
        return bookings.book(
            case=again(case), kind="interpreter", by=cast.actor(who), language=language, form=form, **values
        )


def premeeting(cast, case, *, who="owner", units=("party",), **values):
    """A pre-meeting that was agreed on to be just now, so that it can be held."""
    told = {
        "starts_at": timezone.now(), "place": "Provgatan 4", "costs": True, "responsibility": False,
        "consent_form": "spoken", "consent_on": timezone.localdate(),
    } | values  # fmt: skip
    with cast.acting(who):
        return premeetings.plan(case=again(case), units=[cast.unit(name) for name in units], by=cast.actor(who), **told)


def held(cast, case, *, who="owner", notes="Kommunen betalar hälften.", **values):
    """A pre-meeting that took place; returns it as it stands."""
    found = premeeting(cast, case, who=who)
    with cast.acting(who):
        row = PreMeeting.objects.get(pk=found.pk)
        row.case = again(case)
        premeetings.hold(premeeting=row, notes=notes, by=cast.actor(who), **values)
    return row
