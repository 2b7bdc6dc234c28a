"""Starting a SIP through the pages: by POST only, offered what exists, ended at once where another plan applies."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases import guidelines, services
from cases.enums import CloseReason, State
from cases.models import Case
from organisations.errors import RuleBroken
from organisations.models import Guideline, Unit
from tests import build
from tests.citizen.story import signed_in

NUMBER = "198501012382"
START = "/arenden/ny/"
PERSON = "/arenden/ny/uppgifter/"


@pytest.fixture
def client(cast, browse):
    return browse("amira.falun")


def filled(**changes):
    """The second step as a handler fills it in."""
    answers = {
        "case_id": str(uuid.uuid4()),
        "number": NUMBER,
        "compulsory": "no",
        "has_plan": "no",
        "given_name": "Astrid",
        "family_name": "Testholm",
        "protection": "none",
        "asked_by": "staff",
        "need_found_on": "i går",
        "reasons": ["coordination", "early"],
    }
    return {key: value for key, value in (answers | changes).items() if value is not None}


def the_case(cast, who="owner"):
    with cast.acting(who):
        return Case.objects.with_names().prefetch_related("texts").get()


def how_many(cast, who="owner"):
    with cast.acting(who):
        return Case.objects.count()


def title(response) -> str:
    return re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)[1]


def test_the_first_step_asks_for_the_number_and_says_what_a_sip_is_not(client):
    page = client.get(START).content.decode()
    assert "ingen remiss och ingen orosanmälan" in page
    assert "kostar ingenting" in page
    assert 'method="post"' in page


def test_the_number_in_the_address_does_nothing(client):
    assert NUMBER not in client.get(START, {"number": NUMBER}).content.decode()


@pytest.mark.parametrize("text", ["", " ", "19850101-2383", "１９８５０１０１２３８２", "\x00", "9" * 200_000])
def test_a_wrong_number_stays_on_the_first_step(client, text):
    response = client.post(START, {"number": text, "x": "1"})
    assert response.status_code == 200
    assert title(response).startswith("Fel: Starta SIP, steg 1 av 2")


def test_from_number_to_case(client, cast):
    second = client.post(START, {"number": "850101-2382"})
    page = second.content.decode()
    assert "19850101-2382" in page
    assert "41 år" in page
    assert f'name="number" value="{NUMBER}"' in page
    response = client.post(PERSON, filled(phone="0701740612", language="Arabiska", interpreter="on"))
    case = the_case(cast)
    assert response["Location"] == reverse("casework:case", args=[case.pk])
    assert (case.person.number, case.full_name, case.phone) == (NUMBER, "Astrid Testholm", "070-174 06 12")
    assert case.reasons == ["coordination", "early"]
    assert case.interpreter
    assert case.need_found_on == timezone.localdate() - timedelta(days=1)
    assert case.state == State.INITIATED


def test_no_address_or_title_names_the_person(client, cast):
    responses = [client.get(START), client.post(START, {"number": NUMBER}), client.post(PERSON, filled(reasons=[]))]
    responses += [client.post(PERSON, filled()), client.post(START, {"number": NUMBER})]
    for response in responses:
        head = title(response) if response.status_code == 200 else response["Location"]
        assert not re.search(r"Astrid|Testholm|8501|2382", head)
        links = re.findall(r'(?:href|action)="([^"]*)"', response.content.decode())
        assert not [link for link in links if re.search(r"Astrid|Testholm|850101", link)]


def test_the_same_form_sent_twice_opens_one_case(client, cast):
    form = filled()
    first, second = client.post(PERSON, form), client.post(PERSON, form)
    assert first["Location"] == second["Location"]
    assert how_many(cast) == 1
    with cast.acting("owner"):
        assert the_events(Case.objects.get()) == ["started"]


def the_events(case) -> list[str]:
    return list(case.events.values_list("kind", flat=True))


def test_two_at_once_open_one_case(own_database):
    clients = [signed_in("amira.falun") for _ in range(2)]
    form, answers = filled(), []

    def send(client):
        from django.db import connection

        try:
            answers.append(client.post(PERSON, form)["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert len(set(answers)) == 1 and answers[0].startswith("/arenden/")


def test_somebody_elses_form_cannot_take_over_a_case(cast, browse):
    """The id of the form is no key to a case: another assignment with the same id is refused."""
    case = build.case(cast)
    response = browse("linda.kalmar").post(PERSON, filled(case_id=str(case.pk)))
    assert response.status_code == 409
    assert how_many(cast, "outsider") == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"given_name": ""}, "Fyll i förnamn."),
        ({"family_name": "   "}, "Fyll i efternamn."),
        ({"given_name": "A" * 101}, "Skriv högst 100 tecken."),
        ({"given_name": "A\x00"}, "tecken som inte går att läsa"),
        ({"reason_note": "x" * 50_000}, "Skriv högst 2"),
        ({"reasons": []}, "Välj minst ett skäl"),
        ({"reasons": ["nonsense"]}, "nonsense"),
        ({"need_found_on": ""}, "Svara på frågan ”När upptäcktes behovet?”"),
        ({"need_found_on": "2099-01-01"}, "Datumet har inte varit än"),
        ({"need_found_on": "31 februari"}, "februari"),
        ({"phone": "ring mig"}, "Skriv ett telefonnummer"),
        ({"protection": "secret"}, "secret"),
        ({"compulsory": None}, "öppen psykiatrisk tvångsvård"),
        ({"has_plan": None}, "Finns redan en plan"),
        ({"has_plan": "yes"}, "Skriv vilken plan som räcker."),
        ({"has_plan": "no", "other_plan": "Genomförandeplan"}, "svarat nej"),
        ({"ready_on": "i går", "inpatient": "on"}, "Skriv klockslaget också"),
        ({"ready_at": "13.30", "inpatient": "on"}, "Skriv dagen också"),
        ({"ready_on": "i går", "ready_at": "13.30"}, "Kryssa i att personen är inlagd"),
        ({"case_id": "x"}, "UUID"),
        ({"number": "19850101-2383"}, "Kontrollsiffran"),
        ({"number": ""}, "Skriv personens nummer."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_opened(client, cast, changes, message):
    response = client.post(PERSON, filled(**changes))
    assert response.status_code == 200
    assert title(response).startswith("Fel: ")
    assert message in response.content.decode()
    assert how_many(cast) == 0


def test_a_ward_of_no_hospital_is_refused(client, cast):
    home = cast.unit("owner")
    response = client.post(PERSON, filled(inpatient="on", ward_unit=home.pk))
    assert response.status_code == 200
    assert how_many(cast) == 0


def test_the_second_step_is_reached_by_post_only(client):
    assert client.get(PERSON).status_code == 405


def test_the_units_open_case_is_offered_first(client, cast):
    case = build.case(cast)
    page = client.post(START, {"number": "19850101 2382"}).content.decode()
    assert "Det finns redan en öppen SIP" in page
    assert case.reference in page
    assert reverse("casework:case", args=[case.pk]) in page
    with cast.acting("owner"):
        assert AuditEvent.objects.filter(event="cases.offered", case_id=case.pk).exists()
    anyway = client.post(START, {"number": "19850101 2382", "anyway": "1"}).content.decode()
    assert "Personen och behovet" in anyway


def test_another_units_case_is_never_offered(cast, browse):
    build.case(cast)
    page = browse("maria.falun").post(START, {"number": NUMBER}).content.decode()
    assert "Det finns redan en öppen SIP" not in page
    assert "Personen och behovet" in page


def test_a_closed_case_is_not_offered(client, cast):
    closed_case(cast)
    assert "Personen och behovet" in client.post(START, {"number": NUMBER}).content.decode()


def closed_case(cast, **values):
    case = build.case(cast, **values)
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=case.pk)
        services.close(case=case, reason=CloseReason.GOALS_MET, note="Klart.", by=cast.owner)
    return case


def test_a_protected_persons_name_is_not_offered_in_clear(client, cast):
    build.case(cast, protection="marked")
    page = client.post(START, {"number": NUMBER}).content.decode()
    assert "Astrid" not in page
    assert "Skyddade personuppgifter" in page


def test_another_plan_is_enough(client, cast):
    """INI-6: which plan is recorded, and the case ends so."""
    response = client.post(PERSON, filled(has_plan="yes", other_plan="Genomförandeplan LSS"))
    case = the_case(cast)
    assert response["Location"] == reverse("casework:case", args=[case.pk])
    assert (case.state, case.close_reason, case.other_plan) == ("closed", "other_plan", "Genomförandeplan LSS")
    with cast.acting("owner"):
        assert not case.deadlines.filter(met_at=None, cancelled_at=None).exists()


def test_open_compulsory_care_is_an_explained_exit(client, cast):
    """INI-7: recorded as ended, and the page says why; it outranks the other question."""
    response = client.post(PERSON, filled(compulsory="yes", has_plan="yes", other_plan="Vårdplan"))
    case = the_case(cast)
    assert (case.state, case.close_reason, case.other_plan) == ("closed", "compulsory_plan", "")
    assert response["Location"] == reverse("discharge:plan_from_case", args=[case.pk])
    page = client.get(response["Location"]).content.decode()
    assert "samordnad vårdplan" in page
    assert "Tvångsvård på sjukhus hindrar inte en SIP" in page


def test_an_inpatient_with_ward_and_discharge_starts_the_clock(client, cast):
    """TID-2: three days from utskrivningsklar."""
    ward = Unit.objects.filter(kind="ward").first()
    client.post(PERSON, filled(inpatient="on", ward_unit=ward.pk, ready_on="i går", ready_at="13.30"))
    case = the_case(cast)
    assert (case.inpatient, case.ward_unit_id) == (True, ward.pk)
    with cast.acting("owner"):
        due = case.deadlines.get(kind="call_after_ready")
        assert due.due_on == timezone.localdate() + timedelta(days=2)
        assert due.statutory


def test_a_minor_is_told_about(client):
    page = client.post(START, {"number": "201003222385"}).content.decode()
    assert "under 18 år" in page


def test_who_may_start_is_the_guidelines_word(cast):
    """GUI-2: in Dalarna a school does not start, in Kalmar it does; a private provider with a contract may."""

    def refusal(unit, guideline):
        found = Unit.objects.with_names().get(name=unit)
        return guidelines.why_not_start(found, Guideline.objects.get(slug=guideline))

    with cast.acting("owner"):
        assert "startar Elevhälsan Falun inte själv" in refusal("Elevhälsan Falun", "dalarna")
        assert not refusal("Elevhälsan Kalmar", "kalmar")
        assert not refusal("Provbackens hälsocentral, Kalmar", "kalmar")
        assert refusal("Försäkringskassan, samverkan", "law_only")


def test_a_unit_that_may_not_start_gets_the_reason_instead_of_the_form(cast, browse, monkeypatch):
    client = browse("amira.falun")
    monkeypatch.setattr(guidelines, "why_not_start", lambda unit, guideline: "Er enhet startar inte själv.")
    page = client.get(START).content.decode()
    assert "Er enhet startar inte själv." in page
    assert 'name="number"' not in page
    assert "Er enhet startar inte själv." in client.post(PERSON, filled()).content.decode()
    assert how_many(cast) == 0


@pytest.mark.parametrize("who", ["mattias.falun", "yusuf.falun", "bo.falun", "helena.falun", "anders.falun"])
def test_only_handlers_start(cast, browse, who):
    client = browse(who)
    assert client.get(START).status_code == 403
    assert client.post(START, {"number": NUMBER}).status_code == 403
    assert client.post(PERSON, filled()).status_code == 403


def test_the_service_refuses_what_no_form_would_send(cast):
    with cast.acting("owner"):
        case = build_open(cast)
        with pytest.raises(RuleBroken, match="inte avslutad"):
            build_open(cast, previous_case=case)
        with pytest.raises(RuleBroken, match="framåt"):
            build_open(cast, need_found_on=timezone.localdate() + timedelta(days=1))
        with pytest.raises(RuleBroken, match="skäl"):
            build_open(cast, reasons=[])


def build_open(cast, **changes):
    values = {
        "number": NUMBER,
        "id_kind": "personnummer",
        "given_name": "Astrid",
        "family_name": "Testholm",
        "reasons": ["early"],
        "need_found_on": timezone.localdate(),
        "by": cast.owner,
    }
    return services.start(**(values | changes))


class TestLinked:
    """A new need after closure starts a new case that links to the old one (AVS-3)."""

    def test_prefilled_and_linked(self, client, cast):
        old = closed_case(cast, phone="070-174 06 12")
        address = reverse("cases:link_new", args=[old.pk])
        page = client.get(address)
        assert 'value="070-174 06 12"' in page.content.decode()
        assert "Astrid" not in title(page)
        response = client.post(address, filled(number=None, reasons=["rehabilitation"]))
        with cast.acting("owner"):
            new = Case.objects.get(previous_case=old)
        assert response["Location"] == reverse("casework:case", args=[new.pk])
        assert new.person_id == old.person_id
        assert client.post(address, filled(number=None, case_id=str(new.pk)))["Location"] == response["Location"]
        assert how_many(cast) == 2

    def test_an_open_case_is_continued(self, client, cast):
        case = build.case(cast)
        response = client.post(reverse("cases:link_new", args=[case.pk]), filled(number=None))
        assert response["Location"] == reverse("casework:case", args=[case.pk])
        assert how_many(cast) == 1

    def test_another_number_in_the_form_changes_nothing(self, client, cast):
        old = closed_case(cast)
        client.post(reverse("cases:link_new", args=[old.pk]), filled(number="194201077098"))
        with cast.acting("owner"):
            assert Case.objects.get(previous_case=old).person.number == NUMBER

    def test_nobody_elses(self, cast, browse):
        old = closed_case(cast)
        address = reverse("cases:link_new", args=[old.pk])
        assert browse("linda.kalmar").get(address).status_code == 404
        assert browse("mattias.falun").get(address).status_code == 403
