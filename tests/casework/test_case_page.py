"""The case page: what to do now for the one who looks, who takes part, and one log row (INI-8, KAL-5, TRU-4)."""

import re

import pytest

from audit.models import AuditEvent
from cases import services as cases
from cases.models import Case
from tests import build
from tests.casework import walk
from tests.casework.test_worklist import text


def page(browse, username, case, tail="") -> str:
    response = browse(username).get(f"/arenden/{case.pk}/{tail}")
    assert response.status_code == 200
    return response.content.decode()


def panel(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.search(r'<section class="next".*?</section>', html, re.S)[0])


def test_the_panel_is_computed_for_the_one_who_looks(cast, browse):
    case = walk.called(cast, in_days=3)
    assert "Påminn den som inte har svarat" in panel(page(browse, "amira.falun", case))
    party = page(browse, "hanna.dalarna", case)
    assert "Svara på kallelsen" in panel(party)
    assert f"/arenden/{case.pk}/moten/" in party
    assert "En handläggare på din enhet gör det här" in panel(page(browse, "mattias.falun", case))


def test_overview_tells_meeting_parties_answers_consent_and_deadlines(cast, browse):
    case = walk.answered(cast, walk.called(cast))
    shown = text(browse("amira.falun").get(f"/arenden/{case.pk}/"))
    for words in (
        "I tid", "Hemma hos dig", "Kommer", "Helen Provberg, distriktssköterska", "Skyldig att delta",
        "från att behovet upptäcktes", "Samtycke finns", "Tills vidare", "4 av 6 klara",
    ):  # fmt: skip
        assert words in shown, words


def test_tasks_before_the_meeting_follow_what_has_been_done(cast, browse):
    case = build.case(cast)
    assert "0 av 7 klara" in text(browse("amira.falun").get(f"/arenden/{case.pk}/"))
    called = walk.called(cast, number=walk.numbers()[0])
    shown = text(browse("amira.falun").get(f"/arenden/{called.pk}/"))
    assert "Få svar från alla som är kallade Väntar på 1 svar" in shown
    assert "Skicka kallelsen Klar" in shown


def test_the_five_latest_events_and_all_on_their_own_page(cast, browse):
    case = build.case(cast)
    with cast.acting("owner"):
        for n in range(6):
            cases.note(case, kind="edited", text=f"Händelse nummer {n}", by=cast.owner)
    overview = page(browse, "amira.falun", case)
    assert "Händelse nummer 5" in overview
    assert "Händelse nummer 0" not in overview
    every = page(browse, "amira.falun", case, "handelser/")
    assert "Händelse nummer 0" in every
    assert "En SIP startades" in every


@pytest.mark.parametrize("username", ["maria.falun", "linda.kalmar"])
@pytest.mark.parametrize("tail", ["", "handelser/", "logg/"])
def test_who_is_not_a_party_gets_404(cast, browse, username, tail):
    case = walk.called(cast)
    assert browse(username).get(f"/arenden/{case.pk}/{tail}").status_code == 404


@pytest.mark.parametrize("username", ["anders.falun", "gunilla.dalarna", "helena.falun"])
def test_who_has_no_case_data_gets_403(cast, browse, username):
    case = build.case(cast)
    assert browse(username).get(f"/arenden/{case.pk}/").status_code == 403


@pytest.mark.parametrize("tail", ["", "handelser/", "logg/"])
def test_a_page_about_a_person_gives_exactly_one_log_row(cast, browse, tail):
    case = walk.called(cast)
    client = browse("amira.falun")
    with cast.acting("owner"):
        before = set(AuditEvent.objects.values_list("pk", flat=True))
    client.get(f"/arenden/{case.pk}/{tail}")
    with cast.acting("owner"):
        (row,) = AuditEvent.objects.exclude(pk__in=before)
    assert (row.event, row.person_id, row.case_id) == ("cases.read", case.person_id, case.pk)
    assert row.chain == f"person:{case.person_id}"


