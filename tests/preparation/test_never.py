"""Nothing said at a förmöte reaches the person, a plan, a copy or an API; the log tells that it was held (KAL-8).

A marker stands in its texts, and every page, file and API that the person reaches is searched for it. What the person
may read of the preparation is tested here too, and what a guardian may not.
"""

import json
import re

import pytest
from django.core.serializers import serialize
from django.db import ProgrammingError, transaction

from cases import person_access
from cases.enums import Relation
from cases.models import Person
from consent.models import ReceivedVersion
from organisations.models import User
from papers import possible
from plans import documents
from plans.models import PlanDocument
from preparation.models import PreMeeting, PreMeetingText, PreMeetingUnit
from tests import build
from tests.cast import Cast
from tests.citizen.story import signed_in
from tests.preparation import prepared

MARKER = "ZQXMARKER"
OWN, QUESTION = "Att sova hemma hos katten.", "Var ska du bo?"


class World:
    """A person with a plan after a förmöte, and one who waits for a meeting, whose guardian also signs in."""

    def __init__(self):
        self.cast = Cast()
        self.planned = self.prepared("194307199069")
        build.planned(self.cast, build.met(self.cast, self.planned))
        build.send_copy(self.cast, self.planned)
        self.waiting = build.called(self.cast, self.prepared("194112249166", interpreter=True), days_ahead=9)
        self.grant("elsa.medborgare", self.planned)
        self.grant("ingeborg.medborgare", self.waiting)
        self.grant("vera.medborgare", self.waiting, relation=Relation.GUARDIAN)
        with self.cast.acting("owner"):
            plan = prepared.again(self.planned).plans.get(state="approved")
            plan.case = prepared.again(self.planned)
            documents.order(plan=plan, by=self.cast.owner)

    def prepared(self, number, **values):
        case = build.consented(self.cast, number=number, language="Arabiska", **values)
        prepared.said(self.cast, case, what_matters=OWN, place="Hemma på förmiddagen", question=QUESTION)
        prepared.wish(self.cast, case, name="Min bror")
        prepared.held(self.cast, case, notes=f"{MARKER} anteckning", outcome=f"{MARKER} utfall")
        return case

    def grant(self, username, case, **values):
        user = User.objects.using("admin").get(username=username)
        person_access.grant("admin", user, Person.objects.using("admin").get(pk=case.person_id), **values)


@pytest.fixture(scope="module")
def world(module_database) -> World:
    return World()


def page(client, case, rest="") -> str:
    answer = client.get(f"/min-plan/{case.pk}/{rest}")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def everything(client, start: str):
    """Each address of the person's own face that can be reached from `start`, with the answer."""
    waiting, seen = [start], set()
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith("/min-plan"):
            continue
        seen.add(address)
        answer = client.get(address, follow=True)
        yield address, answer
        waiting += re.findall(r'href="([^"#]+)"', answer.content.decode(errors="replace"))


@pytest.mark.parametrize("who", ["elsa.medborgare", "ingeborg.medborgare", "vera.medborgare"])
def test_the_marker_is_on_no_page_or_file_of_the_person(world, who):
    client = signed_in(who)
    found = list(everything(client, "/min-plan/"))
    assert len(found) > 5
    assert [address for address, answer in found if MARKER.encode() in answer.content] == []
    for name in ("meetings", "plans", "cases"):
        assert MARKER.encode() not in client.get(f"/api/v1/{name}/").content


def test_the_marker_is_in_no_plan_pdf_copy_or_history(world):
    cast, case = world.cast, world.planned
    with cast.acting("owner"):
        rows = [*PlanDocument.objects.filter(case=case), *case.events.all(), *case.texts.all()]
        for plan in case.plans.all():
            rows += [plan, *plan.blocks.all()]
        for meeting in case.meetings.all():
            rows += [meeting, *meeting.texts.all()]
        assert len(rows) > 10
        assert MARKER not in serialize("json", rows)
        assert MARKER in serialize("json", PreMeetingText.objects.filter(case=case))
    with cast.acting("party"):
        copies = ReceivedVersion.objects.filter(case_id=case.pk)
        assert copies.count() > 1
        assert MARKER not in serialize("json", copies)
    client = signed_in("amira.falun")
    for address in ("plan/", "plan/versioner/1/", "plan/som-personen-ser-den/", "moten/"):
        answer = client.get(f"/arenden/{case.pk}/{address}", follow=True)
        assert answer.status_code in (200, 404)
        assert MARKER.encode() not in answer.content
    for name in ("meetings", "plans", "cases"):
        assert MARKER.encode() not in client.get(f"/api/v1/{name}/").content


def test_the_marker_is_on_no_paper(world):
    made = set()
    for case in (world.planned, world.waiting):
        with world.cast.acting("owner"):
            now = prepared.again(case)
            facts = possible.Facts(now, world.cast.owner)
            for kind in possible.BUILD:
                for about, _ in facts.choices(kind) if not facts.why_not(kind) else ():
                    made.add(kind)
                    assert MARKER not in json.dumps(possible.BUILD[kind](now, about, world.cast.owner)), kind
    assert made > {"call", "invitation", "circle", "pack", "follow_up"}


def test_the_database_shows_the_person_no_row_of_it(world):
    with world.cast.acting("citizen"):
        for model in (PreMeeting, PreMeetingUnit, PreMeetingText):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model.objects.first()


def test_the_persons_log_tells_that_it_was_held(world):
    assert "Höll ett förmöte utan dig" in page(signed_in("elsa.medborgare"), world.planned, "lasare/")


def test_before_the_meeting_the_person_reads_own_words_the_question_and_what_to_think_about(world):
    shown = page(signed_in("ingeborg.medborgare"), world.waiting)
    for words in (OWN, QUESTION, "Hemma på förmiddagen", "Vi ordnar en tolk som talar arabiska.",
                  "Vad behöver du hjälp med, och av vem?"):  # fmt: skip
        assert words in shown
    assert "Min bror" not in shown


def test_a_guardian_reads_the_question_and_not_the_own_words(world):
    shown = page(signed_in("vera.medborgare"), world.waiting)
    assert QUESTION in shown
    for words in (OWN, "Hemma på förmiddagen", "Vad behöver du hjälp med"):
        assert words not in shown


def test_after_the_meeting_the_plan_speaks(world):
    assert "Inför mötet" not in page(signed_in("elsa.medborgare"), world.planned)
