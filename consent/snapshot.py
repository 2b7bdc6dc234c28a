"""What a unit can see of a case at one moment, as JSON to be frozen as its own record (SAM-5, PDL 3:17).

Words, not codes: the copy must be readable for as long as the unit keeps it, whatever the code looks like then.
Apps above add their own sections in their `snapshot` module.
"""

from collections.abc import Callable

from django.utils import timezone

from cases.enums import Reason
from cases.text_models import TextKey
from cases.topics import ALL
from consent.models import Consent
from organisations import swedish

FORMAT = 1
_sections: dict[str, tuple[int, Callable]] = {}


def section(name: str, *, order: int):
    """Decorate a function from a case to a section: `part(heading, rows, parts)`."""

    def keep(build):
        _sections[name] = (order, build)
        return build

    return keep


def build(case) -> dict:
    """The whole copy; each section costs a fixed number of queries."""
    ordered = sorted(_sections.items(), key=lambda item: item[1][0])
    return {
        "format": FORMAT,
        "taken_at": swedish.date_and_time(timezone.now()),
        "sections": [make(case) for _, (_, make) in ordered],
    }


def part(heading: str, rows=(), parts=(), *, topics: int = 0) -> dict:
    """A heading with (term, text) rows and parts of its own; rows without text are left out.

    `topics`, or a third value of a row, is the mask of what it is about: `deliver_version` and its kin take away what
    the receiving unit may not see (SAM-3).
    """
    said = [one_row(*row) for row in rows if row[1] not in ("", None)]
    return {"heading": heading, "rows": said, "parts": list(parts)} | ({"topics": topics} if topics else {})


def one_row(term: str, text, topics: int = 0) -> dict:
    return {"term": term, "text": str(text)} | ({"topics": topics} if topics else {})


def day(value) -> str:
    return swedish.short_date(value) if value else ""


@section("case", order=10)
def case_section(case) -> dict:
    hidden = case.is_protected
    reasons = dict(Reason.choices)
    return part(
        "Ärendet",
        [
            ("Ärendenummer", case.reference),
            ("Namn", case.shown_name),
            ("Nummer", "" if hidden else swedish.personnummer(case.person.number)),
            ("Telefon", "" if hidden else case.phone),
            ("Adress", "" if hidden else case.address),
            ("Språk", case.language),
            ("Tolk", "Behövs" if case.interpreter else ""),
            ("Behovet upptäcktes", day(case.need_found_on)),
            (
                "Skäl",
                "; ".join(str(reasons.get(reason, reason)) for reason in case.reasons),
                case.topics_of(TextKey.REASONS),
            ),
            ("Beskrivning", case.reason_note, case.topics_of(TextKey.REASON_NOTE)),
            ("Kommentar till avslut", case.close_note, case.topics_of(TextKey.CLOSE_NOTE)),
            ("Annan plan som räcker", case.other_plan, case.topics_of(TextKey.OTHER_PLAN)),
            ("Läge", case.get_state_display()),
            ("Ansvarig enhet", case.owner_unit.name),
            ("Huvudansvarig", case.lead_staff.name if case.lead_staff_id else ""),
        ],
    )


@section("parties", order=20)
def parties_section(case) -> dict:
    parties = [
        (party.unit.name, f"{party.get_obligation_display()}, från {day(party.started_on)}")
        for party in case.participations.active().with_names().order_by("unit__name")
    ]
    outside = [
        (party.get_kind_display(), ", ".join(filter(None, [party.name, party.relation])))
        for party in case.outside_parties.filter(removed_at=None).order_by("name")
    ]
    return part("Vilka som är med", [(case.owner_unit.name, "Ansvarig enhet"), *parties, *outside])


@section("consent", order=30)
def consent_section(case) -> dict:
    consent = (
        Consent.objects.filter(case=case, superseded_at=None).prefetch_related("units__unit", "givers", "texts").first()
    )
    if consent is None:
        return part("Samtycke", [("Läge", "Inget svar är dokumenterat")])
    units = [f"{u.unit.name}{' med underliggande enheter' if u.whole_tree else ''}" for u in consent.units.all()]
    return part(
        "Samtycke",
        [
            ("Dela uppgifter", consent.get_share_answer_display()),
            ("Planera tillsammans", consent.get_planning_answer_display()),
            ("Form", consent.get_form_display()),
            ("Så informerades personen", consent.informed_how, ALL),
            ("Lämnat", day(consent.given_on)),
            ("Gäller till", day(consent.valid_to) or "tills vidare"),
            ("Gäller enheterna", "; ".join(units)),
            ("Vårdnadshavare", "; ".join(g.name for g in consent.givers.all() if g.kind == "guardian")),
            ("Barnets syn", consent.child_view, ALL),
        ],
    )
