"""Who may answer for the person, by which ground, and what each ground may (SAM-6); a change is a new row (SAM-8)."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from audit import log
from cases import services as cases
from cases.numbers import is_minor
from consent.models import Ground, Representative, RepresentativeContact
from organisations.errors import ALREADY, Conflict, RuleBroken

GUARDIAN, ALONE, WITH_PERSON, NEVER = "guardian", "alone", "with_person", "never"


@dataclass(frozen=True)
class Right:
    """What a ground gives: whose answer counts how, what must be known about it, and what the page says."""

    answers: str
    says: str
    scope: bool = False
    understands: bool = False
    in_force: bool = False


RIGHTS = {
    Ground.GUARDIAN: Right(GUARDIAN, "Svarar för barnet. Finns det två svarar båda, var och en för sig."),
    Ground.FORVALTARE: Right(ALONE, "Får svara i det som uppdraget omfattar.", scope=True),
    Ground.GOD_MAN: Right(WITH_PERSON, "Får svara bara tillsammans med personens eget ja.", scope=True),
    Ground.FUTURE_POWER: Right(
        ALONE, "Får svara sedan fullmakten har trätt i kraft, men inte om själva vården.", scope=True, in_force=True
    ),
    Ground.POWER: Right(ALONE, "Får svara bara så länge personen själv förstår det.", scope=True, understands=True),
    Ground.OMBUD: Right(
        NEVER, "Är med och för personens talan om personen vill, men svarar aldrig i personens ställe."
    ),
}


@dataclass(frozen=True)
class Details:
    """What is known about a representative; `number` is canonical or empty."""

    ground: str
    name: str
    evidence: str
    evidence_on: date
    from_on: date
    number: str = ""
    relation: str = ""
    phone: str = ""
    address: str = ""
    scope: str = ""
    understands_note: str = ""
    understands_on: date | None = None
    to_on: date | None = None
    contact_hidden: bool = False
    no_sharing: str = ""


CONTACT = ("number", "phone", "address", "no_sharing")
OWN = (
    "ground", "name", "evidence", "evidence_on", "from_on", "relation", "scope", "understands_note", "understands_on",
    "to_on", "contact_hidden",
)  # fmt: skip


def current(case) -> list[Representative]:
    """All that are recorded and not ended, guardians first, each with contact."""
    found = Representative.objects.filter(case=case, ended_at=None).select_related("contact", "evidence_by__staff")
    return sorted(found, key=lambda row: (list(RIGHTS).index(row.ground), row.recorded_at, row.pk))


def guardians(case) -> list[Representative]:
    """Those whose answer a child's consent needs today (FB 6:11, 6:13)."""
    today = timezone.localdate()
    return [row for row in current(case) if row.ground == Ground.GUARDIAN and row.holds_on(today)]


def who_may_answer(case, day) -> list[Representative]:
    """Those who may answer for an adult that day, alone or together with the person."""
    return [row for row in current(case) if RIGHTS[row.ground].answers in (ALONE, WITH_PERSON) and row.holds_on(day)]


def shown_nothing(case) -> set[str]:
    """The names, in small letters, of those who get no letter and no call."""
    rows = RepresentativeContact.objects.filter(case=case, representative__ended_at=None).exclude(no_sharing="")
    return {name.casefold() for name in rows.values_list("representative__name", flat=True)}


def check_may_be_told(case, names) -> None:
    """Refuse to send something to somebody who is shown nothing. Raises RuleBroken."""
    closed = shown_nothing(case)
    for name in names:
        if name.casefold() in closed:
            raise RuleBroken(f"{name} ska inte få veta något om den här SIP:en. Se Vem får svara.")


