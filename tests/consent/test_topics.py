"""Field matrix of cases, meetings, deviations and consents: topic × party × channel (SAM-3)."""

import json

import pytest
from django.urls import reverse

from cases import services as cases
from cases.models import Case
from cases.topics import mask_of
from consent import services as consents
from consent.models import ConsentExemption, ReceivedVersion
from deviations import services as deviations
from deviations.models import Deviation
from meetings import services as meetings
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from organisations.models import Topic
from tests import build
from tests.cast import WHO

EXEMPTED = ("substance_use", "economy", "health")
# A word of its own in each text, about one topic; None: nothing chosen, which counts as all.
WORDS = {"need": "substance_use", "contact": "economy", "agenda": "substance_use", "answer": "economy",
         "held": "health", "deviation": "economy", "told": None}  # fmt: skip
PAGES = (
    "casework:case", "casework:events", "cases:parties", "consent:history", "meetings:overview", "deviations:list",
    "casework:log",
)  # fmt: skip
# Where the text has a place of its own on the page, the place says that it is not shared.
SAID_SO = {"substance_use": {"casework:case"}, "health": {"meetings:overview"}, "economy": set()}
LISTS = ("casework:worklist", "casework:inbox", "casework:followups", "deviations:unit_list", "consent:received")


def word(key: str) -> str:
    return f"Matrisord{key}slut"


def about(key: str) -> int:
    return mask_of([WORDS[key]] if WORDS[key] else [])


@pytest.fixture
def case(cast):
    """Called, answered and held, with a word of its own in every text; both parties see all of it."""
    with cast.acting("owner"):
        need = about("need")
    found = build.case(cast, reason_note=word("need"), need_topics=need)
    for who in ("party", "same_kommun"):
        build.party(cast, found, who=who)
    build.consent(cast, found, units=("party", "same_kommun"), form="spoken", informed_how=word("told"),
                  excluded_note="Undantagsordslut")  # fmt: skip
    with cast.acting("owner"):
        by, now = cast.owner, Case.objects.with_names().get(pk=found.pk)
        cases.note_contact(case=now, whom="Rehab", how="Telefon", on=build.today(), about=word("contact"), by=by,
                           topics=about("contact"))  # fmt: skip
        agenda = about("agenda")
    build.called(cast, found, units=("party", "same_kommun"), agenda=word("agenda"), topics=agenda)
    with cast.acting("party"):
        now = Case.objects.with_names().get(pk=found.pk)
        meeting = now.meetings.get()
        invitation = meeting.invitations.select_related("meeting__called_by", "unit").get(unit=cast.unit("party"))
        meetings.answer(case=now, invitation=invitation, answer="coming", attendee_name="Bo", attendee_title="Läkare",
                        note=word("answer"), topics=about("answer"), by=cast.actor("party"))  # fmt: skip
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=found.pk)
        meetings.hold(case=now, meeting=now.meetings.get(), came=[], person_came=True, note=word("held"),
                      topics=about("held"), by=cast.owner)  # fmt: skip
        deviations.report(case=now, kind="coordination", concerns_unit=cast.unit("same_kommun"), text=word("deviation"),
                          topics=about("deviation"), by=cast.owner)  # fmt: skip
    return build.reread(cast, found)


def narrow(cast, case, *, who="party", topic: str):
    with cast.acting("owner"):
        exempted = {cast.unit(who).pk: mask_of([topic])}
    build.consent(cast, case, units=("party", "same_kommun"), exempted=exempted, form="spoken",
                  informed_how=word("told"), excluded_note="Undantagsordslut")  # fmt: skip


def sent(cast, case, who) -> str:
    """What the unit would get as a frozen copy now."""
    build.send_copy(cast, case, who=who)
    with cast.acting(who):
        return json.dumps(ReceivedVersion.objects.filter(case_id=case.pk).latest("pk").content, ensure_ascii=False)


def everything_read(cast, browse, case, who) -> dict[str, str]:
    """Each channel with all that it says to the unit."""
    client = browse(WHO[who])
    texts = {name: client.get(reverse(name, args=[case.pk])).content.decode() for name in PAGES}
    for name in LISTS:
        texts[name] = client.get(reverse(name)).content.decode()
    texts["search"] = client.post(reverse("casework:search"), {"q": "Matrisord"}).content.decode()
    texts["api"] = client.get(f"/api/v1/cases/{case.pk}/").content.decode()
    for name in ("meetings", "consents"):
        texts[f"api {name}"] = client.get(f"/api/v1/{name}/").content.decode()
    texts["received"] = sent(cast, case, who)
    return texts


def found_in(texts: dict[str, str], wanted: str) -> set[str]:
    return {channel for channel, text in texts.items() if wanted in text}


def test_who_has_nothing_exempted_reads_every_word(cast, browse, case):
    for who in ("party", "same_kommun"):
        texts = everything_read(cast, browse, case, who)
        assert not [key for key in WORDS if not found_in(texts, word(key))], who
        assert not found_in(texts, "Undantagsordslut")


