"""The part of a story from the meeting on: attendance, plan, approval, copies, follow-ups."""

from datetime import time

from cases import services as cases
from cases.models import Case
from meetings import services as meetings
from plans import approval, documents, followups, own_parts, removed, services
from plans.models import Measure, Plan

HELD = {"met", "planned", "following_up", "closed"}
TEXTS = {
    "what_matters": "what_matters",
    "strengths": "strengths",
    "long_term_goal": "long_term_goal",
    "own_measures": "own_measures",
    "relatives_do": "relatives_measures",
    "others_do": "others_measures",
    "own_opinion": "person_opinion",
    "disagreement": "disagreement",
    "copies_to": "copies_to",
}
CRISIS = {"signs": "crisis_signs", "self_help": "crisis_self", "call_first": "crisis_call", "we_do": "crisis_we_do"}


class Planning:
    """Mixed into Walk: uses its story, people, clock and steps."""

    def after_call(self) -> None:
        story = self.story
        called = story["meeting"]
        self.go_home(before=called["offset"])
        if story["state"] not in HELD or called["offset"] > 0:
            return
        self.hold(called["writer"], called["offset"], called["end"], called["present"], called["present_others"])
        if not story["plan"]:
            return
        told = story["plan"]
        self.keys: dict[str, int] = {}
        with self.step(called["writer"], called["offset"], at="15:30") as (case, by):
            plan = services.start_draft(case=case, by=by)
            self.write(plan, told, by)
            self.write_goals(plan, told["goals"], by)
        if told.get("approved_offset") is None or story["state"] == "met":
            return
        self.approve(told, told["approved_by"], told["approved_offset"])
        for copy in story["handed_out"]:
            self.hand_out(copy)
        for found in story["follow_ups"]:
            self.follow_up(found)

    def go_home(self, *, before: int) -> None:
        """The person leaves hospital, if that is told to have happened by then."""
        ward = self.story["inpatient"]
        home = ward["discharged_offset"] if ward else None
        if home is None or home > min(0, before):
            return
        with self.step(self.story["started_by"], home, at="14:00") as (case, by):
            cases.edit(case=case, inpatient=False, by=by)

    def write(self, plan: Plan, told: dict, by) -> None:
        """Save what the story tells of the plan's blocks; what it leaves out stays."""
        values = {column: told[key] or "" for key, column in TEXTS.items() if key in told}
        if "situation" in told or "needs" in told:
            values["situation"] = "\n\n".join(t for t in (told.get("situation"), told.get("needs")) if t)
        if "others_nobody" in told:
            values["others_nobody"] = told["others_nobody"]
        values |= {column: told["crisis"][key] or "" for key, column in CRISIS.items() if told.get("crisis")}
        values |= (told.get("crisis") or {}).get("levels", {})
        if told.get("lead_staff"):
            values["lead_staff_id"] = self.people.staff[told["lead_staff"]].pk
            values["lead_unit_id"] = self.people.units[told["lead_unit"]].pk
            values["lead_authority_id"] = self.people.authorities[told["lead_authority"]].pk
        if told.get("follow_up"):
            values |= self.next_date(told["follow_up"])
        plan = Plan.objects.get(pk=plan.pk)
        services.save_block(plan=plan, values=values, revision=plan.revision, by=by)

    def next_date(self, agreed: dict) -> dict:
        caller = self.people.staff.get(agreed["called_by"])
        return {
            "follow_up_on": self.clock.day(agreed["offset"]),
            "follow_up_time": time.fromisoformat(agreed["time"]) if agreed["time"] else None,
            "follow_up_place": agreed["place"] or "",
            "follow_up_caller": caller.name if caller else "",
        }

    def measure_values(self, told: dict) -> dict:
        """What one measure of the story is in the plan; `unit_id` only where a unit does it."""
        return {
            "text": told["text"],
            "doer": told["doer"],
            "unit_id": self.people.units[told["unit"]].pk if told["unit"] else None,
            "doer_name": told["actor_name"] or "",
            "starts_on": self.day_or_none(told["starts_offset"]),
            "ends_on": None if told["ongoing"] else self.day_or_none(told["ends_offset"]),
            "ongoing": bool(told["ongoing"]),
            "frequency": told["frequency"] or "",
            "place": told["place"] or "",
        }

    def day_or_none(self, offset):
        return None if offset is None else self.clock.day(offset)

    def write_goals(self, plan: Plan, goals: list[dict], by) -> None:
        for told in goals:
            goal = services.add_goal(
                plan=plan,
                text=told["text"],
                how_noticed=told["how_noticed"] or "",
                horizon=told.get("horizon") or "short",
                by=by,
            )
            for measure in told["measures"]:
                made = services.add_measure(goal=goal, by=by, **self.measure_values(measure))
                self.keys[measure["key"]] = made.pk

    def say_yes(self, offset: int) -> None:
        """Every unit confirms what the writer of the plan proposed that it does (PLA-4)."""
        waiting = Measure.objects.using("admin").filter(case_id=self.case_id, goal__plan__state="draft", doer="unit")
        asked = set(waiting.filter(state="proposed").values_list("unit_id", flat=True))
        for unit in sorted((u for u in self.people.units.values() if u.pk in asked), key=lambda u: u.pk):
            with self.step("", offset, at="15:50", unit=unit) as (case, by):
                found = own_parts.waiting_for(unit.pk, services.draft_of(case)).select_related("goal__plan")
                for measure in found:
                    own_parts.confirm(measure=measure, revision=measure.revision, by=by)

    def approve(self, told: dict, who: str, offset: int) -> None:
        self.say_yes(offset)
        unit = self.ward_of(who) or self.steering_unit(who)
        with self.step(who, offset, at="16:00", unit=unit) as (case, by):
            plan = services.draft_of(case)
            approval.approve(
                plan=plan,
                agreed_how=told.get("agreed_how") or "Personen sa ja på mötet.",
                revision=plan.revision,
                by=by,
            )

    def ward_of(self, who: str):
        """The ward where that person works and the story's person lies, where the agreement lets the ward approve."""
        inpatient = self.story["inpatient"]
        ward = self.people.units[inpatient["ward_unit"]] if inpatient else None
        works_there = ward and (self.people.staff[who].pk, ward.pk) in self.people.handlers
        return ward if works_there and self.story["guideline"] == "kalmar" else None

    def steering_unit(self, who: str):
        """The unit of that person that owns or leads the case now, else the owner's."""
        with self.clock.on(0):
            person = self.people.staff[who]
            owner, lead = self.now_steering()
            mine = {unit_id for staff_id, unit_id in self.people.handlers if staff_id == person.pk}
            chosen = next((pk for pk in (owner, lead) if pk in mine), owner)
            return next(unit for unit in self.people.units.values() if unit.pk == chosen)

    def now_steering(self) -> tuple[int, int | None]:
        return Case.objects.using("admin").values_list("owner_unit_id", "lead_unit_id").get(pk=self.case_id)

    def hand_out(self, copy: dict) -> None:
        unit = self.steering_unit(self.story["plan"]["lead_staff"])
        with self.step(self.story["plan"]["lead_staff"], copy["offset"], at="16:20", unit=unit) as (case, by):
            plan = services.in_force(case)
            documents.hand_out(
                plan=plan, recipient=copy["to"], how=copy["how"], given_on=self.clock.day(copy["offset"]), by=by
            )

    def follow_up(self, told: dict) -> None:
        """A follow-up meeting if the story called one, the follow-up itself, and the next version if it was revised."""
        who = told["called_by"]
        unit = self.steering_unit(who)
        meeting = self.follow_up_meeting(told, who, unit) if self.others_met(told, unit) else None
        with self.step(who, told["offset"], at="16:00", unit=unit) as (case, by):
            followups.follow_up(
                case=case,
                held_on=self.clock.day(told["offset"]),
                how_it_went=told["how_it_went"],
                helped=told["helped"] or "",
                hindered=told["hindered"] or "",
                effect=" ".join(text for text in (told.get("measures_done"), told["effect"]) if text),
                new_circumstances=told["new_circumstances"] or "",
                coordination_needed=told["coordination_needed"],
                outcome=told["outcome"],
                next_on=self.day_or_none(told.get("next_on_offset")),
                statuses={
                    self.keys[found["measure"]]: (found["status"], found["note"] or "")
                    for found in told["measure_statuses"]
                    if found["measure"] in self.keys
                },
                meeting_id=meeting,
                by=by,
            )
        if told.get("next_version"):
            self.next_version(told, who, unit)

    def others_met(self, told: dict, unit) -> bool:
        """Somebody besides huvudansvarig and the person took part, so that a meeting was called."""
        names = {outside["name"] for outside in [*self.story["relatives"], *self.story["outside_parties"]]}
        units = {self.people.units[entry["unit"]].pk for entry in told.get("present") or []}
        return bool(units - {unit.pk} or names & set(told.get("present_others") or []))

    def follow_up_meeting(self, told: dict, who: str, unit) -> int:
        first = self.story["meeting"]
        start = told.get("time") or "10:00"
        end = f"{int(start[:2]) + 1:02d}{start[2:]}"
        with self.step(who, told.get("called_offset", told["offset"] - 7), at="11:00", unit=unit) as (case, by):
            present = {self.people.units[entry["unit"]] for entry in told["present"]}
            outside = [p for p in case.outside_parties.filter(removed_at=None) if p.name in told["present_others"]]
            covered = {access for access in self.covered(case) if access != by.unit_id}
            meetings.call(
                case=case,
                units=sorted((u for u in present if u.pk in covered), key=lambda u: u.pk),
                outside=outside,
                starts_at=self.clock.moment_of(told["offset"], start),
                ends_at=self.clock.moment_of(told["offset"], end),
                form="physical",
                place=told.get("place") or first["place"] or "Hemma hos dig",
                agenda="Vi går igenom hur det har gått med planen och vad som ska hända nu.",
                chair=self.people.staff[who],
                writer=self.people.staff[who],
                by=by,
            )
        return self.hold(who, told["offset"], end, told["present"], told["present_others"], unit=unit)

    def covered(self, case) -> set[int]:
        return {party.unit_id for party in case.participations.active()} | {case.owner_unit_id}

    def next_version(self, told: dict, who: str, unit) -> None:
        """Turn the carried draft into the story's next version: same keys go on, others come or go."""
        later = told["next_version"]
        with self.step(who, later["approved_offset"], at="16:10", unit=unit) as (case, by):
            draft = services.draft_of(case)
            self.write(draft, later, by)
            carried = {
                m.carried_from_id: m for m in Measure.objects.filter(goal__plan=draft).select_related("goal__plan")
            }
            old_goals = {goal.text: goal for goal in draft.goals.all()}
            kept_goals, kept, keys = set(), set(), {}
            for wanted in later["goals"]:
                goal = old_goals.get(wanted["text"])
                if goal is None:
                    goal = services.add_goal(
                        plan=draft, text=wanted["text"], how_noticed=wanted["how_noticed"] or "", by=by
                    )
                kept_goals.add(goal.pk)
                for measure in wanted["measures"]:
                    found = carried.get(self.keys.get(measure["key"]))
                    if found is None or found.goal_id != goal.pk:
                        found = services.add_measure(goal=goal, by=by, **self.measure_values(measure))
                    kept.add(found.pk)
                    keys[measure["key"]] = found.pk
            for measure in carried.values():
                if measure.pk not in kept:
                    removed.delete_measure(measure=measure, by=by)
            for goal in old_goals.values():
                if goal.pk not in kept_goals:
                    goal.plan = draft
                    removed.delete_goal(goal=goal, by=by)
            self.keys |= keys
        self.approve(later, later["approved_by"], later["approved_offset"])
