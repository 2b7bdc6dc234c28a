"""Sharing on another ground in law: what it opens, until when, and what it never replaces (OSL 25:12, 26:9)."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connections
from django.urls import reverse

from audit.models import AuditEvent
from cases.models import Case, CaseEvent
from cases.topics import mask_of
from consent import coverage, grounds
from consent import services as consents
from consent.models import ConsentUnit, Disclosure, LegalGround, ReceivedVersion
from organisations.errors import RuleBroken
from tests import build
from tests.cast import Cast

NO_SHARING = {"share_answer": "unavailable", "planning_answer": "yes", "units": ()}


@pytest.fixture
def case(cast):
    """The person wants to plan; about sharing there is no answer. The party sees nothing."""
    with cast.acting("owner"):
        need = mask_of(["health"])
    found = build.case(cast, reason_note="Hälsoordslut", need_topics=need)
    build.party(cast, found)
    build.consent(cast, found, **NO_SHARING)
    with cast.acting("owner"):
        now = Case.objects.get(pk=found.pk)
        CaseEvent.objects.create(case=now, kind="prov", text="Ekonomiordslut", topics=mask_of(["economy"]))
    return build.reread(cast, found)


def sees(cast, case, who="party") -> bool:
    with cast.acting(who):
        return Case.objects.filter(pk=case.pk).exists()


def copies(cast, case, who="party") -> list:
    with cast.acting(who):
        return list(ReceivedVersion.objects.filter(case_id=case.pk).order_by("pk"))


def sees_texts(cast, case, who="party") -> set[str]:
    with cast.acting(who):
        found = Case.objects.with_names().get(pk=case.pk)
        return {word for word in (found.reason_note, *found.events.values_list("text", flat=True)) if "ordslut" in word}


def test_it_opens_its_topics_for_its_party_and_nothing_else(cast, case):
    assert not sees(cast, case)
    ground = build.ground(cast, case)
    assert sees_texts(cast, case) == {"Hälsoordslut"}
    assert build.reread(cast, case).state == "consented"
    with cast.acting("owner"):
        assert coverage.why_no_call(coverage.current(case)) == ""
        row = Disclosure.objects.get(case=case)
        assert (row.unit, row.legal_basis, row.topics) == (cast.unit("party"), ground.statute, ground.topics)
        logged = AuditEvent.objects.get(event="consent.ground_recorded", case_id=case.pk)
        assert logged.legal_basis == ground.statute == "OSL 25:12 och 26:9, fortgående missbruk"


def test_only_the_covered_party_can_be_called_and_its_copy_says_the_basis(cast, case):
    build.party(cast, case, who="same_kommun")
    build.ground(cast, case)
    with pytest.raises(RuleBroken):
        build.call(cast, case, units=("party", "same_kommun"))
    build.call(cast, case, units=("party",), agenda="Agendaordslut")
    with cast.acting("party"):
        assert Case.objects.with_names().get(pk=case.pk).meetings.get().agenda == ""
    [copy] = copies(cast, case)
    assert "Agendaordslut" not in str(copy.content) and "Hälsoordslut" in str(copy.content)
    with cast.acting("owner"):
        called = Disclosure.objects.filter(case_id=case.pk, what__startswith="Kallelse").get()
    assert called.legal_basis.startswith("OSL 25:12")


def test_a_no_to_sharing_alone_goes_on_when_there_is_another_ground(cast):
    case = build.case(cast)
    build.party(cast, case)
    build.consent(cast, case, share_answer="no", planning_answer="yes", units=(), other_ground=True)
    assert build.reread(cast, case).state == "initiated"
    build.ground(cast, case)
    assert sees(cast, case) and build.reread(cast, case).state == "consented"
    other = build.case(cast, number="199002222397")
    build.consent(cast, other, share_answer="no", planning_answer="no", units=(), other_ground=True)
    assert build.reread(cast, other).state == "declined"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topics": ()}, "topics"),
        ({"statute": "under_18"}, "statute"),
        ({"statute": "nonsense"}, "statute"),
        ({"statute": "other"}, "other"),
        ({"days": -1}, "valid_to"),
        ({"days": 366}, "valid_to"),
        ({"who": "same_kommun"}, "unit"),
        ({"who": "owner"}, "unit"),
        ({"facts": ""}, "facts"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_a_ground_must_say(cast, case, change, field):
    with pytest.raises(RuleBroken) as refused:
        build.ground(cast, case, **change)
    assert refused.value.field == field
    with cast.acting("owner"):
        assert not LegalGround.objects.filter(case_id=case.pk).exists()


def test_it_never_replaces_the_answer_about_planning(cast):
    case = build.case(cast)
    build.party(cast, case)
    with pytest.raises(RuleBroken, match="planera tillsammans"):
        build.ground(cast, case)
    build.consent(cast, case, share_answer="yes", planning_answer="unavailable", units=())
    with pytest.raises(RuleBroken, match="planera tillsammans"):
        build.ground(cast, case)


def test_ending_it_works_at_once_and_leaves_the_party_its_copy(cast, case):
    ground = build.ground(cast, case)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        grounds.end(case=now, ground=LegalGround.objects.select_related("unit").get(pk=ground.pk), by=cast.owner)
    assert not sees(cast, case)
    assert [copy.kind for copy in copies(cast, case)] == ["access_ended"]


def test_a_withdrawal_ends_it_and_its_party_is_told(cast, case):
    build.ground(cast, case)
    with cast.acting("owner"):
        consents.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.owner)
    assert not sees(cast, case)
    with cast.acting("owner"):
        assert LegalGround.objects.get(case_id=case.pk).ended_at is not None
    [copy] = copies(cast, case)
    assert copy.kind == "access_ended" and "Ekonomiordslut" not in str(copy.content)


YES, NO, UNKNOWN = "yes", "no", "unavailable"
PAST, TODAY, LATER = -1, 0, 5


def test_ground_and_consent_and_dates_in_the_database(own_database):
    """The rule told anew for every combination: which masks the party has, by its consent and by its ground."""
    cast = Cast()
    case = build.case(cast)
    build.party(cast, case)
    pk, party = build.consent(cast, case, units=()).pk, cast.unit("party").pk
    answers, tried = (YES, NO, UNKNOWN), 0
    for planning, share, named, consent_to, ground_to in product(
        answers, answers, (True, False), (PAST, TODAY, None), (PAST, TODAY, LATER, None)
    ):
        wanted = set()
        if planning == YES and consent_to != PAST:
            wanted |= {0} if share == YES and named else set()
            wanted |= {~4} if ground_to in (TODAY, LATER) else set()
        write(cast, case, pk, party, planning, share, named=named, consent_to=consent_to, ground_to=ground_to)
        with connections["admin"].cursor() as cursor:
            cursor.execute("select masks_for(%s, %s)", [case.pk, party])
            assert set(cursor.fetchone()[0]) == wanted, (planning, share, named, consent_to, ground_to)
        tried += 1
    assert tried == 216


def write(cast, case, pk, party, planning, share, *, named, consent_to, ground_to) -> None:
    today, by = build.today(), cast.owner.assignment_id
    until = None if consent_to is None else today + timedelta(days=consent_to)
    with connections["admin"].cursor() as cursor:
        cursor.execute("delete from consent_legalground")
        cursor.execute("delete from consent_consentunit where unit_id = %s", [party])
        cursor.execute(
            "update consent_consent set planning_answer = %s, share_answer = %s, valid_to = %s, given_on = %s"
            " where id = %s",
            [planning, share, until, today - timedelta(days=9), pk],
        )
    if named:
        ConsentUnit.objects.using("admin").create(consent_id=pk, case_id=case.pk, unit_id=party)
    if ground_to is not None:
        LegalGround.objects.using("admin").create(
            case_id=case.pk, unit_id=party, statute="OSL 25:12", topics=4, facts="x", reason="y",
            from_on=today - timedelta(days=9), valid_to=today + timedelta(days=ground_to), recorded_by_id=by,
        )  # fmt: skip


def test_the_page_asks_for_all_and_the_person_is_told(cast, browse, case):
    client, page = browse("amira.falun"), reverse("consent:ground_new", args=[case.pk])
    shown = client.get(page).content.decode()
    assert "OSL (2009:400) 25 kap. 12 §" in shown and "Personen missbrukar fortgående" in shown
    said = {"unit": cast.unit("party").pk, "statute": "substance_use", "topics": ["health"], "facts": "Läkemedel",
            "reason": "Det behövs.", "valid_to": (build.today() + timedelta(days=30)).isoformat()}  # fmt: skip
    assert client.post(page, said | {"topics": []}).status_code == 200
    assert client.post(page, said).status_code == 302
    history = client.get(reverse("consent:history", args=[case.pk])).content.decode()
    assert "Läkemedel" in history and "fortgående missbruk" in history and "Kroppslig hälsa" in history
    with cast.acting("owner"):
        ground = LegalGround.objects.get(case_id=case.pk)
    assert client.post(reverse("consent:ground_end", args=[case.pk, ground.pk])).status_code == 302
    assert not sees(cast, case)


def test_a_ground_needs_a_fresh_login_and_ending_it_does_not(cast, browse, case):
    ground = build.ground(cast, case)
    client = browse("amira.falun")
    session = client.session
    session["auth_time"] -= 6 * 60
    session.save()
    answer = client.get(reverse("consent:ground_new", args=[case.pk]))
    assert answer.status_code == 302 and "bekrafta" in answer["Location"]
    assert client.post(reverse("consent:ground_end", args=[case.pk, ground.pk])).status_code == 302
    assert not sees(cast, case)
