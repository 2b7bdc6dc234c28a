"""A thousand saves at once in one draft: none is lost, none is half, each refused one was told (PLA-4)."""

import random
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from plans import services
from plans.models import Plan, PlanBlock, PlanStep
from plans.rules import Stale
from tests import build
from tests.cast import Cast
from tests.database import PASSWORD

SAVES, WRITERS = 1000, 8
KEYS = ("why", "what_matters", "strengths", "situation", "long_term_goal")
WHO = ("owner", "colleague", "party")


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


def opened(draft, *keys) -> list[tuple[str, dict]]:
    """What the forms on those texts say that they were opened on."""
    now = Plan.objects.get(pk=draft.pk)
    rows = {row.key: row for row in PlanBlock.objects.filter(plan=draft, key__in=keys)}
    marks = [services.mark(now, {key: rows[key]}, [key, services.TOPICS_OF.format(key)]) for key in keys]
    return [(key, {"revision": now.revision, "seen": seen}) for key, seen in zip(keys, marks, strict=True)]


def writer(cast, draft, number: int, barrier) -> list[tuple]:
    """One who opens two texts and saves them after others may have; again and again. Returns what each save gave."""
    who, told, chance = WHO[number % len(WHO)], [], random.Random(number)  # noqa: S311
    try:
        barrier.wait(30)
        forms = []
        for turn in range(SAVES // WRITERS):
            if not forms:
                with cast.acting(who):
                    forms = opened(draft, *chance.sample(KEYS, 2))
            (key, form), text = forms.pop(), f"{number}:{turn}"
            try:
                with cast.acting(who):
                    masks = {key: -1}
                    services.save_block(plan=draft, values={key: text}, topics=masks, **form, by=cast.actor(who))
                told.append((key, text, True))
            except Stale as stale:
                assert stale.theirs[key] != text
                told.append((key, text, False))
    finally:
        connections.close_all()
    return told


def test_a_thousand_saves_at_once_lose_nothing(cast, capsys):
    draft = build.drafted(cast)
    with cast.acting("owner"):
        first = {row.key: (row.text, row.revision) for row in PlanBlock.objects.filter(plan=draft, key__in=KEYS)}
    barrier, began = Barrier(WRITERS), time.monotonic()
    with ThreadPoolExecutor(WRITERS) as pool:
        told = [one for found in pool.map(lambda n: writer(cast, draft, n, barrier), range(WRITERS)) for one in found]
    took = time.monotonic() - began
    accepted, refused = defaultdict(set), Counter()
    for key, text, taken in told:
        if taken:
            accepted[key].add(text)
        else:
            refused[key] += 1
    assert len(told) == SAVES and sum(map(len, accepted.values())) + refused.total() == SAVES
    with cast.acting("owner"):
        rows = {row.key: row for row in PlanBlock.objects.filter(plan=draft, key__in=KEYS)}
        steps = PlanStep.objects.filter(plan=draft, block__key__in=KEYS).order_by("revision")
        kept = defaultdict(list)
        for key, revision, text in steps.values_list("block__key", "revision", "before__text"):
            kept[key].append((revision, text))
    for key in KEYS:
        text, revision = first[key]
        history = [pair for pair in kept[key] if pair[0] >= revision]
        # Every revision once and in order, from what stood first to what stands now; of what was refused nothing.
        assert [number for number, _ in history] == list(range(revision, rows[key].revision)), key
        assert [said for _, said in history][:1] == [text], key
        said = [said for _, said in history[1:]] + [rows[key].text]
        assert (len(said), set(said)) == (len(accepted[key]), accepted[key]), key
    # Nothing to tell if nobody ever met.
    assert refused.total() > 20
    with capsys.disabled():
        print(f"\n{SAVES} sparningar, {WRITERS} skrivare: {SAVES - refused.total()} sparade, {refused.total()} nekade"
              f" (409), 0 förlorade, {took:.1f} s")  # fmt: skip


def test_forms_sent_at_once_are_saved_or_answered_with_409(cast):
    draft = build.drafted(cast)
    address = f"/arenden/{draft.case_id}/plan/skriv/varfor/"
    clients = [Client() for _ in range(6)]
    for client, name in zip(clients, ["amira.falun", "hanna.dalarna"] * 3, strict=True):
        assert client.post("/logga-in/", {"username": name, "password": PASSWORD}).status_code == 302
    barrier = Barrier(len(clients))

    def send(number):
        try:
            form = clients[number].get(address).context["form"]
            sent = {name: form[name].value() for name in ("revision", "seen")} | {"why": f"Text {number}"}
            barrier.wait(30)
            return clients[number].post(address, sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(send, range(len(clients))))
    assert Counter(answers) == {302: 1, 409: 5}
    with cast.acting("owner"):
        assert PlanBlock.objects.get(plan=draft, key="why").text == f"Text {answers.index(302)}"
