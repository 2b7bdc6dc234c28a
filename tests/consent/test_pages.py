"""The consent pages over HTTP: who gets in, what is said when something is missing, what a double click does."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from consent.models import Consent, ReceivedVersion
from tests import build

GOOD = {
    "share_answer": "yes",
    "planning_answer": "yes",
    "form": "spoken",
    "informed_how": "Amira berättade vid hembesök.",
    "given_on": "i dag",
}


def filled(cast, **changed):
    values = GOOD | {"given_on": build.today().isoformat(), "units": [cast.unit("party").pk]} | changed
    return {name: value for name, value in values.items() if value is not None}


def url(case, name="record"):
    return reverse(f"consent:{name}", args=[case.pk])


def consents(cast, case):
    with cast.acting("owner"):
        return list(Consent.objects.filter(case=case).order_by("pk"))


@pytest.fixture
def case(cast):
    found = build.case(cast)
    build.party(cast, found)
    return found


def test_a_recorded_consent_is_shown_with_its_receipt(cast, browse, case):
    client = browse("amira.falun")
    response = client.post(url(case), filled(cast), follow=True)
    text = response.content.decode()
    assert response.redirect_chain[-1][0] == url(case, "history")
    assert "Samtycket är sparat. Nu kan ni kalla till möte." in text
    assert "Gäller nu" in text and "Amira berättade vid hembesök." in text
    assert cast.unit("party").name in text
    assert build.reread(cast, case).state == "consented"


def test_the_title_and_address_name_nobody(cast, browse, case):
    text = browse("amira.falun").get(url(case)).content.decode()
    title = text.split("<title>")[1].split("</title>")[0]
    assert title == "Dokumentera samtycke – SIP-stödet"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"share_answer": None}, "Svara på frågan ”Får verksamheterna dela uppgifter om personen med varandra?”"),
        ({"planning_answer": "perhaps"}, "Välj ett av svaren."),
        ({"form": None}, "Välj hur svaret gavs."),
        ({"informed_how": ""}, "Skriv hur personen fick information, och av vem."),
        ({"given_on": "2040-01-01"}, "Datumet har inte varit än."),
        ({"given_on": "någon gång"}, "datum"),
        ({"valid_to": "2001-01-01"}, "Datumet har passerat."),
        ({"units": ["99999999999999999999999"]}, "En av enheterna går inte att välja."),
        ({"units": ["\0"]}, "Null-tecken är inte tillåtna."),
        ({"units": ["abc"]}, "En av enheterna går inte att välja."),
        ({"trees": ["7000"]}, "En av enheterna går inte att välja."),
        ({"new_units": ["9" * 30]}, "En av enheterna går inte att välja."),
        ({"excluded_note": "x" * 5000}, "Skriv högst 2\N{NO-BREAK SPACE}000 tecken."),
        ({"excluded_note": "a\0b"}, "tecken som inte går att läsa"),
        ({"seen": "9" * 40}, ""),
    ],
)
def test_bad_input_is_explained_and_nothing_is_saved(cast, browse, case, changed, said):
    response = browse("amira.falun").post(url(case), filled(cast, **changed))
    assert response.status_code in (200, 409)
    assert said in response.content.decode()
    assert consents(cast, case) == []


def test_what_was_typed_stays_when_something_is_missing(cast, browse, case):
    text = browse("amira.falun").post(url(case), filled(cast, share_answer=None)).content.decode()
    assert "Amira berättade vid hembesök." in text
    assert "<title>Fel: Dokumentera samtycke" in text


def test_searching_for_a_unit_keeps_what_was_typed_and_saves_nothing(cast, browse, case):
    client = browse("amira.falun")
    text = client.post(url(case), filled(cast, search="hemtjänsten falun", find="1")).content.decode()
    assert "Hemtjänsten Falun Norra" in text
    assert "Amira berättade vid hembesök." in text
    assert "felruta" not in text
    assert consents(cast, case) == []
    client.post(url(case), filled(cast, new_units=[cast.unit("same_kommun").pk], search="hemtjänsten falun"))
    with cast.acting("same_kommun"):
        assert type(case).objects.filter(pk=case.pk).exists()


def test_a_search_without_hits_says_so(cast, browse, case):
    text = browse("amira.falun").post(url(case), filled(cast, search="qqqq", find="1")).content.decode()
    assert "Ingen enhet passar." in text


def test_a_double_click_is_a_conflict(cast, browse, case):
    client = browse("amira.falun")
    assert client.post(url(case), filled(cast)).status_code == 302
    assert client.post(url(case), filled(cast)).status_code == 409
    assert len(consents(cast, case)) == 1


def test_a_no_ends_the_case_and_says_so(cast, browse, case):
    values = filled(cast, planning_answer="no", reason="Vill vänta.")
    response = browse("amira.falun").post(url(case), values, follow=True)
    assert "Personens nej är sparat" in response.content.decode()
    assert build.reread(cast, case).state == "declined"
    assert browse("amira.falun").get(url(case)).status_code == 403


def test_the_page_starts_from_the_present_answer(cast, browse):
    case = build.consented(cast, parties=("party", "same_kommun"))
    text = browse("amira.falun").get(url(case)).content.decode()
    for who in ("party", "same_kommun"):
        assert f'value="{cast.unit(who).pk}"' in text
    now = consents(cast, case)[-1]
    client = browse("amira.falun")
    client.post(url(case), filled(cast, seen=now.pk))
    assert browse("maria.falun").get(url(case, "history")).status_code == 404
    assert browse("hanna.dalarna").get(url(case, "history")).status_code == 200


def test_a_no_from_a_called_case_is_a_withdrawal_with_a_receipt(cast, browse):
    case = build.called(cast)
    values = filled(cast, share_answer="no", seen=consents(cast, case)[-1].pk)
    response = browse("amira.falun").post(url(case), values, follow=True)
    assert "Återkallelsen är sparad" in response.content.decode()
    assert build.reread(cast, case).close_reason == "withdrawn"


@pytest.mark.parametrize(
    ("who", "history", "record"),
    [
        ("johan.falun", 200, 200),
        ("hanna.dalarna", 200, 403),
        ("mattias.falun", 200, 403),
        ("yusuf.falun", 200, 403),
        ("maria.falun", 404, 404),
        ("linda.kalmar", 404, 404),
        ("helena.falun", 403, 403),
        ("anders.falun", 403, 403),
        ("elsa.medborgare", 404, 404),
    ],
)
def test_who_gets_in(cast, browse, who, history, record):
    case = build.consented(cast)
    client = browse(who)
    assert client.get(url(case, "history")).status_code == history
    assert client.get(url(case)).status_code == record
    assert client.post(url(case), filled(cast)).status_code in ({record} if record != 200 else {200, 302, 409})


# --- withdrawing, leaving, closing ---------------------------------------------------------------------------------


def test_a_party_withdraws_gets_a_receipt_and_then_404(cast, browse):
    case = build.called(cast)
    client = browse("hanna.dalarna")
    page = reverse("plans:withdraw", args=[case.pk])
    assert "kan inte ångras" in client.get(page).content.decode()
    response = client.post(page, {"how": "spoken"}, follow=True)
    text = response.content.decode()
    assert response.redirect_chain == [(reverse("consent:receipt"), 302)]
    assert "Återkallelsen är sparad" in text
    assert "Astrid" not in text and case.reference not in text
    assert client.get(page).status_code == 404
    assert client.post(page, {"how": "spoken"}).status_code == 404
    assert build.reread(cast, case).state == "closed"


def test_how_it_was_withdrawn_is_asked(cast, browse):
    case = build.consented(cast)
    client = browse("amira.falun")
    for values in ({"how": ""}, {"how": "presumed"}, {"how": "x" * 100000}):
        response = client.post(reverse("plans:withdraw", args=[case.pk]), values)
        assert response.status_code == 200
        assert "felruta" in response.content.decode()
    assert build.reread(cast, case).state == "consented"


def test_nothing_to_withdraw_is_explained(cast, browse, case):
    response = browse("amira.falun").post(reverse("plans:withdraw", args=[case.pk]), {"how": "spoken"})
    assert "Det finns inget samtycke att återkalla." in response.content.decode()


@pytest.mark.parametrize(("who", "status"), [("bo.falun", 403), ("mattias.falun", 403), ("maria.falun", 404)])
def test_only_handlers_of_parties_withdraw(cast, browse, who, status):
    case = build.consented(cast)
    assert browse(who).post(reverse("plans:withdraw", args=[case.pk]), {"how": "spoken"}).status_code == status
    assert build.reread(cast, case).state == "consented"


def test_a_party_leaves_with_a_receipt(cast, browse):
    case = build.consented(cast)
    client = browse("hanna.dalarna")
    page = reverse("plans:leave", args=[case.pk])
    assert "felruta" in client.post(page, {"why": ""}).content.decode()
    text = client.post(page, {"why": "Utskriven från oss."}, follow=True).content.decode()
    assert "Er enhet har lämnat ärendet" in text
    assert client.get(page).status_code == 404
    assert build.reread(cast, case).state == "consented"


def test_the_owner_is_told_why_it_cannot_leave(cast, browse):
    case = build.consented(cast)
    response = browse("amira.falun").post(reverse("plans:leave", args=[case.pk]), {"why": "x"})
    assert "Lämna över ansvaret först." in response.content.decode()


def test_closing_gives_all_their_copy_first(cast, browse):
    case = build.called(cast)
    client = browse("amira.falun")
    page = reverse("plans:close", args=[case.pk])
    assert client.get(page).status_code == 200
    assert "felruta" in client.post(page, {"reason": ""}).content.decode()
    response = client.post(page, {"reason": "not_needed", "note": "Alla är överens."})
    assert response.status_code == 302
    case = build.reread(cast, case)
    assert (case.state, case.close_reason) == ("closed", "not_needed")
    with cast.acting("party"):
        kinds = list(ReceivedVersion.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["call", "closed"]
    with cast.acting("owner"):
        assert case.meetings.get().state == "cancelled"
        assert case.disclosures.filter(what="Ärendet när det avslutades").count() == 1
    assert client.post(page, {"reason": "not_needed"}).status_code == 403
    assert client.get(url(case, "history")).status_code == 200
    assert client.post(url(case), filled(cast)).status_code == 403


def test_a_case_opened_by_mistake_gives_nobody_a_copy(cast, browse):
    case = build.consented(cast)
    browse("amira.falun").post(reverse("plans:close", args=[case.pk]), {"reason": "mistake", "note": "Fel person."})
    with cast.acting("party"):
        assert not ReceivedVersion.objects.exists()
    assert browse("hanna.dalarna").get(url(case, "history")).status_code == 404


# --- what the unit has received ------------------------------------------------------------------------------------


def test_received_versions_are_opened_with_a_reason_that_is_logged(cast, browse):
    case = build.called(cast)
    browse("hanna.dalarna").post(reverse("plans:withdraw", args=[case.pk]), {"how": "spoken"})
    client = browse("hanna.dalarna")
    listed = client.get(reverse("consent:received")).content.decode()
    assert case.reference in listed and "Astrid" not in listed
    with cast.acting("party"):
        version = ReceivedVersion.objects.order_by("pk").first()
    page = reverse("consent:received_one", args=[version.pk])
    assert "Astrid" not in client.get(page).content.decode()
    assert "Skriv varför du behöver läsa versionen." in client.post(page, {"reason": " "}).content.decode()
    opened = client.post(page, {"reason": "Begäran om uppgifter från tillsynen"}).content.decode()
    assert "Astrid Testholm" in opened and "Provgatan 4 B" in opened
    with cast.acting("party"):
        row = AuditEvent.objects.get(event="consent.received_opened")
        assert row.details["reason"] == "Begäran om uppgifter från tillsynen"
        assert row.person_id == case.person_id


def test_another_units_received_version_does_not_exist(cast, browse):
    build.called(cast)
    with cast.acting("party"):
        version = ReceivedVersion.objects.get()
    page = reverse("consent:received_one", args=[version.pk])
    for who in ("amira.falun", "maria.falun"):
        client = browse(who)
        assert client.get(page).status_code == 404
        assert client.post(page, {"reason": "x"}).status_code == 404
        assert "Inget mottaget" in client.get(reverse("consent:received")).content.decode()
    assert browse("amira.falun").get(f"/mottaget/{'9' * 30}/").status_code == 404


def test_the_history_page_shows_a_lapsed_consent(cast, browse):
    case = build.consented(cast)
    build.lapsed(cast, case)
    text = browse("amira.falun").get(url(case, "history")).content.decode()
    assert "Har gått ut" in text
    assert "Samtycket har gått ut. Fråga igen innan någon kallas." in text
    assert "Tidigare svar" in text
    assert browse("hanna.dalarna").get(url(case, "history")).status_code == 404


def test_the_other_sip_is_shown_with_its_phone(cast, browse, case):
    build.case(cast, who="party")
    build.consent(cast, case, may_tell_other_sip=True)
    text = browse("amira.falun").get(url(case, "history")).content.decode()
    assert "Personen har en SIP till" in text
    assert cast.unit("party").phone in text
