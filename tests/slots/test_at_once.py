"""Two at the same moment, with real commits: a time is taken once and published once (KAL-9)."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from organisations.errors import RuleBroken
from slots import services
from slots.models import Slot, SlotBooking
from tests import build
from tests.cast import Cast
from tests.slots.test_slots import FIRST, at, publish, taken, window


def at_once(*acts) -> list[str]:
    """What each was told: empty when it did what it wanted."""
    ready, said = threading.Barrier(len(acts)), []

    def alone(act):
        try:
            act(ready)
            said.append("")
        except RuleBroken as refused:
            said.append(str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=alone, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(said)


@pytest.mark.parametrize("minutes", [0, 30], ids=["the same time", "times that overlap"])
def test_two_callers_at_once_never_get_the_same_unit(own_database, minutes):
    """Two cases of two units with one unit in common: one of them is told."""
    cast = Cast()
    first = build.consented(cast, number="198501012382")
    second = build.case(cast, who="same_kommun", number="199002222397")
    build.party(cast, second, by="same_kommun")
    build.consent(cast, second, who="same_kommun")
    row = publish(cast, "party", to_on=FIRST)
    start, hour = at(FIRST, 13), timedelta(hours=1)
    later = start + timedelta(minutes=minutes)
    if minutes:
        # No page lets a unit publish this; the database holds all the same.
        with cast.acting("party"):
            Slot.objects.create(
                window=row, unit=cast.unit("party"), starts_at=later, ends_at=later + hour, offered_until=later
            )

    def caller(case, who, starts):
        def take(ready):
            with cast.acting(who):
                units = [cast.unit("party").pk]
                assert starts in {one.starts_at for one in services.common(case=case, unit_ids=units)}
                ready.wait(20)
                services.take(
                    case=case, reservation=uuid4(), unit_ids=units, starts_at=starts, ends_at=starts + hour
                )  # fmt: skip

        return take

    assert at_once(caller(first, "owner", start), caller(second, "same_kommun", later)) == ["", services.TAKEN]
    assert taken(cast, "party") == 1
    with cast.acting("party"):
        assert SlotBooking.objects.only("starts_at").get().starts_at in {start, later}


def test_two_who_publish_the_same_time_at_once_make_one(own_database):
    """A double press, or two colleagues."""
    cast = Cast()

    def publishes(ready):
        with cast.acting("owner"):
            ready.wait(20)
            services.publish(unit=cast.unit("owner"), window=window(), by=cast.owner)

    said = at_once(publishes, publishes)
    assert said[0] == "" and "redan en stående tid" in said[1]
    with cast.acting("owner"):
        assert Slot.objects.count() == 3
