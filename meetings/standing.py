"""The caller picks a meeting's time among the units' standing times (KAL-9)."""

import uuid
from dataclasses import replace
from datetime import datetime

from django import forms
from django.db import connection

from organisations import swedish
from slots import services as slots
from slots.models import SlotForm

OWN_TIME = ("", "Ingen av dem. Jag skriver tiden själv.")


def take(*, case, meeting, unit_ids, by) -> None:
    """Take the time of the caller's own unit and of those with the duty; all or none. Raises RuleBroken."""
    slots.take(
        case=case,
        reservation=meeting.reservation,
        unit_ids=[by.unit_id, *unit_ids],
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
    )


def kept(meeting, details):
    """The details of what takes a meeting's place: at the same time it keeps the standing times that are taken."""
    same = (details.starts_at, details.ends_at) == (meeting.starts_at, meeting.ends_at)
    return replace(details, reservation=meeting.reservation) if same and not details.reservation else details


def is_kept(meeting) -> bool:
    return meeting.replaces is not None and meeting.replaces.reservation == meeting.reservation


def give_back(meeting) -> None:
    """Of what was kept, the times of those who are no longer called."""
    if meeting.reservation and is_kept(meeting):
        with connection.cursor() as cursor:
            cursor.execute("select release_left_out(%s)", [meeting.pk])


def label(common) -> str:
    """When it is, and in whose windows it lies."""
    where = [
        f"{one['name']}: {SlotForm(one['form']).label.lower()}{', ' + one['place'] if one['place'] else ''}"
        for one in common.windows
    ]
    when = swedish.span(common.starts_at, common.ends_at)
    return f"{when[:1].upper()}{when[1:]}. {'. '.join(where)}"


class PicksStandingTime(forms.Form):
    """A field with the first common times; one that is picked stands for day, beginning and end."""

    slot = forms.ChoiceField(
        label="Gemensamma stående tider",
        required=False,
        widget=forms.RadioSelect,
        help_text="Den du väljer tas för alla enheter som har den. Andra kan då inte ta den.",
        error_messages={"invalid_choice": "Tiden är inte ledig längre. Välj en annan tid."},
    )

    def offer_standing_times(self, case, by, guests) -> None:
        """Offer what the own unit and those with the duty have in common; without any the field is not shown."""
        duty = [guest.unit for guest in guests if guest.covered and guest.has_duty]
        unit_ids = [by.unit_id, *(unit.pk for unit in duty)]
        publishing = slots.publishing(case=case, unit_ids=unit_ids) if duty else set()
        self.common = slots.common(case=case, unit_ids=unit_ids) if publishing else []
        self.none_in_common = bool(publishing) and not self.common
        self.without_slots = [unit.name for unit in duty if unit.pk not in publishing]
        self.fields["slot"].choices = [*((one.key, label(one)) for one in self.common), OWN_TIME]
        if self.is_bound and self.data.get("slot"):
            for name in ("day", "starts", "ends"):
                self.fields[name].required = False

    def use_standing_time(self, data) -> bool:
        """Set the moment of a picked time; True when one was picked, right or wrong."""
        if not self.data.get("slot"):
            return False
        if data.get("slot"):
            data["starts_at"], data["ends_at"] = map(datetime.fromisoformat, data["slot"].split("/"))
            data["reservation"] = uuid.uuid4()
        return True
