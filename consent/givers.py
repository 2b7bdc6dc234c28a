"""Whose answers make a consent, and how they are put together (SAM-6, FB 6:13).

An adult answers, or a representative whose ground allows it. For a child every guardian answers, each by itself and
on a day of its own, and the child too when it is mature enough; what the others said before stays as it was.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from consent import ages, coverage, representatives
from consent.models import WAITING, Answer, ConsentGiver, GiverAnswer, GiverKind, Representative, Waiver
from organisations.errors import RuleBroken

ANSWERED = {GiverAnswer.YES, GiverAnswer.NO, GiverAnswer.UNAVAILABLE, GiverAnswer.WAIVED}


@dataclass(frozen=True)
class Giver:
    """One who answers: the person, or a representative by id."""

    name: str
    share_answer: str
    planning_answer: str
    kind: str = GiverKind.GUARDIAN
    representative: int | None = None
    answered_on: date | None = None
    form: str = ""
    waiver: str = ""
    waiver_reason: str = ""
    decided_on: date | None = None
    decided_scope: str = ""

    @property
    def is_missing(self) -> bool:
        return GiverAnswer.MISSING in (self.share_answer, self.planning_answer)

    def as_json(self) -> dict:
        days = {name: day.isoformat() for name in ("answered_on", "decided_on") if (day := getattr(self, name))}
        return asdict(self) | {"answered_on": None, "decided_on": None} | days


def together(answers) -> str:
    """One answer of several: a single no is a no; all yes, but for those that are not needed, are a yes (FB 6:13)."""
    given = set(answers)
    if Answer.NO in given:
        return Answer.NO
    if given - {GiverAnswer.WAIVED} == {Answer.YES}:
        return Answer.YES
    return WAITING if GiverAnswer.MISSING in given else Answer.UNAVAILABLE


def waived(representative, *, waiver: str, reason: str, decided_on=None, decided_scope: str = "") -> Giver:
    """A guardian whose answer is not needed, for a stated reason."""
    return Giver(
        representative.name, GiverAnswer.WAIVED, GiverAnswer.WAIVED, representative=representative.pk, waiver=waiver,
        waiver_reason=reason, decided_on=decided_on, decided_scope=decided_scope,
    )  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What was written in now: the person's own answers, those of the guardians, or a representative's."""

    share_answer: str = ""
    planning_answer: str = ""
    guardians: tuple = ()
    answered_by: int | None = None
    person_agrees: bool = False


def gather(case, *, before, answer, said: Said, minor: bool) -> list[Giver]:
    """Everybody whose answer counts, with what each has said now or before. Raises RuleBroken."""
    if not minor:
        return of_adult(case, said=said, on=answer.given_on, form=answer.form)
    if not answer.child_view:
        raise RuleBroken("Fråga barnet och skriv vad barnet tycker.", field="child_view")
    if answer.child_mature is None or not answer.maturity_note:
        raise RuleBroken("Skriv om barnet är moget att svara självt, och hur ni bedömde det.", field="maturity_note")
    told = {"answered_on": answer.given_on, "form": answer.form}
    child = None
    if answer.child_mature and said.share_answer and said.planning_answer:
        child = Giver(case.full_name, said.share_answer, said.planning_answer, GiverKind.PERSON, **told)
    now = [replace(g, **told) if g.share_answer != GiverAnswer.WAIVED else g for g in said.guardians]
    found = of_child(case, before=before, now=now, child=child, mature=answer.child_mature)
    check_waivers(found)
    if all(giver.is_missing for giver in found):
        raise RuleBroken("Skriv in minst ett svar.")
    return found


def of_adult(case, *, said: Said, on: date, form: str) -> list[Giver]:
    """The person, or one who may answer for the person that day. Raises RuleBroken."""
    answers = (said.share_answer, said.planning_answer)
    if not set(answers) <= set(Answer.values):
        raise RuleBroken("Båda frågorna behöver ett svar.", field="share_answer")
    told = {"answered_on": on, "form": form}
    person = Giver(case.full_name, *answers, GiverKind.PERSON, **told)
    if said.answered_by is None:
        return [person]
    found = {row.pk: row for row in representatives.who_may_answer(case, on)}.get(said.answered_by)
    if found is None:
        raise RuleBroken("Den företrädaren får inte svara för personen den dagen.", field="answered_by")
    own = Giver(found.name, *answers, GiverKind.REPRESENTATIVE, found.pk, **told)
    if representatives.RIGHTS[found.ground].answers == representatives.ALONE:
        return [own]
    if Answer.YES in answers and not said.person_agrees:
        raise RuleBroken(
            "En god man får säga ja bara tillsammans med personen. Fråga personen själv först.", field="person_agrees"
        )
    return [person, own]


