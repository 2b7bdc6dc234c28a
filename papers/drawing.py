"""The papers that wait for their PDF, and those that have been kept long enough."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override

from cases import topics
from organisations.actors import worker_actor
from organisations.scope import acting_for
from papers import contexts, follow_up, pack, possible, words
from papers.models import BlankPaper, Kind, Paper
from plans.pdf import render_paper
from plans.pdf_queue import PdfQueue

KEPT_DAYS = 30
# An empty form follows the release's words.
BLANK_HOURS = 24
SECONDS = 25


def draw(asked: dict, *, timeout: float) -> bytes:
    return render_paper(asked["document"], asked["values"], timeout=timeout)


def draw_blank(asked: dict, *, timeout: float) -> bytes:
    with override(asked["language"]):
        values = blank_values(asked["kind"]) | {"language": asked["language"]}
    return render_paper(possible.document_of(asked["kind"], 0), values, timeout=timeout)


def blank_values(kind: str) -> dict:
    """What an empty form still says."""
    afterwards = {"afterwards": [str(line) for line in words.AFTERWARDS]}
    said = {
        Kind.CONSENT: lambda: {"topics": [one.plain_label for one in topics.active()], "grounds": contexts.grounds()},
        Kind.FOLLOW_UP: lambda: {"questions": follow_up.asked_of(words.FOLLOW_UP)},
        Kind.CLOSURE: lambda: {"reasons": [str(why) for why in words.WHY_CLOSED.values()]},
        Kind.CIRCLE: lambda: contexts.circle_of(None, None),
        Kind.PLAN: pack.plan_form,
        Kind.PACK: lambda: pack.plan_form() | contexts.circle_of(None, None) | afterwards,
    }
    return said.get(kind, dict)()


PAPERS = PdfQueue(model=Paper, job="papers.draw_due", render=draw, at_once=2, seconds_each=SECONDS)
BLANKS = PdfQueue(model=BlankPaper, job="papers.draw_due", render=draw_blank, at_once=1, seconds_each=SECONDS)


def draw_due() -> int:
    """Throw away what is old and draw what waits; returns how many were tried."""
    now = timezone.now()
    with acting_for(worker_actor(PAPERS.job)):
        Paper.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
        BlankPaper.objects.filter(created_at__lt=now - timedelta(hours=BLANK_HOURS)).delete()
    return PAPERS.draw_due() + BLANKS.draw_due()
