"""Field matrix: each text's topics × party × channel. What a unit may not see is nowhere for it (SAM-3)."""

import io
import json
from dataclasses import dataclass
from html import unescape
from itertools import cycle

import pypdfium2
import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from cases.models import Case
from casework.facts import with_facts
from consent.handing_over import send_version
from consent.models import ReceivedVersion
from organisations.models import Topic
from plans import approval, crisis, documents, followups, services, tasks
from plans.models import BlockKey, Measure, PlanDocument
from plans.sharing import NOT_SHARED, PART_NOT_SHARED
from tests import build
from tests.cast import WHO, Cast
from tests.database import PASSWORD

TOPICS = [
    "general", "health", "mental_health", "substance_use", "medication", "daily_life", "housing", "economy", "work",
    "school", "family", "violence", "crime", "sexual_health",
]  # fmt: skip
PARTIES = ("party", "same_kommun")
# Where the plan is read, and where how it goes is read.
PLAN = ("plan", "version", "compare", "preview", "edit", "api", "api draft", "pdf", "received")
REPORT = ("follow-ups", "received")
# Where no text of a plan is ever shown, to anybody.
NEVER = ("worklist", "case", "search", "all follow-ups")


@dataclass(frozen=True)
class Item:
    """A word that stands in one text: what the text and what it hangs on are about (None: nothing was chosen)."""

    word: str
    topics: tuple[str | None, ...]
    channels: tuple[str, ...] = PLAN

    def seen_without(self, exempted: str) -> bool:
        """The independent rule: nothing chosen counts as every topic."""
        return exempted not in self.topics and None not in self.topics


BLOCKS = {
    key: Item(f"Textord{number}slut", (topic,))
    for number, (key, topic) in enumerate(zip(BlockKey.values, cycle(TOPICS), strict=False))
}
BLOCKS["why"] = Item("Textordutanämne", (None,))
GOALS = {
    "first": Item("Målettordslut", ("mental_health",)),
    "second": Item("Måltvåordslut", ("economy",)),
    "third": Item("Måltreordslut", (None,)),
}
EVERYWHERE = (*PLAN, "follow-ups")
MEASURES = {
    # Goal, what is chosen for the measure itself, and so what it is about in all.
    "inherits": ("first", None, Item("Insatsettslut", ("mental_health",), EVERYWHERE)),
    "another": ("first", ["work"], Item("Insatstvåslut", ("mental_health", "work"), EVERYWHERE)),
    "two": ("second", ["health", "medication"], Item("Insatstreslut", ("economy", "health", "medication"), EVERYWHERE)),
    "untold": ("third", ["housing"], Item("Insatsfyraslut", (None, "housing"), EVERYWHERE)),
}
FOLLOW_UP = Item("Uppföljningsordslut", ("family",), REPORT)
REASON = Item("Orsaksordslut", ("economy", "health", "medication"), REPORT)
ITEMS = [*BLOCKS.values(), *GOALS.values(), *(item for _, _, item in MEASURES.values()), FOLLOW_UP, REASON]