def of_child(case, *, before, now: list[Giver], child: Giver | None, mature: bool) -> list[Giver]:
    """Everybody whose answer is needed: what was said now, else what was said before, else missing."""
    needed = representatives.guardians(case)
    if not needed:
        raise RuleBroken("Personen är under 18 år. Skriv först in vårdnadshavarna under Vem får svara.")
    said = {giver.representative: giver for giver in now}
    if any(not {g.share_answer, g.planning_answer} <= ANSWERED for g in now):
        raise RuleBroken("Båda frågorna behöver ett svar från var och en.", field="share_answer")
    if unknown := set(said) - {row.pk for row in needed}:
        raise RuleBroken(f"{said[unknown.pop()].name} är inte inskriven som vårdnadshavare under Vem får svara.")
    kept = earlier(before)
    rows = [
        said.get(row.pk) or kept.get(row.line) or Giver(row.name, *[GiverAnswer.MISSING] * 2, representative=row.pk)
        for row in needed
    ]
    if not mature:
        return rows
    own = child or kept.get(None) or Giver(case.full_name, *[GiverAnswer.MISSING] * 2, GiverKind.PERSON)
    return [own, *rows]


def earlier(before) -> dict:
    """What each said in the consent that stands or waits, by the line of the representative; None is the child."""
    if before is None or before.withdrawn_at or before.is_lapsed or Answer.NO in (
        before.share_answer, before.planning_answer,
    ):  # fmt: skip
        return {}
    kept = {}
    for row in ConsentGiver.objects.filter(consent=before).select_related("representative"):
        if row.state in ANSWERED:
            kept[row.representative.line if row.representative_id else None] = Giver(
                row.name, row.share_answer, row.planning_answer, row.kind, row.representative_id, row.answered_on,
                row.form, row.waiver, row.waiver_reason, row.decided_on, row.decided_scope,
            )  # fmt: skip
    return kept


def check_waivers(givers: list[Giver]) -> None:
    """Who need not answer, and why; somebody must have said yes. Raises RuleBroken."""
    for giver in givers:
        if giver.share_answer != GiverAnswer.WAIVED:
            continue
        if giver.waiver not in Waiver.values or not giver.waiver_reason:
            raise RuleBroken(f"Skriv varför svaret från {giver.name} inte behövs.")
        if giver.waiver == Waiver.BOARD and not (giver.decided_on and giver.decided_scope):
            raise RuleBroken(
                "Skriv dag för socialnämndens beslut och vad det gäller. En SIP ingår inte i FB 6 kap. 13 a § i sig."
            )
    if all(giver.share_answer == GiverAnswer.WAIVED for giver in givers):
        raise RuleBroken("Någon måste ha svarat. Alla svar kan inte vara undantagna.")


def check_not_wider(before, said, who, *, answer, units, trees, exempted) -> None:
    """An answer that somebody gave before does not cover more than it did then. Raises RuleBroken."""
    fresh = {giver.representative for giver in said.guardians}
    kept = [g.name for g in who if not g.is_missing and g.representative is not None and g.representative not in fresh]
    if not kept or before is None:
        return
    had, will = coverage.reach(before), coverage.covered_masks(units, trees, exempted)
    adult = ages.day_of(before.case.person.number, ages.ADULT) or date.max
    longer = before.valid_to is not None and min(answer.valid_to or date.max, adult - timedelta(1)) > before.valid_to
    own = before.case.owner_unit_id
    opened = any(unit not in had or had[unit] & ~mask for unit, mask in will.items() if unit != own)
    if opened or longer or (answer.may_tell_other_sip and not before.may_tell_other_sip):
        raise RuleBroken(
            f"Samtycket omfattar nu mer än när {' och '.join(kept)} svarade. Fråga igen och skriv in svaret från alla."
        )


def who_said_no(before, who):
    """The row of the one who now says no, in the consent that stood."""
    if before is None:
        return None
    no = next(giver for giver in who if Answer.NO in (giver.share_answer, giver.planning_answer))
    line = Representative.objects.filter(pk=no.representative).values_list("line", flat=True).first()
    return ConsentGiver.objects.filter(consent=before, representative__line=line).first()


def not_asked(case, consent) -> list[str]:
    """Guardians who were recorded after the answer that stands, and are not part of it."""
    if not coverage.stands(consent):
        return []
    part = {giver.representative.line for giver in consent.givers.all() if giver.representative_id}
    return [row.name for row in representatives.guardians(case) if row.line not in part]
