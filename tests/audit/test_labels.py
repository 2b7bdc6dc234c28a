"""Whoever reads the log reads words: each event that the code writes by name has its own in Swedish."""

import ast

from django.conf import settings

from audit.labels import LABELS

# Written with a name that is put together where it happens.
PUT_TOGETHER = {
    "meetingroom.": ["opened", "read_aloud", "ended", "respite"],
    "meetingroom.consultation_": ["asked", "offered", "ended"],
    "plans.disagreement_": ["written", "removed"],
    "preparation.": ["needed", "not_needed", "booked", "confirmed", "lost"],
    "premeetings.": ["planned", "held", "cancelled", "carried"],
    "reception.": ["rule_made", "rule_changed", "rule_moved", "rule_ended"],
    "guests.": ["link_made", "code_given", "link_revoked", "entered", "wrong_code", "read", "answered"],
    "deviations.": ["reported", "received", "answered", "closed"],
    "plans.": ["pdf_ordered"],
    "meetings.": ["held", "held_entered_afterwards"],
}


def named() -> set[str]:
    """The first argument of each call of `log.record`, where it is written out."""
    found = set()
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        if {"tests", "migrations", ".venv", "node_modules"} & set(path.relative_to(settings.BASE_DIR).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if node.func.attr == "record" and getattr(node.func.value, "id", "") == "log":
                first = node.args[0]
                found |= {first.value} if isinstance(first, ast.Constant) else set()
    return found


def test_each_event_has_words():
    events = named()
    assert len(events) > 80
    events |= {f"{app}{verb}" for app, verbs in PUT_TOGETHER.items() for verb in verbs}
    assert sorted(events - set(LABELS)) == []
