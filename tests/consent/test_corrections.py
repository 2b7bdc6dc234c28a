"""A case on the wrong person, and what reached the wrong receiver (PLA-9)."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEvent
from cases import services as case_services
from cases.models import Case, CaseEvent
from consent import corrections
from consent.models import Disclosure, Recall, ReceivedVersion
from notifications.models import InboxItem
from organisations.errors import Conflict, RuleBroken
from plans import endings
from tests import build

WHY = "Numret var till en annan person med samma namn."


def void(cast, case, who="owner", reason=WHY):
    with cast.acting(who):
        corrections.void(case=Case.objects.with_names().get(pk=case.pk), reason=reason, by=cast.actor(who))


def received(cast, who="party"):
    with cast.acting(who):
        return ReceivedVersion.objects.count()


@pytest.fixture
def planned(cast):
    return build.planned(cast).case


def test_the_owner_sees_that_the_case_is_void(cast, planned, browse):
    void(cast, planned)
    html = browse("amira.falun").get(f"/arenden/{planned.pk}/").content.decode()
    assert "Makulerat" in html and "Avslutad</span>" not in html


def test_a_void_case_is_hidden_from_all_but_the_owner(cast, planned, browse):
    assert received(cast) > 0
    void(cast, planned)
    assert received(cast) == 0
    party = browse("hanna.dalarna")
    assert party.get(f"/arenden/{planned.pk}/").status_code == 404
    assert planned.full_name not in party.get("/mottaget/").content.decode()
    inbox = party.get("/kallelser/").content.decode()
    assert "Ett ärende är makulerat" in inbox and WHY not in inbox
    own = browse("amira.falun").get(f"/arenden/{planned.pk}/")
    assert own.status_code == 200 and "Makulera ärendet" not in own.content.decode()
    with cast.acting("owner"):
        case = Case.objects.get(pk=planned.pk)
        assert (case.state, case.close_reason) == ("closed", "mistake")
        assert CaseEvent.objects.filter(case=case, kind="voided").count() == 1
        assert AuditEvent.objects.filter(event="cases.voided").count() == 1
        assert Recall.objects.get(case=case).kind == "voided"


def test_also_a_case_that_has_been_closed(cast, planned):
    with cast.acting("owner"):
        endings.close(case=Case.objects.with_names().get(pk=planned.pk), reason="goals_met", by=cast.owner)
    assert received(cast) > 0
    void(cast, planned)
    assert received(cast) == 0
    with pytest.raises(Conflict):
        void(cast, planned)


def test_only_the_owner_voids_and_says_why(cast, planned):
    with pytest.raises(RuleBroken):
        void(cast, planned, who="party")
    with pytest.raises(RuleBroken):
        void(cast, planned, reason=" ")
    with cast.acting("party"), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("select void_case(%s, 'x')", [planned.pk])


def wrongly_sent(cast):
    """The party was called, got the plan, and should never have been in; its part has ended."""
    case = build.planned(cast).case
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        endings.end_party(case=again, party=again.participations.active().get(unit=cast.unit("party")), why="Fel",
                          by=cast.owner)  # fmt: skip
        return case, Disclosure.objects.filter(case=case, unit=cast.unit("party")).first()


def recall(cast, disclosure, who="owner", reason=WHY):
    with cast.acting(who):
        disclosure.case = Case.objects.with_names().get(pk=disclosure.case_id)
        corrections.recall(disclosure=disclosure, reason=reason, by=cast.actor(who))


def test_a_recalled_disclosure_cannot_be_read_and_is_on_record(cast, browse):
    case, disclosure = wrongly_sent(cast)
    before = received(cast)
    recall(cast, disclosure)
    assert before > 0 and received(cast) == 0
    with cast.acting("party"):
        assert InboxItem.objects.filter(kind="recalled").count() == 1
    with cast.acting("owner"):
        assert CaseEvent.objects.filter(case=case, kind="recalled").exists()
        assert AuditEvent.objects.get(event="consent.recalled").object_type == "Felaktigt utlämnande"
    text = browse("amira.falun").get(f"/arenden/{case.pk}/samtycke/").content.decode()
    assert "Felaktigt utlämnande" in text and WHY in text
    with pytest.raises(Conflict):
        recall(cast, disclosure)


def test_one_that_takes_part_is_first_taken_out(cast, planned):
    with cast.acting("owner"):
        disclosure = Disclosure.objects.filter(case=planned, unit=cast.unit("party")).first()
    with pytest.raises(RuleBroken, match="Avsluta deras deltagande"):
        recall(cast, disclosure)


def test_what_is_sent_rightly_afterwards_can_be_read(cast):
    case, disclosure = wrongly_sent(cast)
    recall(cast, disclosure)
    build.party(cast, case)
    build.consent(cast, case)
    with cast.acting("owner"):
        assert cast.unit("party").pk in case_services.units_with_access(Case.objects.get(pk=case.pk))


def test_others_cannot_recall(cast):
    _, disclosure = wrongly_sent(cast)
    for who in ("party", "outsider", "reader"):
        with cast.acting(who), transaction.atomic(), connection.cursor() as cursor:
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("select recall_disclosure(%s, 'x')", [disclosure.pk])


def test_through_the_page(cast, browse):
    case, disclosure = wrongly_sent(cast)
    url = f"/arenden/{case.pk}/utlamnat/{disclosure.pk}/aterkalla/"
    client = browse("amira.falun")
    assert "Skriv vad som blev fel." in client.post(url, {"reason": ""}).content.decode()
    assert client.post(url, {"reason": WHY}).status_code == 302
    assert received(cast) == 0
