"""Walks one story from the day the need was found to where it stands today."""

import json
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connections

from cases import protection as protections
from cases import services as cases
from cases.models import Case
from consent import representatives
from consent import services as consent
from consent.givers import Giver
from consent.models import Answer
from consent.representatives import Details
from meetings import services as meetings
from meetings.models import Meeting
from organisations.scope import acting_for
from plans import endings
from sip.demo_cases.clock import Clock
from sip.demo_cases.data import DATA
from sip.demo_cases.discharging import Discharging
from sip.demo_cases.people import People
from sip.demo_cases.planning import Planning
from sip.demo_cases.preparing import Preparing

# Where those who are not in the room take part; nobody answers there.
LINKS = {
    "digital": "https://video.example/mote",
    "hybrid": "https://video.example/mote",
    "phone": "Gruppsamtal, 08-465 004 90",
}


def stories() -> list[dict]:
    """The four from the national handbook first, then the short ones."""
    long = json.loads((DATA / "demo_stories.json").read_text(encoding="utf-8"))["stories"]
    return long + json.loads((DATA / "demo_cases.json").read_text(encoding="utf-8"))["cases"]


def stays() -> list[dict]:
    """Inpatients whose notice nobody has opened yet: no case, and no consent asked for."""
    return json.loads((DATA / "demo_cases.json").read_text(encoding="utf-8"))["stays"]


