"""The plan as PDF: ordered, drawn by the worker, fetched, handed out (PLA-6)."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit.models import AuditEvent
from consent.models import Consent, Disclosure
from notifications.tasks import Broker
from plans import documents, drawing, tasks
from plans.models import HandedOutCopy, Plan, PlanDocument
from plans.pdf import PdfFailed
from plans.pdf_queue import MAX_ATTEMPTS
from tests import build


@pytest.fixture
def plan(cast):
    return build.planned(cast)


@pytest.fixture
def amira(browse):
    return browse("amira.falun")


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def state_of(cast, plan) -> tuple:
    with cast.acting("owner"):
        found = PlanDocument.objects.defer("pdf").get(plan_id=plan.pk)
        return found.state, found.attempts


def failing(monkeypatch):
    def broken(context, *, timeout):
        raise PdfFailed("time ran out")

    monkeypatch.setattr(drawing.QUEUE, "render", broken)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"planning_answer": "no"}, "Du har sagt nej"),
        ({"planning_answer": "unavailable"}, "Det finns inget svar"),
        ({"planning_answer": "waiting"}, "Det finns inget svar"),
        ({"withdrawn_at": timezone.now()}, "Samtycket togs tillbaka"),
        ({"valid_to": timezone.localdate() - timedelta(days=1)}, "har gått ut"),
    ],
)
def test_a_paper_does_not_say_yes_for_the_person(answer, said):
    """The consent is told as it stands, also on a draft or for a meeting (PLA-4)."""
    asked = Consent(**({"planning_answer": "yes", "share_answer": "yes"} | answer))
    asked.unit_names = ["Hemtjänsten"]
    text = documents.consent_text(asked, whole=False)
    assert said in text and "Du har sagt ja" not in text and "Hemtjänsten" not in text


def test_a_yes_is_to_the_planning_and_sharing_is_told_apart():
    asked = Consent(planning_answer="yes", share_answer="no")
    asked.unit_names = ["Hemtjänsten"]
    assert documents.consent_text(asked, whole=False).startswith("Du har sagt ja till att vi planerar tillsammans.")
    assert "Hemtjänsten" not in documents.consent_text(asked, whole=False)
    asked.share_answer = "yes"
    assert "De här får läsa den: Hemtjänsten." in documents.consent_text(asked, whole=False)


def test_the_worker_draws_what_was_ordered_and_the_page_gives_it(cast, amira, plan):
    waiting = amira.get(url("pdf", plan, 1))
    assert "Dokumentet görs i ordning" in waiting.content.decode() and waiting["Refresh"] == "3"
    assert amira.get(url("download", plan, 1)).status_code == 404
    assert tasks.render_due() == 1
    assert tasks.render_due() == 0
    ready = amira.get(url("pdf", plan))
    assert "Hämta planen" in ready.content.decode() and "Refresh" not in ready
    file = amira.get(url("download", plan, 1))
    assert file.content.startswith(b"%PDF-")
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert "no-store" in file["Cache-Control"]
    with cast.acting("owner"):
        row = AuditEvent.objects.get(case_id=plan.case_id, event="plans.pdf_fetched")
        assert row.action == "Utskrift"


def test_a_failed_document_is_tried_three_times_and_can_be_ordered_again(cast, amira, plan, monkeypatch):
    failing(monkeypatch)
    assert tasks.render_due() == MAX_ATTEMPTS
    assert state_of(cast, plan) == ("failed", 3)
    assert tasks.render_due() == 0
    assert "gick inte att göra" in amira.get(url("pdf", plan, 1)).content.decode()
    assert amira.post(url("pdf", plan, 1)).status_code == 302
    assert state_of(cast, plan) == ("queued", 0)


def test_what_kills_the_worker_is_given_up_after_three_times(cast, plan):
    """The attempt is counted in a transaction of its own, before the drawing."""
    for _ in range(3):
        assert drawing.QUEUE.claim()
    assert drawing.QUEUE.claim() is None
    assert state_of(cast, plan) == ("failed", 3)


def test_the_worker_reads_only_its_own_columns(cast, plan):
    with cast.acting("worker"), connection.cursor() as cursor:
        cursor.execute("select context from plans_plandocument")
        assert "Att få bo kvar hemma." in cursor.fetchone()[0]
    for column, table in (("pdf", "plans_plandocument"), ("text", "plans_planblock"), ("given_name", "cases_case")):
        with pytest.raises(Exception, match="permission denied"), cast.acting("worker"):
            with connection.cursor() as cursor:
                cursor.execute(f"select {column} from {table}")  # noqa: S608


def test_the_pdf_is_frozen_when_it_is_ordered(cast, plan):
    with cast.acting("owner"):
        said = PlanDocument.objects.get(plan=plan).context
    assert said["person"] == {"name": "Astrid Testholm", "number": "19850101-2382"}
    assert said["draft"] is False and said["approved_on"] == build.today().isoformat()
    kinds = [m["who_kind"] for goal in said["goals"] for m in goal["measures"]]
    assert kinds == ["kommun", "region", "self"]
    assert said["others_do"] == "Ingen annan gör något."
    assert said["participants"][0]["name"] == "Du"
    assert "Du kan ta tillbaka det när du vill." in said["consent"]["text"]
    assert said["issued_by"].endswith(" kommun och Region Dalarna")


def test_a_draft_is_marked_and_never_passes_for_the_plan(cast, amira):
    draft = build.drafted(cast)
    assert "ska inte lämnas ut" not in amira.get(url("pdf", draft, 1)).content.decode()
    assert amira.post(url("pdf", draft, 1)).status_code == 302
    with cast.acting("owner"):
        assert PlanDocument.objects.get(plan=draft).context["draft"] is True
    assert tasks.render_due() == 1
    assert "utkast" in amira.get(url("pdf", draft, 1)).content.decode()
    assert amira.get(url("hand_out", draft, 1)).status_code == 404
    with cast.acting("owner"):
        build.approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)
    with cast.acting("owner"):
        newest = documents.latest(Plan.objects.get(pk=draft.pk), by=cast.owner)
        assert (newest.state, newest.context["draft"]) == ("queued", False)


def test_ordering_twice_gives_one_document(cast, amira, plan):
    amira.post(url("pdf", plan, 1))
    amira.post(url("pdf", plan, 1))
    with cast.acting("owner"):
        assert PlanDocument.objects.filter(plan=plan).count() == 1


def test_the_broker_carries_nothing_and_may_be_down(monkeypatch):
    sent = []

    def down(**options):
        sent.append(options)
        raise OperationalError("no broker")

    monkeypatch.setattr(Broker, "asked_again_at", 0.0)
    monkeypatch.setattr(tasks.render_due, "apply_async", down)
    tasks.nudge()
    assert len(sent) == 1 and not sent[0].get("args") and not sent[0].get("kwargs")


def test_an_order_hurries_the_worker_once_it_is_committed(cast, amira, monkeypatch, django_capture_on_commit_callbacks):
    draft = build.drafted(cast)
    asked = []
    monkeypatch.setattr(documents, "nudge", lambda: asked.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        amira.post(url("pdf", draft, 1))
    assert asked == [1]


def test_a_copy_that_was_handed_out_is_recorded_and_disclosed(cast, amira, plan):
    """PLA-6: to whom, how and when."""
    sent = {"recipient": "Din dotter Ingrid", "how": "letter", "given_on": build.today().isoformat()}
    assert amira.post(url("hand_out", plan, 1), sent).status_code == 302
    with cast.acting("owner"):
        copy = HandedOutCopy.objects.get(case_id=plan.case_id)
        assert (copy.recipient, copy.how, copy.given_on) == ("Din dotter Ingrid", "letter", build.today())
        given = Disclosure.objects.get(case_id=plan.case_id, recipient="Din dotter Ingrid")
        assert (given.what, given.how) == ("Planen, version 1", "Brev")
    assert "Din dotter Ingrid" in unescape(amira.get(url("plan", plan)).content.decode())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"recipient": ""}, "Skriv vem som fick planen."),
        ({"how": ""}, "Välj hur planen lämnades."),
        ({"given_on": "2099-01-01"}, "Datumet har inte varit än"),
    ],
)
def test_a_copy_needs_to_whom_how_and_when(amira, plan, values, message):
    sent = {"recipient": "Ingrid", "how": "letter", "given_on": build.today().isoformat()} | values
    page = amira.post(url("hand_out", plan, 1), sent)
    assert page.status_code == 200 and message in page.content.decode()


def test_who_may_print_and_hand_out(browse, plan):
    reader = browse("mattias.falun")
    assert reader.get(url("pdf", plan, 1)).status_code == 200
    assert reader.post(url("pdf", plan, 1)).status_code == 302
    assert reader.get(url("hand_out", plan, 1)).status_code == 403
    assert browse("hanna.dalarna").get(url("hand_out", plan, 1)).status_code == 200
    assert browse("linda.kalmar").get(url("download", plan, 1)).status_code == 404
    assert browse("helena.falun").get(url("pdf", plan, 1)).status_code in (403, 404)


def test_there_is_a_ceiling_a_minute(cast, amira, plan, monkeypatch):
    """Another drawing of the same text costs nothing; a new text when many have been ordered waits (V2.4.1)."""
    monkeypatch.setattr(documents, "ORDERS_A_MINUTE", 1)
    assert amira.post(url("pdf", plan, 1)).status_code == 302
    with cast.acting("owner"):
        PlanDocument.objects.update(state="failed")
    refused = amira.post(url("pdf", plan, 1))
    assert refused.status_code == 429 and "många pdf:er" in refused.content.decode()
