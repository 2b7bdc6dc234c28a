"""Each party fetches its own measures, and nothing of the others', for its own record (PLA-8)."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from audit.models import AuditEvent
from cases import protection
from cases.models import Case
from organisations.models import Topic
from plans import export, pdf, services
from plans.drawing import EXPORTS
from plans.models import PartyExport
from tests import build

OWN, OTHERS, THE_PERSONS = "Vi går igenom dina läkemedel.", "Vi tränar balans hemma hos dig.", "Du gör tre övningar."


@pytest.fixture
def plan(cast):
    return build.planned(cast)


def address(plan, ending=""):
    return f"/arenden/{plan.case_id}/plan/egna-insatser/{ending}"


def events(cast, plan, who):
    with cast.acting(who):
        rows = AuditEvent.objects.filter(case_id=plan.case_id, event="plans.measures_exported")
        return list(rows.values_list("action", "object_type"))


@pytest.mark.parametrize("kind", ["txt", "json"])
def test_a_party_fetches_its_own_measures_only(cast, browse, plan, kind):
    answer = browse("hanna.dalarna").get(address(plan, f"insatser.{kind}"))
    said = answer.content.decode()
    assert answer.status_code == 200 and OWN in said and "Du rör dig hemma utan att ramla." in said
    assert OTHERS not in said and THE_PERSONS not in said and "Det känns bra" not in said
    assert "Huvudansvarig" in said or json.loads(said)["lead"]["name"]
    # The name of the file tells nothing.
    assert answer["Content-Disposition"] == f'attachment; filename="insatser.{kind}"'
    assert events(cast, plan, "party") == [("Utskrift", {"txt": "text"}.get(kind, kind))]


def test_the_json_is_whole_and_dated(browse, plan):
    told = browse("amira.falun").get(address(plan, "insatser.json")).json()
    assert (told["format"], told["format_version"], told["plan_version"]) == ("sip-egna-insatser", 1, 1)
    (goal,) = told["goals"]
    (measure,) = goal["measures"]
    assert measure["starts_on"] == build.today().isoformat() and measure["frequency"] == "Tisdagar"
    assert told["follow_up"]["on"] == (build.today() + timedelta(days=60)).isoformat()


def test_the_pdf_is_drawn_by_a_worker_and_seen_by_the_unit_alone(cast, browse, plan, tmp_path):
    hanna = browse("hanna.dalarna")
    assert hanna.get(address(plan, "insatser.pdf")).status_code == 404
    assert hanna.post(address(plan)).status_code == hanna.post(address(plan)).status_code == 302
    assert "Pdf:en görs" in hanna.get(address(plan)).content.decode()
    assert EXPORTS.draw_due() == 1
    answer = hanna.get(address(plan, "insatser.pdf"))
    assert answer.content.startswith(b"%PDF-") and answer["Content-Disposition"].endswith('"insatser.pdf"')
    file = tmp_path / "own.pdf"
    file.write_bytes(answer.content)
    checked = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", str(file)], capture_output=True, text=True, check=False
    )
    assert "errors=0 warnings=0" in checked.stdout, checked.stdout
    for who, seen in (("party", 1), ("owner", 0)):
        with cast.acting(who):
            assert PartyExport.objects.filter(case_id=plan.case_id).count() == seen


def test_a_unit_without_measures_has_nothing_to_fetch(cast, browse):
    draft = build.drafted(cast)
    hanna = browse("hanna.dalarna")
    assert "inga insatser i en plan som gäller" in hanna.get(address(draft)).content.decode()
    for kind in ("txt", "json", "pdf"):
        assert hanna.get(address(draft, f"insatser.{kind}")).status_code == 404


def test_what_is_not_shared_with_the_unit_does_not_leave(cast, browse, plan):
    """SAM-3: also a PDF drawn before the person exempted a topic."""
    hanna = browse("hanna.dalarna")
    hanna.post(address(plan))
    EXPORTS.draw_due()
    with cast.acting("owner"):
        bit = Topic.objects.get(code="health").bit
    build.consent(cast, plan.case, units=("party",), exempted={cast.unit("party").pk: 1 << bit})
    # Its goal has no chosen topic, and counts as all of them.
    assert hanna.get(address(plan, "insatser.txt")).status_code == 404
    assert hanna.get(address(plan, "insatser.pdf")).status_code == 404
    with cast.acting("party"):
        assert not PartyExport.objects.filter(case_id=plan.case_id).exists()


def test_taking_out_asks_for_a_fresh_login_and_the_right_role(cast, browse, plan):
    amira = browse("amira.falun")
    session = amira.session
    session["auth_time"] -= 6 * 60
    session.save()
    for kind in ("", "insatser.txt", "insatser.json", "insatser.pdf"):
        answer = amira.get(address(plan, kind))
        assert answer["Location"] == "/inloggning/bekrafta/"
    assert events(cast, plan, "owner") == []
    assert browse("mattias.falun").get(address(plan)).status_code == 403


def test_the_context_of_the_pdf_is_what_the_drawing_takes(cast, plan):
    with cast.acting("party"):
        now = services.in_force(Case.objects.with_names().get(pk=plan.case_id))
        now.case = Case.objects.with_names().get(pk=plan.case_id)
        context = export.context(now, by=cast.actor("party"))
    assert pdf.render_measures(json.loads(json.dumps(context))).startswith(b"%PDF-")


def test_the_api_gives_the_same_and_asks_for_a_fresh_login(cast, browse, plan):
    hanna = browse("hanna.dalarna")
    address = f"/api/v1/plans/{plan.pk}/own-measures/"
    told = hanna.get(address).json()
    assert [row["text"] for goal in told["goals"] for row in goal["measures"]] == [OWN]
    assert events(cast, plan, "party") == [("Utskrift", "api")]
    session = hanna.session
    session["auth_time"] -= 6 * 60
    session.save()
    assert hanna.get(address).status_code == 403
    assert browse("maria.falun").get(address).status_code == 404


def test_a_draft_is_not_taken_out_over_the_api(browse, cast):
    draft = build.drafted(cast)
    assert browse("hanna.dalarna").get(f"/api/v1/plans/{draft.pk}/own-measures/").status_code == 409


def test_a_protected_person_is_not_named_in_what_is_taken_out(cast, browse, plan):
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=plan.case_id)
        protection.change(case=case, protection="marked", reason="Uppgift från Skatteverket", by=cast.owner)
    said = browse("hanna.dalarna").get(address(plan, "insatser.txt")).content.decode()
    assert "Skyddade personuppgifter" in said and "Testholm" not in said and "1985" not in said


def test_a_pdf_that_was_made_before_the_mark_is_gone(cast, browse, plan):
    """It has the name and the number in it: made anew, it has neither."""
    hanna = browse("hanna.dalarna")
    hanna.post(address(plan))
    EXPORTS.draw_due()
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=plan.case_id)
        protection.change(case=case, protection="marked", reason="Uppgift från Skatteverket", by=cast.owner)
    assert hanna.get(address(plan, "insatser.pdf")).status_code == 404
    hanna.post(address(plan))
    with cast.acting("party"):
        again = PartyExport.objects.get(case_id=plan.case_id)
        assert again.state == "queued" and "Testholm" not in str(again.context)