class Walk(Preparing, Planning, Discharging):
    """One story on its way; each step is one scope of one person on one day."""

    def __init__(self, story: dict, people: People, clock: Clock):
        self.story, self.people, self.clock = story, people, clock
        self.case_id = None
        self.owner = people.units[story["owner_unit"]]

    @contextmanager
    def step(self, who: str, offset: int, *, at: str = "10:00", unit=None):
        """Give the case and the actor; steering steps are taken at the owner's unit."""
        by = self.people.actor(who, (unit or self.owner).pk)
        with self.clock.on(offset, at) as moment:
            with acting_for(by):
                yield (Case.objects.with_names().get(pk=self.case_id) if self.case_id else None), by
            self.clock.age(self.case_id, moment)

    def run(self) -> None:
        """All steps, in the order of their days."""
        self.admit()
        self.start()
        self.parties()
        self.prepare()
        if self.story["consent"]:
            self.represent()
            self.consent()
            self.plan_discharge()
        if self.story["meeting"] and self.has_access():
            self.write_preparation()
            self.call()
            self.after_call()
        if self.story["consent"]:
            self.change_consent()
        self.close()
        self.protect()
        self.end_consent()

    def has_access(self) -> bool:
        given = self.story["consent"]
        return bool(given) and given["share_answer"] == given["planning_answer"] == Answer.YES

    # Beginning

    def start(self) -> None:
        story, person, ward = self.story, self.story["person"], self.story["inpatient"]
        first = story["need_found_offset"]
        ready = self.ready_at() if ward and ward["ready_offset"] is not None and ward["ready_offset"] <= first else None
        with self.step(story["started_by"], first, at="08:30") as (_, by):
            case = cases.start(
                number=person["number"],
                id_kind=person["number_type"],
                given_name=person["given_name"],
                family_name=person["family_name"],
                phone=person["phone"] or "",
                address=person["address"] or "",
                language=person["language"] or "",
                interpreter=person["interpreter"],
                protection="none",
                reasons=story["reasons"],
                reason_note=story["reason_text"] or "",
                need_found_on=self.clock.day(first),
                inpatient=bool(ward),
                ward_unit=self.people.units[ward["ward_unit"]] if ward else None,
                discharge_ready_at=ready,
                asked_by="relative" if story["asked_by"] else "staff",
                by=by,
            )
            self.case_id = case.pk

    def ready_at(self) -> datetime:
        ward = self.story["inpatient"]
        return self.clock.moment(ward["ready_offset"], ward["ready_time"])

    def parties(self) -> None:
        story = self.story
        with self.step(story["started_by"], story["need_found_offset"], at="09:00") as (case, by):
            for party in story["parties"]:
                unit = self.people.units[party["unit"]]
                if unit.pk != case.owner_unit_id:
                    cases.add_party(case=case, unit=unit, obligation=party["obligation"], by=by)
            known = {outside["name"] for outside in story["relatives"]}
            guardians = [
                {
                    "kind": "guardian",
                    "name": g["name"],
                    "relation": "vårdnadshavare",
                    "phone": g["phone"],
                    "tell_by": "phone",
                }
                for g in (story["consent"] or {}).get("guardians", [])
                if g["name"] not in known
            ]
            for outside in [*story["relatives"], *story["outside_parties"], *guardians]:
                cases.add_outside_party(
                    case=case,
                    kind=outside["kind"],
                    name=outside["name"],
                    relation=outside["relation"] or "",
                    phone=outside["phone"] or "",
                    tell_by=outside["tell_by"],
                    by=by,
                )

    def prepare(self) -> None:
        story, ward = self.story, self.story["inpatient"]
        if ward and ward["ready_offset"] is not None and ward["ready_offset"] > story["need_found_offset"]:
            with self.step(story["started_by"], ward["ready_offset"], at=ward["ready_time"]) as (case, by):
                cases.discharge_ready(case=case, at=self.ready_at(), by=by)
        for found in sorted(story["preparations"], key=lambda entry: entry["offset"]):
            if story["consent"] and found["offset"] > story["consent"]["offset"]:
                continue
            self.note(found)

    def note(self, found: dict) -> None:
        with self.step(found["by"], found["offset"], at="13:00") as (case, by):
            other = self.people.units.get(found["with_unit"])
            if found["kind"] == "contact" and other:
                day = self.clock.day(found["offset"])
                cases.note_contact(case=case, whom=other.name, how="Telefon", on=day, about=found["text"], by=by)
            else:
                cases.note(case, kind="prepared", text="Förberedelse inför mötet", detail=found["text"], by=by)

    # Consent

    def consent(self) -> None:
        given = self.story["consent"]
        with self.step(given["recorded_by"], given["offset"], at="13:30") as (case, by):
            self.record(case, by, given, [self.people.units[key] for key in given["units"]])
        for found in self.story["preparations"]:
            if found["offset"] > given["offset"] and self.has_access():
                self.note(found)

    def end_consent(self) -> None:
        """Set the day when the consent ends last of all: with a day that has passed nobody else could act."""
        given = self.story["consent"]
        if given and given["valid_to_offset"] is not None:
            with connections["admin"].cursor() as cursor:
                cursor.execute(
                    "update consent_consent set valid_to = %s where case_id = %s and superseded_at is null",
                    [self.clock.day(given["valid_to_offset"]), self.case_id],
                )
                cursor.execute("select rebuild_access(%s)", [self.case_id])

    def record(self, case, by, given, units, *, excluded: str | None = None) -> None:
        answers = self.answers(case, given)
        trees = [self.people.units[key] for key in given["whole_tree_units"]]
        own = {party.unit_id for party in case.participations.active()}
        consent.record(
            case=case,
            form=given["form"],
            given_on=self.clock.day(given["offset"]),
            units=[unit for unit in units if unit.pk in own or unit.pk == case.owner_unit_id],
            trees=trees,
            informed_how=given["informed_how"] or "",
            excluded_note=given["excluded_note"] if excluded is None else excluded,
            child_view=given["child_view"] or "",
            reason="Personen vill inte ha en SIP nu."
            if Answer.NO in (given["share_answer"], given["planning_answer"])
            else "",
            by=by,
            **answers,
        )

    def answers(self, case, given) -> dict:
        """What the person said; for a child what each guardian has said, by those who are written in."""
        if not given["guardians"]:
            return {"share_answer": given["share_answer"], "planning_answer": given["planning_answer"]}
        rows = {row.name: row for row in representatives.guardians(case)}
        said = [
            Giver(g["name"], g["share_answer"], g["planning_answer"], representative=rows[g["name"]].pk)
            for g in given["guardians"]
            if g["offset"] is not None
        ]
        return {"guardians": said, "child_mature": False, "maturity_note": "Bedömt vid samtalet med barnet."}

    def represent(self) -> None:
        """A child's guardians are written in before anybody is asked; one that has a login can read."""
        given = self.story["consent"]
        if not given or not given["guardians"]:
            return
        numbers = {item["name"]: item["personnummer"] for _, item in self.people.citizens if item["is"] == "guardian"}
        with self.step(given["recorded_by"], given["offset"], at="11:00") as (case, by):
            for guardian in given["guardians"]:
                details = Details(
                    ground="guardian",
                    name=guardian["name"],
                    number=numbers.get(guardian["name"], ""),
                    phone=guardian["phone"] or "",
                    evidence="Utdrag ur folkbokföringen",
                    evidence_on=self.clock.day(given["offset"]),
                    from_on=self.clock.day(given["offset"]) - timedelta(days=900),
                )
                representatives.add(case=case, details=details, by=by)

    def change_consent(self) -> None:
        given = self.story["consent"]
        for change in given["changes"]:
            with self.step(change["recorded_by"], change["offset"], at="14:00") as (case, by):
                if change["kind"] == "withdrawn":
                    consent.withdraw(case=case, form=change["form"], by=by)
                    continue
                kept = [key for key in given["units"] if key not in change["exempted_units"]]
                units = [self.people.units[key] for key in kept]
                later = {**given, "offset": change["offset"], "form": change["form"]}
                self.record(case, by, later, units, excluded=change["excluded_note"])

    # Meeting

    def call(self) -> None:
        plan = self.story["meeting"]
        with self.step(plan["called_by"], plan["called_offset"], at="10:20") as (case, by):
            called = {answer["unit"] for answer in plan["answers"]} | {party["unit"] for party in self.story["parties"]}
            units = [self.people.units[key] for key in sorted(called)]
            covered = {party.unit_id for party in case.participations.active()} & cases.units_with_access(case)
            outside = [
                party
                for party in case.outside_parties.filter(removed_at=None)
                if any(r["name"] == party.name and r.get("takes_part") for r in self.story["relatives"])
                or party.kind == "guardian"
            ]
            meetings.call(
                case=case,
                units=[unit for unit in units if unit.pk in covered],
                outside=outside,
                starts_at=self.clock.moment_of(plan["offset"], plan["start"]),
                ends_at=self.clock.moment_of(plan["offset"], plan["end"]),
                form=plan["form"],
                place=plan["place"] or "",
                link=LINKS.get(plan["form"], ""),
                agenda=plan["agenda"],
                professions=(plan["professions"] or "")[:300],
                connection_help=plan["connection_help"] or "",
                chair=self.people.staff[plan["chair"]],
                writer=self.people.staff[plan["writer"]],
                by=by,
            )
        for answer in plan["answers"]:
            self.answer(answer)

    def answer(self, answer: dict) -> None:
        unit = self.people.units[answer["unit"]]
        if unit.pk == self.owner.pk:
            return
        with self.step(answer["staff"], answer["offset"], at="09:10", unit=unit) as (case, by):
            meeting = Meeting.objects.filter(case=case, state="called").first()
            invitation = meeting.invitations.select_related("meeting", "unit").filter(unit=unit).first()
            if invitation:
                meetings.opened(case=case, by=by)
                meetings.answer(
                    case=case,
                    invitation=invitation,
                    answer=answer["answer"],
                    attendee_name=answer["attendee_name"] or "",
                    attendee_title=answer["attendee_title"] or "",
                    by=by,
                )

    def hold(self, who: str, offset: int, end: str, present: list[dict], others: list[str], *, unit=None) -> int:
        """Record who came to the meeting that is called; its id."""
        person = self.story["person"]
        name = f"{person['given_name']} {person['family_name']}"
        with self.step(who, offset, at=end, unit=unit) as (case, by):
            meeting = Meeting.objects.get(case=case, state="called")
            units = {self.people.units[entry["unit"]].pk for entry in present}
            came, told = [], set()
            for invitation in meeting.invitations.select_related("outside_party"):
                outside = invitation.outside_party.name if invitation.outside_party_id else ""
                if invitation.unit_id in units or outside in others:
                    came.append(invitation.pk)
                    told.add(outside or invitation.attendee_name)
            staff = {self.people.staff[entry["staff"]].name for entry in present if entry["staff"]}
            besides = sorted((staff | set(others)) - told - {name, meeting.chair.name, meeting.writer.name})
            meetings.hold(case=case, meeting=meeting, came=came, person_came=name in others, others=besides, by=by)
            return meeting.pk

    # End

    def close(self) -> None:
        end = self.story["close"]
        if not end or end["reason"] == "withdrawn":
            return
        with self.step(end["closed_by"], end["offset"], at="15:00") as (case, by):
            if case.is_open:
                endings.close(case=case, reason=end["reason"], note=end["text"], other_plan=end["other_plan"], by=by)

    def protect(self) -> None:
        protection = self.story["person"]["protection"]
        if protection != "none":
            with self.step(self.story["started_by"], 0) as (case, by):
                protections.change(case=case, protection=protection, reason="Aviserat från folkbokföringen", by=by)
