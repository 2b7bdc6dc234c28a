"""What the pages of papers show, as plain context for the templates."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cases import frame
from cases.access import may
from organisations import swedish
from papers import possible, services, words
from papers.models import Kind, Paper

# A neutral name: the file may lie in a shared folder.
FILES = {
    Kind.LEAFLET: "informationsblad", Kind.CONSENT: "samtycke", Kind.CALL: "kallelse", Kind.INVITATION: "inbjudan",
    Kind.CIRCLE: "motescirkel", Kind.PACK: "motespaket", Kind.PLAN: "plan", Kind.FOLLOW_UP: "uppfoljning",
    Kind.CLOSURE: "avslut",
}  # fmt: skip
LATEST = 10


def kind_of(text: str, *, among=tuple(Kind.values)) -> Kind:
    """The kind that an address names, or 404."""
    if text not in among:
        raise Http404
    return Kind(text)


def number_of(text: str) -> int:
    """Whom or what a form's choice names, or 404."""
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def listing(case, actor) -> dict:
    """All papers with what each is for; which can be filled in, and why not yet."""
    facts = possible.Facts(case, actor)
    latest = services.own(case, by=actor).defer("pdf", "context").select_related("requested_by__staff")
    return {
        **frame.context(case, actor, here="papers"),
        "rows": [row(facts, kind) for kind in Kind],
        "made": [made(paper, case) for paper in latest.order_by("-created_at", "-pk")[:LATEST]],
    }


def row(facts, kind: Kind) -> dict:
    refused = facts.why_not(kind)
    return {
        "kind": kind.value,
        "name": kind.label,
        "use": words.USE[kind],
        "refused": refused,
        "plan": kind == Kind.PLAN,
        "choices": [] if refused else facts.choices(kind),
    }


def made(paper: Paper, case) -> dict:
    return {
        "name": paper.get_kind_display(),
        "url": reverse("papers:paper", args=[case.pk, paper.pk]),
        "when": swedish.date_and_time(paper.created_at),
        "who": paper.requested_by.staff.name,
        "state": paper.get_state_display(),
    }


def paper_of(case, actor, pk, **which) -> Paper:
    """One of the unit's own papers in this case, or of the citizen's; 404 for others."""
    return get_object_or_404(services.own(case, by=actor).filter(pk=pk, **which))


def one(case, actor, paper: Paper) -> dict:
    return {
        **frame.context(case, actor, here="papers"),
        "paper": paper,
        "name": paper.get_kind_display(),
        "waiting": paper.state == "queued",
        "ordered": swedish.date_and_time(paper.created_at),
        "may_hand_out": may(case, actor, "papers.hand_out"),
    }


def blanks() -> dict:
    return {"rows": [{"kind": kind.value, "name": kind.label, "use": words.USE[kind]} for kind in Kind]}


def blank(kind: Kind) -> dict:
    found = services.blank(kind)
    return {
        "kind": kind.value,
        "name": kind.label,
        "use": words.USE[kind],
        "paper": found,
        "waiting": found is not None and found.state == "queued",
    }


def as_file(pdf: bytes, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{FILES[Kind(kind)]}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