class Told:
    """A case with two approved versions, a follow-up and a draft, where every text has a word of its own."""

    def __init__(self):
        self.cast = Cast()
        self.bits = {topic.code: 1 << topic.bit for topic in Topic.objects.using("admin")}
        found = build.consented(self.cast, parties=PARTIES)
        self.case = build.met(self.cast, found, parties=PARTIES)
        self.clients = {who: self.signed_in(who) for who in ("owner", *PARTIES)}
        with self.cast.acting("owner"):
            by = self.cast.owner
            self.write(services.start_draft(case=self.now(), by=by), goals=True)
            self.approve()
            self.write(services.start_draft(case=self.now(), by=by))
            self.approve()
            self.follow_up()
            self.write(services.start_draft(case=self.now(), by=by))
            self.plan, self.draft = services.in_force(self.now()), services.draft_of(self.now())

    def now(self) -> Case:
        return Case.objects.with_names().get(pk=self.case.pk)

    def signed_in(self, who: str) -> Client:
        client = Client()
        answer = client.post("/logga-in/", {"username": WHO[who], "password": PASSWORD})
        assert answer.status_code == 302
        return client

    def mask(self, *codes: str | None) -> int:
        return -1 if None in codes else sum(self.bits[code] for code in codes)

    def write(self, plan, *, goals=False) -> None:
        """Every text in the draft; what the person thinks is asked anew in each version."""
        by, unit = self.cast.owner, self.cast.unit("owner")
        services.save_block(
            plan=plan, revision=plan.revision, by=by,
            values={key: item.word for key, item in BLOCKS.items()} | {
                "lead_staff_id": self.cast.staff("owner").pk, "lead_unit_id": unit.pk,
                "lead_authority_id": unit.acts_for_id, "follow_up_on": build.today() + build.timedelta(days=60),
            },
            topics={key: self.mask(*item.topics) for key, item in BLOCKS.items()},
        )  # fmt: skip
        made = {}
        for key, item in GOALS.items() if goals else ():
            made[key] = services.add_goal(plan=plan, text=item.word, topics=self.mask(*item.topics), by=by)
        for goal, codes, item in MEASURES.values() if goals else ():
            chosen = None if codes is None else self.mask(*codes)
            services.add_measure(goal=made[goal], text=item.word, doer="self", topics=chosen, by=by)

    def approve(self) -> None:
        draft = services.draft_of(self.now())
        approval.approve(plan=draft, agreed_how="Du sa ja.", revision=draft.revision, by=self.cast.owner)

    def follow_up(self) -> None:
        measure = Measure.objects.get(text=MEASURES["two"][2].word, goal__plan__state="approved")
        followups.follow_up(
            case=self.now(), held_on=build.today(), how_it_went=FOLLOW_UP.word, outcome="continue",
            next_on=build.today() + build.timedelta(days=30), topics=self.mask(*FOLLOW_UP.topics),
            statuses={measure.pk: ("ongoing", REASON.word)}, by=self.cast.owner,
        )  # fmt: skip

    def exempt(self, who: str, *masks: int) -> None:
        """What the unit may not see from now on, on each ground that it sees the case by; one ground as a rule."""
        with connections["admin"].cursor() as cursor:
            where = "where case_id = %s and unit_id = %s"
            ids = [self.case.pk, self.cast.unit(who).pk]
            cursor.execute(f"delete from case_access {where} and source like 'prov%%'", ids)
            cursor.execute(f"update case_access set hidden_topics = %s {where}", [masks[0], *ids])
            for number, mask in enumerate(masks[1:]):
                cursor.execute(
                    "insert into case_access (case_id, unit_id, person_id, is_open, valid_to, hidden_topics, source,"
                    " listed, emergency) select case_id, unit_id, person_id, is_open, valid_to, %s, %s, false, false"
                    f" from case_access {where} limit 1",
                    [mask, f"prov:{number}", *ids],
                )

    # The channels

    def page(self, who: str, name: str, *args) -> str:
        answer = self.clients[who].get(reverse(name, args=args))
        assert answer.status_code == 200, (who, name, answer.status_code)
        return unescape(answer.content.decode())

    def read(self, who: str, *only: str) -> dict[str, str]:
        """Everything that the unit can read of the plan, by channel; or in these channels only."""
        pk = self.case.pk
        channels = {
            "plan": lambda: self.page(who, "plans:plan", pk),
            "version": lambda: self.page(who, "plans:version", pk, 1),
            "compare": lambda: self.page(who, "plans:compare", pk, 1, 2),
            "preview": lambda: self.page(who, "plans:preview", pk),
            "edit": lambda: self.page(who, "plans:edit", pk),
            "follow-ups": lambda: self.page(who, "plans:follow_ups", pk),
            "worklist": lambda: self.page(who, "casework:worklist"),
            "case": lambda: self.page(who, "casework:case", pk),
            "all follow-ups": lambda: self.page(who, "casework:followups"),
            "search": lambda: self.clients[who].post("/sok/", {"q": self.case.person.number}).content.decode(),
            "pdf": lambda: self.document(who),
            "received": lambda: self.received(who),
            "api": lambda: self.api(who, self.plan),
            "api draft": lambda: self.api(who, self.draft),
        }
        return {name: channels[name]() for name in only or channels}

    def api(self, who, plan) -> str:
        answer = self.clients[who].get(f"/api/v1/plans/{plan.pk}/")
        assert answer.status_code == 200
        return json.dumps(answer.json(), ensure_ascii=False)

    def document(self, who: str) -> str:
        with self.cast.acting(who):
            plan = services.in_force(self.now())
            plan.case = self.now()
            return json.dumps(documents.order(plan=plan, by=self.cast.actor(who)).context, ensure_ascii=False)

    def received(self, who: str) -> str:
        """What is sent to the unit now; the owner gets nothing sent, it reads what it would send."""
        with self.cast.acting("owner"):
            send_version(case=self.now(), unit=self.cast.unit(who), kind="approved", what="Planen", by=self.cast.owner)
        with self.cast.acting(who):
            rows = ReceivedVersion.objects.filter(case_id=self.case.pk, unit=self.cast.unit(who))
            return json.dumps(rows.latest("received_at").content, ensure_ascii=False)


@pytest.fixture(scope="module")
def told(module_database):
    return Told()


def wrong(read: dict[str, str], may_see) -> list:
    """Each word in a channel where it should not be, and each that is missing where it should be."""
    found = []
    for item in ITEMS:
        expected = may_see(item)
        for channel, text in read.items():
            if expected and channel in item.channels and item.word not in text:
                found.append(("missing", item.word, channel))
            if item.word in text and (not expected or channel in NEVER):
                found.append(("shown", item.word, channel))
    return found


@pytest.mark.parametrize("exempted", TOPICS)
def test_an_exempted_topic_is_nowhere_for_the_party_and_everywhere_for_the_others(told, exempted):
    told.exempt("party", told.mask(exempted))
    told.exempt("same_kommun", 0)
    assert wrong(told.read("party"), lambda item: item.seen_without(exempted)) == []
    assert wrong(told.read("same_kommun", "plan", "api", "pdf", "received"), lambda item: True) == []


