"""”Min plan” through the doors: the person, a guardian, other people, staff (MED-1, MED-2)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from cases import protection
from cases.enums import Relation
from plans import services as plans
from plans.models import PlanDocument
from tests.citizen.story import TINDRA, signed_in

# Only personnummer-like digits with a hyphen; telephone numbers do not look so.
NUMBER = re.compile(r"\b[0-9]{8}-[0-9]{4}\b")


def page(client, path) -> str:
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    return response.content.decode()


def title(html) -> str:
    return re.search(r"<title>(.*?)</title>", html, re.DOTALL).group(1).strip()


def of(case, rest="") -> str:
    return f"/min-plan/{case.pk}/{rest}"


def test_the_person_reads_what_matters_who_does_what_and_whom_to_ring(story):
    html = page(signed_in("elsa.medborgare"), "/min-plan/")
    assert "Hej Elsa!" in html
    assert "Att få bo kvar hemma." in html
    assert "Vi tränar balans hemma hos dig." in html and "Nadia Provén, fysioterapeut" in html
    assert ">Kommunen<" in html and ">Du själv<" in html
    assert "Tisdagar, från" in html and "tills vidare" in html
    assert 'href="tel:+46846500414"' in html and "Hemsjukvården, dygnet runt" in html
    assert 'href="tel:1177"' in html and 'href="tel:112"' in html
    assert "Huvudansvarig för din plan" in html and story.cast.staff("owner").name in html
    assert "Du har sagt ja till att de här läser din plan" in html
    assert "Ekonomi" in html
    assert not NUMBER.search(html)


def test_what_to_do_when_worse_is_the_first_thing_to_press(story):
    """Above all else of the plan: one press from the top of a long page on a telephone (PLA-2)."""
    html = page(signed_in("elsa.medborgare"), "/min-plan/").split("<main")[1]
    assert html.index('href="#samre"') < html.index('id="viktigt"') < html.index('id="samre"')
    assert html.index('href="#samre"') == min(found.start() for found in re.finditer(r'href="', html))


@pytest.mark.parametrize("rest", ["", "samtycke/", "kopior/", "lasare/", "pdf/", "version/1/"])
def test_no_title_says_who(story, rest):
    html = page(signed_in("elsa.medborgare"), of(story.planned, rest))
    assert not re.search("Elsa|Testholm|Hej", title(html))


def test_a_case_without_a_plan_tells_what_has_happened_and_the_next_meeting(story):
    html = page(signed_in("ingeborg.medborgare"), "/min-plan/")
    assert "Du har ingen färdig plan än." in html
    assert "Det här har hänt" in html and "Du sa ja till att planera tillsammans" in html
    assert "Nästa möte" in html and "Hemma hos dig" in html and "Hanna Provsten" in html
    assert "Hämta planen som pdf" not in html


def test_a_closed_case_says_so_and_why(story):
    html = page(signed_in("ronja.medborgare"), "/min-plan/")
    assert "avslutades den" in html and "Samtycket är tillbakataget" in html
    assert "Samtycket togs tillbaka" in html


def test_without_any_case_the_page_says_what_to_do(story):
    html = page(signed_in("tindra.medborgare"), "/min-plan/")
    assert "Du har ingen plan här" in html and 'href="tel:1177"' in html


def test_a_guardian_reads_the_childs_plan_under_its_own_words(story):
    html = page(signed_in("vera.medborgare"), "/min-plan/")
    assert "Ditt barns plan" in title(html)
    assert "<h1>Ditt barns plan</h1>" in html
    assert "Bo" not in title(html)


def test_nobody_reaches_another_persons_plan(story):
    stranger = signed_in("tindra.medborgare")
    for rest in ("", "samtycke/", "kopior/", "lasare/", "pdf/", "version/1/"):
        assert stranger.get(of(story.planned, rest)).status_code == 404


def test_staff_do_not_have_the_citizens_face_and_the_other_way_round(story):
    staff = signed_in("amira.falun")
    assert staff.get(of(story.planned)).status_code == 404
    assert staff.get("/min-plan/").status_code == 404
    citizen = signed_in("elsa.medborgare")
    assert citizen.get(f"/arenden/{story.planned.pk}/").status_code == 404
    assert citizen.get("/administration/").status_code == 404


def test_nothing_can_be_written(story):
    client = signed_in("elsa.medborgare")
    for rest in ("", "samtycke/", "kopior/", "lasare/", "pdf/"):
        assert client.post(of(story.planned, rest)).status_code == 405


def test_ones_own_reading_is_logged_once_and_shown(story):
    client = signed_in("elsa.medborgare")
    rows = AuditEvent.objects.using("admin").filter(person_id=story.planned.person_id, event="citizen.read")
    before = rows.count()
    page(client, of(story.planned))
    assert rows.count() == before + 1
    assert "<strong>Du själv</strong>" not in page(client, of(story.planned, "lasare/"))
    html = page(client, of(story.planned, "lasare/?egna=1"))
    assert "<strong>Du själv</strong>" in html and "Läste" in html
    html = page(client, of(story.planned, "lasare/"))
    assert story.cast.staff("owner").name in html and story.cast.unit("owner").name in html


def test_a_list_with_ones_name_is_told_as_such(story):
    staff = signed_in("amira.falun")
    assert staff.get("/arenden/").status_code == 200
    assert "Såg namnet i en lista" in page(signed_in("elsa.medborgare"), of(story.planned, "lasare/"))


def test_the_same_reading_over_and_over_is_one_row_with_a_number(story):
    staff = signed_in("amira.falun")
    for _ in range(4):
        staff.get(f"/arenden/{story.planned.pk}/logg/")
    html = page(signed_in("elsa.medborgare"), of(story.planned, "lasare/"))
    assert re.search(r"[4-9] gånger, första gången kl\.", html)


def test_a_draft_is_invisible(story):
    with story.cast.acting("owner"):
        case = type(story.planned).objects.get(pk=story.planned.pk)
        draft = plans.draft_of(case) or plans.start_draft(case=case, by=story.cast.owner)
        plans.save_block(
            plan=draft, values={"what_matters": "Hemligt utkast"}, revision=draft.revision, by=story.cast.owner
        )
    client = signed_in("elsa.medborgare")
    assert "Hemligt utkast" not in page(client, of(story.planned))
    assert client.get(of(story.planned, "version/2/")).status_code == 404


def test_the_pdf_is_made_first_and_then_downloaded(story):
    client = signed_in("elsa.medborgare")
    documents = PlanDocument.objects.using("admin").filter(case_id=story.planned.pk)
    response = client.get(of(story.planned, "pdf/"))
    assert response["Refresh"] == "5" and "Vi gör din pdf nu" in response.content.decode()
    documents.update(state="ready", pdf=b"%PDF-1.7 prov")
    response = client.get(of(story.planned, "pdf/"))
    assert response["Content-Type"] == "application/pdf" and response.content.startswith(b"%PDF")
    assert "Elsa" not in response["Content-Disposition"]
    assert AuditEvent.objects.using("admin").filter(event="citizen.pdf").exists()
    documents.update(state="queued", pdf=None)


def test_who_got_the_plan_and_which_answers_stand(story):
    client = signed_in("elsa.medborgare")
    assert story.cast.unit("party").name in page(client, of(story.planned, "kopior/"))
    html = page(client, of(story.planned, "samtycke/"))
    assert story.cast.unit("party").name in html and "Gäller" in html and "Ekonomi" in html


def test_several_cases_give_a_choice(story):
    story.grant("tindra.medborgare", story.planned)
    story.grant("tindra.medborgare", story.waiting)
    client = signed_in("tindra.medborgare")
    html = page(client, "/min-plan/")
    assert "Vilken plan vill du läsa?" in html
    assert f"/min-plan/{story.planned.pk}/" in html and f"/min-plan/{story.waiting.pk}/" in html


def test_the_number_of_queries_does_not_grow_with_the_plan(story):
    def count(username, case):
        client = signed_in(username)
        with CaptureQueriesContext(connection) as seen:
            page(client, of(case))
        return len(seen)

    big = story.with_plan(story.agreed(TINDRA, "Tindra"), goals=30)
    story.grant("tindra.medborgare", big)
    assert count("tindra.medborgare", big) == count("elsa.medborgare", story.planned) <= 28


def test_about_is_there_for_everybody_signed_in_as_a_citizen(story):
    html = page(signed_in("tindra.medborgare"), "/min-plan/vad-ar-en-sip/")
    assert "frivillig" in html and "Vad är viktigt för dig?" in html


def test_a_protection_mark_hides_the_name_and_from_a_guardian_the_place(story):
    with story.cast.acting("owner"):
        case = type(story.waiting).objects.with_names().get(pk=story.waiting.pk)
        protection.change(case=case, by=story.cast.owner, protection="marked", reason="Aviserat")
    own = page(signed_in("ingeborg.medborgare"), of(story.waiting))
    assert "<h1>Hej!</h1>" in own and "Ingeborg" not in own and "Hemma hos dig" in own
    story.grant("vera.medborgare", story.waiting, relation=Relation.GUARDIAN)
    guardian = signed_in("vera.medborgare")
    html = page(guardian, of(story.waiting))
    assert "Hemma hos dig" not in html and "om du behöver veta var mötet är" in html
    assert "Ingeborg" not in page(guardian, "/min-plan/alla/")