def test_queries_are_few_and_do_not_grow(cast, browse):
    client = browse("amira.falun")
    small = walk.queries(client, f"/arenden/{walk.called(cast).pk}/")
    case = build.consented(cast, parties=("party", "reception", "same_kommun"), number=walk.numbers()[0])
    with cast.acting("owner"):
        known = Case.objects.with_names().get(pk=case.pk)
        for n in range(3):
            cases.add_outside_party(
                case=known, kind="relative", name=f"Närstående {n}", tell_by="phone", phone="0701740612", by=cast.owner
            )
    large = walk.queries(client, f"/arenden/{walk.called(cast, case, units=('party', 'same_kommun')).pk}/")
    assert len(small) == len(large) <= 22


SECRETS = ("Hemlig", "Skyddson", "19850101", "Provvägen", "070-174", "0701740612")


@pytest.fixture
def protected(cast):
    return build.case(
        cast, protection="protected", given_name="Hemlig", family_name="Skyddson", phone="0701740612",
        address="Provvägen 1, Falun",
    )  # fmt: skip


@pytest.mark.parametrize("tail", ["", "handelser/", "logg/"])
def test_protected_details_are_hidden_everywhere(cast, browse, protected, tail):
    html = page(browse, "amira.falun", protected, tail)
    assert "Skyddade personuppgifter" in html
    assert protected.reference in html
    assert not [secret for secret in SECRETS if secret in html]


def test_opening_protected_details_is_a_choice_that_is_logged_and_lasts_one_page(cast, browse, protected):
    client = browse("amira.falun")
    assert client.get(f"/arenden/{protected.pk}/visa-uppgifter/").status_code == 405
    opened = client.post(f"/arenden/{protected.pk}/visa-uppgifter/").content.decode()
    assert "Hemlig Skyddson" in opened
    assert "Provvägen 1" in opened
    with cast.acting("owner"):
        row = AuditEvent.objects.filter(person_id=protected.person_id).latest("seq")
    assert (row.event, row.action) == ("cases.revealed", "Läsa skyddat")
    assert "Hemlig" not in client.get(f"/arenden/{protected.pk}/").content.decode()


def test_a_case_without_a_mark_has_nothing_to_open(cast, browse):
    case = build.case(cast)
    response = browse("amira.falun").post(f"/arenden/{case.pk}/visa-uppgifter/")
    assert (response.status_code, response["Location"]) == (302, f"/arenden/{case.pk}/")


def test_title_and_addresses_name_nobody(cast, browse):
    html = page(browse, "amira.falun", build.case(cast))
    assert re.search(r"<title>\s*(.*?)\s*</title>", html)[1] == "Ärende, översikt – SIP-stödet"
    assert not re.findall(r'href="[^"]*(?:Testholm|1985)[^"]*"', html)


def test_a_closed_case_is_read_and_offers_nothing_to_write(cast, browse):
    case = build.case(cast)
    with cast.acting("owner"):
        cases.close(case=Case.objects.with_names().get(pk=case.pk), reason="not_needed", note="", by=cast.owner)
    html = page(browse, "amira.falun", case)
    assert "Ärendet är avslutat" in panel(html)
    assert "Samordning behövs inte längre" in html
    assert "/uppgifter/" not in html
    assert "Avsluta ärendet" not in html


def test_the_log_tab_shows_the_own_units_rows_in_plain_swedish(cast, browse):
    case = walk.called(cast)
    browse("hanna.dalarna").get(f"/arenden/{case.pk}/")
    own = page(browse, "amira.falun", case, "logg/")
    for words in ("Startade en SIP", "Skrev in samtycke", "Skickade kallelse", "Amira Övningsdal"):
        assert words in own
    assert "Hanna Utkastlind" not in own
    theirs = page(browse, "hanna.dalarna", case, "logg/")
    assert "Läste ärendet" in theirs
    assert "Amira Övningsdal" not in theirs
