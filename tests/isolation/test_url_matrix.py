"""URL × cast: every address for everybody, as roles.ACTIONS and the part in the case say. A missing one fails."""

from dataclasses import replace

import pytest
from django.db import transaction

from organisations import roles
from tests.isolation.addresses import OPEN, targets
from tests.isolation.addresses_guests import GUESTS
from tests.isolation.atlas import EVERYBODY, Atlas, patterns

METHODS = ("get", "post", "patch")
# One of each kind: who has the same role and the same part is refused by the same lines.
REFUSED = (
    "owner", "party", "same_kommun", "reader", "manager", "coordinator", "admin", "other_citizen", "anonymous",
)  # fmt: skip


@pytest.fixture(scope="module")
def atlas(module_database):
    return Atlas()


@pytest.fixture(scope="module")
def table(atlas):
    rules = rules_of_patterns()
    return [replace(target, action=rules.get((target.name, target.method), "")) for target in targets(atlas)]


def rules_of_patterns() -> dict[tuple[str, str], str]:
    """(name, method) → the action that the view itself names; endpoints of the API name one per method."""
    found = {}
    for name, pattern in patterns():
        view = pattern.callback
        for method, action in getattr(view, "actions", {}).items():
            found[name, method] = view.cls.actions_required[action]
        if getattr(view, "action", ""):
            found |= {(name, method): view.action for method in METHODS}
    return found


def test_every_pattern_is_in_the_table(table):
    wanted = set()
    for name, pattern in patterns():
        # The first request adds ”head” beside ”get”; it is the same door.
        methods = set(getattr(pattern.callback, "actions", {})) - {"head"}
        wanted |= {(name, method) for method in methods} or {(name, None)}
    have = {(t.name, t.method) for t in table} | {(t.name, None) for t in table if not t.api or t.name == "api:schema"}
    assert wanted - have == set()


def test_every_view_names_its_rule(table):
    """A view without an action is one of the open pages, or of the person's own face."""
    rules = rules_of_patterns()
    assert set(rules.values()) <= set(roles.ACTIONS)
    bare = {t.name for t in table if not t.action and not t.citizens_face}
    assert bare == OPEN
    assert {name for name, pattern in patterns() if getattr(pattern.callback, "unscoped", False)} <= OPEN


def test_open_pages_run_without_any_right(table):
    """Only the schema, which knows no case, has neither a rule nor the mark `unscoped` or `guest`."""
    unmarked = {name for name, p in patterns() if name in OPEN and not getattr(p.callback, "unscoped", False)}
    guests = {name for name, p in patterns() if getattr(p.callback, "guest", False)}
    assert guests == GUESTS
    assert unmarked - guests <= {"api:schema"}


def answer(atlas, who, target) -> int:
    """What `who` gets; undone, so that the next starts from the same."""
    cookies = atlas.clients[who].cookies.copy()
    with transaction.atomic():
        response = atlas.ask(who, target)
        transaction.set_rollback(True)
    # Signing out is undone too.
    atlas.clients[who].cookies = cookies
    return response.status_code


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_gets_what_the_rule_says(atlas, table, who):
    wrong = []
    for target in table:
        expected, got = atlas.expected(who, target), answer(atlas, who, target)
        if got not in expected:
            wrong.append((who, str(target), target.case, expected, got))
    assert wrong == []


@pytest.mark.parametrize("who", REFUSED)
def test_a_refused_post_changes_nothing(atlas, table, who):
    """Forms too: whom the page is refused, the sending is refused, and no row changes in any table."""
    before = atlas.rows()
    wrong = []
    for target in table:
        if target.name in OPEN or not refused(atlas, who, target):
            continue
        sent = target if target.method != "get" else replace(target, method="post", data={"revision": "1"})
        response = atlas.ask(who, sent)
        # A page that is only read refuses the method before it asks who it is.
        if response.status_code not in (302, 403, 404, 405) or (response.status_code == 302 and who != "anonymous"):
            wrong.append((who, str(target), response.status_code))
    assert wrong == []
    assert atlas.changed_since(before) == set()


def refused(atlas, who, target) -> bool:
    return who == "anonymous" or bool(set(atlas.expected(who, target)) & {403, 404})