def test_the_owner_sees_all_and_nobody_is_told_of_anything_hidden(told):
    told.exempt("party", 0)
    for who in ("owner", "party"):
        read = told.read(who)
        assert wrong(read, lambda item: True) == []
        for channel, text in read.items():
            assert NOT_SHARED not in text and PART_NOT_SHARED not in text, (who, channel)


def test_what_is_not_shared_is_said_in_the_same_words_whatever_it_says(told):
    """One sentence in the place of each text; no topic named; empty and written alike."""
    told.exempt("party", told.mask("mental_health"))
    read = told.read("party", "plan", "version", "compare", "preview", "edit", "follow-ups", "pdf")
    for channel in ("plan", "version", "compare", "preview", "edit", "follow-ups"):
        assert read[channel].count(PART_NOT_SHARED) == 1, channel
        assert "Psykisk hälsa" not in read[channel], channel
    # "Det som fungerar bra" and the acute signs are about mental health, "varför" about nothing chosen: all are hidden.
    for channel in ("plan", "edit", "preview", "pdf"):
        assert read[channel].count(NOT_SHARED) == 3, channel
    said = told.clients["party"].get(f"/api/v1/plans/{told.plan.pk}/").json()
    assert said["hidden"] == ["why", "strengths", "crisis_red_signs"] and said["part_hidden"] is True
    assert "why" not in said and "strengths" not in said and "why" not in said["topics"]
    assert [goal["text"] for goal in said["goals"]] == [GOALS["second"].word]
    assert "Mål 1" in read["plan"] and "Mål 2" not in read["plan"]


def test_all_hidden_is_a_page_without_any_text(told):
    told.exempt("party", told.mask(*TOPICS))
    read = told.read("party")
    assert wrong(read, lambda item: False) == []
    # A level of getting worse says it once for its four texts.
    assert read["plan"].count(NOT_SHARED) == len(BlockKey.values) - 3 * len(crisis.LEVELS)
    # What cannot be seen is not said to be missing either (PLA-3, PLA-7).
    assert "Insatser saknas" not in read["edit"] and "Det saknas vad andra" not in read["edit"]
    assert "0 mål" in read["edit"]


def test_two_grounds_show_what_either_shows_and_no_more(told):
    """An untagged text is on neither: two masks that hide nothing in common are not the same as no mask."""
    first, second = told.mask("mental_health"), told.mask("economy")
    told.exempt("party", first, second)
    both = {"mental_health", "economy"}
    assert (
        wrong(
            {name: text for name, text in told.read("party").items() if name != "received"},
            lambda item: None not in item.topics and not both <= set(item.topics),
        )
        == []
    )
    told.exempt("same_kommun", 0)
    with told.cast.acting("same_kommun"):
        assert PlanDocument.objects.filter(plan=told.plan, hidden_topics=sorted([first, second])).exists()
    told.exempt("same_kommun", first)
    with told.cast.acting("same_kommun"):
        assert not PlanDocument.objects.filter(plan=told.plan, hidden_topics=sorted([first, second])).exists()


def test_a_drawn_pdf_is_for_those_who_see_as_much(told):
    """PLA-6: one document per mask; a narrower unit neither finds nor fetches the whole one."""
    told.exempt("party", told.mask("mental_health"))
    told.exempt("same_kommun", 0)
    for who in ("owner", "party"):
        told.document(who)
    while tasks.render_due():
        pass
    words = {}
    for who in ("owner", "party"):
        file = told.clients[who].get(reverse("plans:download", args=[told.case.pk, told.plan.version]))
        assert file.status_code == 200
        words[who] = pdf_text(file.content)
    assert BLOCKS["strengths"].word in words["owner"] and BLOCKS["strengths"].word not in words["party"]
    assert BLOCKS["situation"].word in words["party"] and "inte hela planen" in words["party"]
    assert "inte hela planen" not in words["owner"]
    with told.cast.acting("party"):
        masks = set(map(tuple, PlanDocument.objects.filter(plan=told.plan).values_list("hidden_topics", flat=True)))
        assert (0,) not in masks and (told.mask("mental_health"),) in masks
    told.exempt("party", told.mask("mental_health", "economy"))
    with told.cast.acting("party"):
        plan = services.in_force(told.now())
        assert documents.latest(plan, by=told.cast.party) is None
        seen = set(map(tuple, PlanDocument.objects.filter(plan=plan).values_list("hidden_topics", flat=True)))
        assert (told.mask("mental_health"),) not in seen


def pdf_text(data: bytes) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(data)) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def test_the_tasks_of_a_case_do_not_tell_what_is_hidden(told):
    """The worklist's count of what is said comes from the same rows."""
    with told.cast.acting("owner"):
        fact = dict(facts(told))
    assert fact["what_matters_said"] and fact["has_draft"]
    told.exempt("party", told.mask("general"))
    with told.cast.acting("party"):
        fact = dict(facts(told))
    assert fact["has_draft"] and not fact["what_matters_said"]


def facts(told):
    case = with_facts(Case.objects.filter(pk=told.case.pk), unit_id=0).get()
    yield "has_draft", case.said is not None
    yield "what_matters_said", bool(case.said)