@pytest.mark.parametrize("topic", EXEMPTED)
def test_what_is_exempted_is_nowhere_for_that_party_and_still_there_for_the_other(cast, browse, case, topic):
    narrow(cast, case, topic=topic)
    hidden = {key for key, chosen in WORDS.items() if chosen in (topic, None)}
    narrowed, other = everything_read(cast, browse, case, "party"), everything_read(cast, browse, case, "same_kommun")
    for key in WORDS:
        assert bool(found_in(narrowed, word(key))) == (key not in hidden), (key, found_in(narrowed, word(key)))
        assert found_in(other, word(key)), key
    # Neither which topics nor for whom: only that something is not shared.
    with cast.acting("owner"):
        label = Topic.objects.get(code=topic).label
    assert not found_in(narrowed, "Undantagsordslut")
    assert not found_in(narrowed, f"Delas inte med {cast.unit('party').name}")
    assert found_in(narrowed, "Delas inte med er") >= SAID_SO[topic]
    owner = browse("amira.falun").get(reverse("consent:history", args=[case.pk])).content.decode()
    assert "Undantagsordslut" in owner and label in owner


def test_the_narrowed_party_is_told_that_and_not_why(cast, browse, case):
    narrow(cast, case, topic="economy")
    for who, told in (("party", True), ("same_kommun", False), ("owner", False)):
        with cast.acting(who):
            assert InboxItem.objects.filter(case_id=case.pk, kind="consent_changed").exists() == told
    with cast.acting("party"):
        assert not ReceivedVersion.objects.filter(case_id=case.pk, kind="access_ended").exists()
        assert not Case.objects.get(pk=case.pk).events.filter(kind="topics_ended").exists()
    with cast.acting("owner"):
        assert Case.objects.get(pk=case.pk).events.filter(kind="topics_ended").exists()


def test_what_was_exempted_stays_exempted_until_something_else_is_said(cast, case):
    narrow(cast, case, topic="economy")
    build.consent(cast, case, units=("party", "same_kommun"))
    with cast.acting("owner"):
        kept = ConsentExemption.objects.get(consent__case=case, consent__superseded_at=None)
        assert (kept.unit_id, kept.topics) == (cast.unit("party").pk, mask_of(["economy"]))
    build.consent(cast, case, units=("party", "same_kommun"), exempted={})
    with cast.acting("party"):
        assert Case.objects.get(pk=case.pk).events.filter(detail__contains=word("contact")).exists()


def test_a_deviation_is_only_sent_to_one_who_may_read_it(cast, case):
    narrow(cast, case, topic="economy")
    with cast.acting("owner"):
        now, text = Case.objects.with_names().get(pk=case.pk), {"kind": "guideline", "text": "Det tog tid."}
        for topics in (mask_of(["economy"]), mask_of(["economy", "health"]), -1):
            with pytest.raises(RuleBroken) as refused:
                deviations.report(case=now, concerns_unit=cast.unit("party"), topics=topics, by=cast.owner, **text)
            assert refused.value.field == "topics"
        deviations.report(case=now, concerns_unit=cast.unit("party"), topics=mask_of(["health"]), by=cast.owner, **text)
    with cast.acting("party"):
        assert [row.text for row in Deviation.objects.all()] == ["Det tog tid."]


def test_a_narrowed_party_cannot_write_where_it_cannot_read(cast, case):
    narrow(cast, case, topic="economy")
    with cast.acting("party"):
        now, by = Case.objects.with_names().get(pk=case.pk), cast.actor("party")
        what = {"whom": "X", "how": "Telefon", "on": build.today(), "by": by}
        for topics in (-1, mask_of(["economy"])):
            with pytest.raises(RuleBroken):
                cases.note_contact(case=now, topics=topics, **what)
        assert cases.note_contact(case=now, topics=mask_of(["health"]), **what).topics == mask_of(["health"])


def test_the_form_stores_what_is_exempted_per_party_and_for_all(cast, browse):
    case = build.case(cast)
    for who in ("party", "same_kommun"):
        build.party(cast, case, who=who)
    party, other = cast.unit("party").pk, cast.unit("same_kommun").pk
    page = reverse("consent:record", args=[case.pk])
    client = browse("amira.falun")
    shown = client.get(page).content.decode()
    assert "Personen vill inte att de här ämnena delas" in shown and "Undanta för alla" in shown
    answer = client.post(page, {
        "share_answer": "yes", "planning_answer": "yes", "form": "written", "given_on": build.today().isoformat(),
        "units": [party, other], "hidden_all": ["violence"], f"hidden_{party}": ["economy", "crime"],
    })  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    with cast.acting("owner"):
        rows = dict(ConsentExemption.objects.filter(case=case).values_list("unit_id", "topics"))
        assert rows == {party: mask_of(["economy", "crime", "violence"]), other: mask_of(["violence"])}
    again = client.get(page).content.decode()
    assert "3 ämnen undantagna" in again


def test_widening_is_told_apart_from_narrowing(cast, case):
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        party, other, stranger = (cast.unit(who) for who in ("party", "same_kommun", "outsider"))
        bit = mask_of(["economy"])
    yes = {"share_answer": "yes", "planning_answer": "yes"}
    narrow(cast, case, topic="economy")
    with cast.acting("owner"):
        same = yes | {"units": [party, other], "exempted": {party.pk: bit}}
        assert not consents.widens(now, **same)
        assert not consents.widens(now, **(same | {"exempted": None}))
        assert not consents.widens(now, **(same | {"units": [party]}))
        assert not consents.widens(now, **(same | {"exempted": {party.pk: bit, other.pk: bit}}))
        assert not consents.widens(now, **(same | {"share_answer": "no"}))
        assert not consents.widens(now, **(same | {"valid_to": build.today()}))
        assert consents.widens(now, **(same | {"exempted": {}}))
        assert consents.widens(now, **(same | {"exempted": {party.pk: bit << 1}}))
        assert consents.widens(now, **(same | {"units": [party, other, stranger]}))
        assert consents.widens(now, **(same | {"may_tell_other_sip": True}))
