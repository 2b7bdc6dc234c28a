"""What the drawing process adds to a paper's values: room to write by hand, and the geometry of the circle (DOK).

Values are finished text; what is missing becomes a line or a box to tick. A paper without any values is a blank form.

papers/consent: person {name, number, hidden}, told, share, planning ("yes", "no"), parties [{name, authority, yes}],
topics [text], exempted [text], excluded, as_long (bool), valid_to, contact {name, title, unit, phone},
representatives [{name, ground, says}], grounds [{name, says}], child (bool).
papers/call: receiver, invited and account (bool), meeting {when, form, where, chair, writer}, person (or
waits, without the person's yes), needs [text], contact, question, about, professions, others [text], answer_by.
papers/follow_up: person, written (bool), not_the_whole, held, people [text], when, where, what_matters, goals [{number,
text, measures [{text, who, said}]}], questions [{ask, said, hidden}], outcome ("continue", "revise", "close"), next_on,
by.
papers/closure: person, closed_on, by, why, note, reasons [text], calls [{name, phone}].
papers/circle: when, length, parts [{name, share, minutes, clock, todo [text], chair [text], table [text]}].
papers/plan_form: texts and more [{ask}]. papers/leaflet: contact.
papers/pack: as circle and plan_form, and meeting {when, form, where, chair, writer}, question, about, needs [text],
consent, people [{name, says, phone}], plan_version, what_matters, said and said_last [{ask, said}], goals [{number,
text, how_noticed, measures [{text, who, when}]}], afterwards [text], not_the_whole.
All: issued_by, written_on, case_number, language.
"""

import math

TITLES = {
    "papers/consent": "Samtycke till SIP",
    "papers/call": "Kallelse eller inbjudan till SIP-möte",
    "papers/follow_up": "Uppföljning av SIP",
    "papers/closure": "Besked om att SIP avslutas",
    "papers/circle": "Mötescirkeln",
    "papers/plan_form": "Samordnad individuell plan, att fylla i",
    "papers/leaflet": "Information om SIP",
    "papers/pack": "Mötespaket för SIP-möte",
}
# Millimetres on the paper: the middle, the labels' distance from it, and the ring's two edges.
CENTRE, LABELS, INNER, OUTER = 58, 44, 20, 56
TINTS = ("#e1efee", "#f3ece2", "#e6ecf5", "#f0e6f1", "#e8efe0")
# One letter is one line to write on.
LINE = "1"
FEW, SOME, MANY = range(2), range(3), range(9)


def consent(data: dict) -> dict:
    return data | {"room": FEW if data.get("parties") else SOME}


def plain(data: dict) -> dict:
    return data


def follow_up(data: dict) -> dict:
    questions = [{"room": LINE * 2} | row for row in data.get("questions") or []]
    return data | {"questions": questions, "room": SOME}


def plan_form(data: dict) -> dict:
    roomy = {name: [{"room": LINE * 2} | row for row in data.get(name) or []] for name in ("texts", "more")}
    return data | roomy | {"room": MANY, "people": SOME}


def point(turn: float, radius: float) -> str:
    """The place of a turn clockwise from the top, as ”x y”."""
    angle = 2 * math.pi * turn
    return f"{CENTRE + radius * math.sin(angle):.2f} {CENTRE - radius * math.cos(angle):.2f}"


def sector(begins: float, ends: float) -> str:
    """The outline of a part of the ring."""
    wide = int(ends - begins > 0.5)
    return (
        f"M{point(begins, INNER)} L{point(begins, OUTER)} A{OUTER} {OUTER} 0 {wide} 1 {point(ends, OUTER)}"
        f" L{point(ends, INNER)} A{INNER} {INNER} 0 {wide} 0 {point(begins, INNER)} Z"
    )


def circle(data: dict) -> dict:
    """Number the parts, and give each its sector of the circle with a label in the middle of it."""
    given = data.get("parts") or []
    whole = sum(int(part["share"]) for part in given) or 1
    found, gone = [], 0.0
    for number, part in enumerate(given, start=1):
        share = int(part["share"]) / whole
        x, y = point(gone + share / 2, LABELS).split()
        drawn = {"x": x, "y": y, "path": sector(gone, gone + share), "tint": TINTS[(number - 1) % len(TINTS)]}
        found.append(part | drawn | {"number": number, "room": LINE * (9 if share >= 0.5 else 3)})
        gone += share
    return data | {"parts": found}


def pack(data: dict) -> dict:
    people = data.get("people") or []
    return circle(plan_form(data)) | {"people": people, "people_room": FEW if people else MANY}


SHAPES = {
    "papers/consent": consent,
    "papers/call": plain,
    "papers/follow_up": follow_up,
    "papers/closure": plain,
    "papers/circle": circle,
    "papers/plan_form": plan_form,
    "papers/leaflet": plain,
    "papers/pack": pack,
}
