"""Discharges made by walking the services, from the ward's admission to where a test needs it."""

from datetime import timedelta

from django.utils import timezone

from cases import numbers
from cases.models import Case
from discharge import notices, process
from discharge.models import Admission, Discharge, Notice, NoticeReceiver
from tests import build

WARD, OPEN_CARE, KOMMUN, RECEPTION = "ulla.dalarna", "hanna.dalarna", "amira.falun", "bo.falun"
NUMBER = "194201077098"


def admit(cast, *, who=WARD, number=NUMBER, hours_ago=2, **values) -> Admission:
    """An inpatient, admitted `hours_ago`."""
    told = {
        "given_name": "Zebulina", "family_name": "Hemlighetsson", "address": "Provgatan 4 B, 791 30 Falun",
        "care_type": "somatic", "admitted_at": timezone.now() - timedelta(hours=hours_ago),
    }  # fmt: skip
    with cast.acting(who):
        return notices.admit(number=numbers.parse(number), by=cast.actor(who), **(told | values))


def again(cast, admission, who=WARD) -> Admission:
    with cast.acting(who):
        return Admission.objects.get(pk=admission.pk)


def noticed(cast, admission=None, *, who=WARD, to=(OPEN_CARE, KOMMUN), days=3, **values) -> Notice:
    """The admission notice has gone to the units of those named."""
    admission = admission or admit(cast, who=who)
    with cast.acting(who):
        found = Admission.objects.get(pk=admission.pk)
        units = [cast.unit(name) for name in to]
        day = build.today() + timedelta(days=days)
        return notices.send(admission=found, expected_on=day, units=units, by=cast.actor(who), **values)


def receiver(cast, notice, who, *, by=WARD) -> NoticeReceiver:
    with cast.acting(by):
        return NoticeReceiver.objects.select_related("notice", "unit").get(
            notice=notice, unit=cast.unit(who), recalled_at=None
        )


def opened(cast, notice=None, *, who=OPEN_CARE) -> Discharge:
    """A case opened from the notice; nobody else sees it yet."""
    notice = notice or noticed(cast)
    with cast.acting(who):
        return process.open_case(notice=Notice.objects.get(pk=notice.pk), by=cast.actor(who))


def planned(cast, notice=None, *, who=OPEN_CARE, others=(WARD, KOMMUN)) -> Discharge:
    """The same with a consent that covers the others, who take part."""
    made = opened(cast, notice, who=who)
    with cast.acting(who):
        have = set(Case.objects.get(pk=made.case_id).participations.active().values_list("unit_id", flat=True))
    for name in others:
        if cast.unit(name).pk not in have:
            build.party(cast, made.case, who=name, by=who)
    build.consent(cast, made.case, who=who, units=others)
    return of(cast, made, who=who)


def of(cast, discharge, *, who) -> Discharge:
    with cast.acting(who):
        found = Discharge.objects.select_related("ward_unit__acts_for").get(pk=discharge.pk)
        found.case = Case.objects.with_names().select_related("guideline", "ward_unit").get(pk=found.case_id)
        return found


def act(cast, discharge, verb, *, who, **values):
    """Run one service on the discharge as `who` sees it."""
    with cast.acting(who):
        found = Discharge.objects.select_related("ward_unit").get(pk=discharge.pk)
        found.case = Case.objects.with_names().select_related("guideline", "ward_unit").get(pk=found.case_id)
        return verb(discharge=found, by=cast.actor(who), **values)


def named(cast, discharge, *, who=OPEN_CARE, staff=None, **values):
    return act(cast, discharge, process.name_contact, who=who, assignment=cast.assignment(staff or who), **values)


def ready(cast, discharge, *, who=WARD, at=None):
    return act(cast, discharge, process.ready, who=who, at=at or timezone.now())


def decided(cast, discharge, *, who=OPEN_CARE, decision="home", both_needed=True, **values):
    return act(cast, discharge, process.decide, who=who, decision=decision, both_needed=both_needed, **values)


def home(cast, discharge, *, who=WARD, transferred=True):
    return act(cast, discharge, process.home, who=who, at=timezone.now(), transferred=transferred)
