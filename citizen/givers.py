"""Who may answer and who has, told to the person or to a guardian; a guardian is ”du” (SAM-6, MED-1)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import PersonAccess
from citizen.door import is_guardian
from consent.models import ConsentGiver, GiverAnswer, GiverKind, Ground, Representative, RepresentativeContact

# The order says which of two different answers is told; the two forms are for ”du” and for others.
SAID = {
    GiverAnswer.NO: gettext_lazy("har sagt nej"),
    GiverAnswer.MISSING: gettext_lazy("har inte svarat än"),
    GiverAnswer.UNAVAILABLE: gettext_lazy("har inte gått att nå"),
    GiverAnswer.WAIVED: gettext_lazy("behöver inte svara"),
    GiverAnswer.YES: gettext_lazy("har sagt ja"),
}


@dataclass(frozen=True)
class Told:
    """One line of the page: who, and what that one has said."""

    who: str
    said: str
    answered_on: object
    missing: bool
    own: bool


def own_line(case):
    """Which of the case's representatives the reader is; None for the person."""
    return PersonAccess.objects.filter(case=case).values_list("representative", flat=True).first()


def told_of(case) -> dict[int, list[Told]]:
    """For each answer about consent what everybody has said."""
    line, found = own_line(case), {}
    rows = ConsentGiver.objects.filter(case=case).order_by("pk").values(
        "consent_id", "kind", "name", "share_answer", "planning_answer", "answered_on", "revoked_at",
        "representative__line",
    )  # fmt: skip
    for row in rows:
        own = row["representative__line"] == line if is_guardian(case) else row["kind"] == GiverKind.PERSON
        state = next(answer for answer in SAID if answer in (row["share_answer"], row["planning_answer"]))
        said = _("har tagit tillbaka sitt ja") if row["revoked_at"] else str(SAID[state])
        who = _("Du") if own else name_of(case, row["kind"], row["name"])
        missing = state == GiverAnswer.MISSING
        found.setdefault(row["consent_id"], []).append(Told(who, said, row["answered_on"], missing, own))
    return found


def name_of(case, kind: str, name: str) -> str:
    """A name, unless it is protected; a child is named by what it is to the reader."""
    if kind == GiverKind.PERSON:
        return _("Ditt barn")
    if case.is_protected:
        return _("En annan vårdnadshavare") if kind == GiverKind.GUARDIAN else _("Den som får svara för dig")
    return name


def who_may_answer(case) -> list[dict]:
    """Those who may answer for the person, with a telephone number where the database shows one."""
    line = own_line(case)
    phones = dict(RepresentativeContact.objects.filter(case=case).values_list("representative_id", "phone"))
    rows = Representative.objects.filter(case=case, ended_at=None).order_by("pk").values("id", "line", "ground", "name")
    return [
        {
            "who": _("Du") if row["line"] == line else name_of(case, row["ground"], row["name"]),
            "ground": Ground(row["ground"]).label,
            "phone": "" if case.is_protected or row["line"] == line else phones.get(row["id"], ""),
        }
        for row in rows
    ]