def check(case, details: Details, *, line=None) -> None:
    """What must hold of a representative. Raises RuleBroken with the sentence to show."""
    today, right = timezone.localdate(), RIGHTS[details.ground]
    minor = is_minor(case.person.number, today)
    if details.ground == Ground.GUARDIAN and not minor:
        raise RuleBroken("Personen är vuxen och har ingen vårdnadshavare.", field="ground")
    if minor and right.answers in (ALONE, WITH_PERSON):
        raise RuleBroken(
            "För ett barn svarar vårdnadshavarna. En god man i deras ställe skrivs in som vårdnadshavare.",
            field="ground",
        )
    if not details.name or not details.evidence:
        raise RuleBroken("Skriv namnet och vilket underlag ni har sett.", field="evidence")
    if details.evidence_on > today:
        raise RuleBroken("Underlaget kan inte vara sett framåt i tiden.", field="evidence_on")
    if details.to_on and details.to_on < details.from_on:
        raise RuleBroken("Slutdagen ligger före den första dagen.", field="to_on")
    if right.scope and not details.scope:
        raise RuleBroken("Skriv vad uppdraget eller fullmakten omfattar.", field="scope")
    if right.in_force and details.from_on > today:
        raise RuleBroken(
            "Skriv dagen då framtidsfullmakten trädde i kraft. Innan dess gäller den inte.", field="from_on"
        )
    if right.understands and not (details.understands_note and details.understands_on):
        raise RuleBroken(
            "En fullmakt gäller bara så länge personen förstår den. Skriv hur ni vet det, och när ni bedömde det.",
            field="understands_note",
        )
    if details.understands_on and details.understands_on > today:
        raise RuleBroken("Bedömningen kan inte vara gjord framåt i tiden.", field="understands_on")
    if details.number == case.person.number:
        raise RuleBroken("Det är personens eget nummer.", field="number")
    same = RepresentativeContact.objects.filter(case=case, number=details.number, representative__ended_at=None)
    if details.number and same.exclude(representative__line=line).exists():
        raise RuleBroken("Den personen är redan inskriven här.", field="number")


def write(case, details: Details, *, by, **line) -> Representative:
    own = {name: getattr(details, name) for name in OWN}
    row = Representative.objects.create(
        case=case, evidence_by_id=by.assignment_id, recorded_by_id=by.assignment_id, **own, **line
    )
    contact = {name: getattr(details, name) for name in CONTACT}
    RepresentativeContact.objects.create(representative=row, case=case, **contact)
    if details.no_sharing:
        for party in case.outside_parties.present().filter(name__iexact=details.name):
            cases.remove_outside_party(case=case, party=party, by=by)
    return row


def note(case, event: str, text: str, row: Representative, *, by) -> None:
    cases.note(case, kind="representative", text=text, by=by)
    log.record(event, case_id=case.pk, person_id=case.person_id, object_id=str(row.pk))


def add(*, case, details: Details, by) -> Representative:
    """Record one who may speak for the person. Raises RuleBroken."""
    check(case, details)
    row = write(case, details, by=by)
    note(case, "consent.representative_added", f"{row.get_ground_display()} skrevs in", row, by=by)
    return row


def change(*, case, representative: Representative, details: Details, by) -> Representative:
    """Put what is known now in the place of what was; the earlier row stays. Raises RuleBroken, Conflict."""
    if details.ground != representative.ground:
        raise RuleBroken("Rätten går inte att byta. Avsluta företrädaren och skriv in en ny.", field="ground")
    check(case, details, line=representative.line)
    close(representative, by=by)
    row = write(case, details, by=by, line=representative.line)
    note(case, "consent.representative_changed", f"Uppgifter om {kind(row)} ändrades", row, by=by)
    return row


def end(*, case, representative: Representative, by) -> None:
    """Somebody no longer speaks for the person: from now on without access. Raises Conflict."""
    close(representative, by=by)
    text = f"{representative.get_ground_display()} företräder inte längre personen"
    note(case, "consent.representative_ended", text, representative, by=by)


def kind(row: Representative) -> str:
    return row.get_ground_display().lower()


def close(representative: Representative, *, by) -> None:
    rows = Representative.objects.filter(pk=representative.pk, ended_at=None)
    if not rows.update(ended_at=timezone.now(), ended_by_id=by.assignment_id):
        raise Conflict(ALREADY)
