"""The part of a story before the case: the ward's admission and its notice; and what the case does with them."""

from cases import numbers
from discharge import notices, process
from discharge.models import Admission, Notice, NoticeMessage


class Discharging:
    """Mixed into Walk: stories whose inpatient stay tells who got the admission notice."""

    def told_units(self) -> list[str]:
        ward = self.story["inpatient"]
        return (ward or {}).get("notice_to", [])

    def admit(self) -> None:
        """UTS-1: admitted, the notice sent the next morning, acknowledged by the receivers."""
        if not self.told_units():
            return
        self.send_notice()
        day = self.story["inpatient"]["admitted_offset"]
        for key in self.told_units():
            with self.step("", day + 1, at="13:05", unit=self.people.units[key]) as (_, by):
                for message in NoticeMessage.objects.select_related("receiver").filter(unit_id=by.unit_id):
                    if message.acknowledged_at is None:
                        notices.acknowledge(message=message, by=by)

    def send_notice(self) -> None:
        """Admitted, and the notice sent the next morning."""
        ward, person = self.story["inpatient"], self.story["person"]
        unit, day = self.people.units[ward["ward_unit"]], ward["admitted_offset"]
        with self.step("", day, at=ward["admitted_time"], unit=unit) as (_, by):
            admission = notices.admit(
                number=numbers.parse(person["number"]),
                given_name=person["given_name"],
                family_name=person["family_name"],
                address=person["address"],
                care_type="somatic",
                admitted_at=self.clock.moment(day, ward["admitted_time"]),
                by=by,
            )
        expected = self.clock.day(ward["expected_discharge_offset"])
        with self.step("", day + 1, at="09:40", unit=unit) as (_, by):
            found = Admission.objects.get(pk=admission.pk)
            units = [self.people.units[key] for key in self.told_units()]
            notices.send(admission=found, expected_on=expected, units=units, by=by)

    def plan_discharge(self) -> None:
        """UTS-2 to UTS-5: the open care's case goes on from the notice, and the ward tells that the person is ready."""
        if not self.told_units():
            return
        ward, given = self.story["inpatient"], self.story["consent"]
        with self.step(self.story["started_by"], given["offset"], at="13:40") as (case, by):
            notice = Notice.objects.select_related("sender_unit").get(number=case.person.number)
            discharge = process.open_case(notice=notice, by=by)
            contact = process.possible_contacts(by).order_by("pk").first()
            process.name_contact(discharge=discharge, assignment=contact, by=by)
            process.decide(discharge=discharge, both_needed=True, decision="home", by=by)
        unit = self.people.units[ward["ward_unit"]]
        with self.step("", ward["ready_offset"], at=ward["ready_time"], unit=unit) as (case, by):
            discharge = process.current(case)
            discharge.case = case
            process.ready(discharge=discharge, at=self.ready_at(), by=by)
