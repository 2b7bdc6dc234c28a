"""The drill: the app forgets its own filter on the unit, and the lists are still the same (isolation §8.6)."""

import re

import pytest
from django.db.models import Model, Q
from django.db.models.query import QuerySet
from django.urls import reverse

from audit.models import AuditEvent
from cases.models import CaseAccess
from consent.models import ReceivedVersion
from notifications.models import InboxItem
from papers.models import Paper
from tests import build
from tests.isolation.atlas import NUMBERS, Atlas

# Where the app itself picks the unit's rows; the database's policies must say the same.
OWN_ROWS = (CaseAccess, InboxItem, ReceivedVersion)
UNIT = {"unit", "unit_id"}
LISTS = [
    "/arenden/", "/arenden/?visa=olast", "/arenden/?visa=dig", "/kallelser/", "/kallelser/?visa=klara",
    "/uppfoljningar/", "/uppfoljningar/?visa=mina", "/mottaget/", "/avvikelser/", "/api/v1/cases/",
    "/api/v1/consents/", "/api/v1/meetings/", "/api/v1/plans/",
]  # fmt: skip
WHO = ("owner", "party", "coordinator", "same_kommun", "outsider")
CHANGING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|data-left="[^"]*"|senast kl\. [0-9.]+')


@pytest.fixture(scope="module")
def atlas(module_database):
    """The atlas's cases, and one of another county, so that there is something not to see."""
    found = Atlas()
    build.case(found.cast, who="outsider", number=NUMBERS["new"], given_name="Annorlunda", family_name="Kalmarsson")
    return found


@pytest.fixture
def without_filter(monkeypatch):
    """Every condition on the unit is dropped from queries over `models`; says how many were."""
    dropped = []

    def forget(models: tuple[type[Model], ...]):
        known = QuerySet._filter_or_exclude

        def forgetful(self, negate, args, kwargs):
            if self.model in models and not negate:
                kept = {name: value for name, value in kwargs.items() if name not in UNIT}
                dropped.extend(kwargs.keys() - kept.keys())
                args, kwargs = args or (Q(),), kept
            return known(self, negate, args, kwargs)

        monkeypatch.setattr(QuerySet, "_filter_or_exclude", forgetful)
        return dropped

    return forget


def shown(atlas, who, address) -> bytes:
    response = atlas.clients[who].get(address)
    assert response.status_code in (200, 403), (who, address)
    return CHANGING.sub(b"", response.content)


@pytest.mark.parametrize("who", WHO)
def test_the_lists_are_the_same_without_the_apps_own_filter(atlas, without_filter, who):
    before = {address: shown(atlas, who, address) for address in LISTS}
    dropped = without_filter(OWN_ROWS)
    wrong = [address for address in LISTS if shown(atlas, who, address) != before[address]]
    assert wrong == []
    assert dropped, "the drill has removed no filter"


@pytest.mark.parametrize("who", ["owner", "party"])
def test_a_units_papers_are_its_own_without_the_apps_filter(atlas, without_filter, who):
    """The owner has one in the case, the party none: the database says so too."""
    address = reverse("papers:list", args=[atlas.cases["main"].pk])
    before = shown(atlas, who, address)
    dropped = without_filter((Paper,))
    assert shown(atlas, who, address) == before and dropped
    assert (str(atlas.papers["owner"]) in before.decode()) == (who == "owner")


@pytest.mark.parametrize("who", WHO)
def test_search_finds_the_same_with_no_filter_at_all(atlas, monkeypatch, who):
    """Search by number has no filter on the unit to forget: only the database decides."""
    if not atlas.cast.actor(who).may("cases.search"):
        return
    sees = {"owner": ["main", "invited", "met", "closed"], "outsider": ["new"]}
    sees["party"] = sees["owner"]
    for key, number in NUMBERS.items():
        body = atlas.clients[who].post("/sok/", {"q": number}).content.decode()
        reference = atlas.one(
            "select reference from cases_case c join cases_person p on p.id = c.person_id where number = %s", number
        )
        assert (reference in body) == (key in sees.get(who, [])), (who, key)


def test_the_worklist_shows_something_to_lose(atlas):
    """The owner and the party see their cases and the other county sees its own: the drill compares real rows."""
    for who, word, other in (("owner", "Zebulina", "Annorlunda"), ("party", "Zebulina", "Annorlunda"),
                             ("outsider", "Annorlunda", "Zebulina")):  # fmt: skip
        page = shown(atlas, who, "/arenden/").decode()
        assert word in page and other not in page


def test_the_log_page_keeps_the_other_units_readings_to_them(atlas, without_filter):
    address = f"/arenden/{atlas.cases['main'].pk}/logg/"
    atlas.clients["party"].get(address)
    dropped = without_filter((AuditEvent,))
    readers = {row["who"] for row in atlas.clients["owner"].get(address).context["rows"]}
    assert dropped and atlas.cast.owner.name in readers and atlas.cast.party.name not in readers
