"""Order a paper, fetch it, note to whom it was given; and the empty forms, which are the same for all (DOK)."""

import json
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from audit import log
from cases import services as cases
from cases import topics
from consent import representatives
from consent.models import Disclosure
from organisations import swedish
from organisations.errors import RuleBroken, TooMany
from papers import possible
from papers.models import BlankPaper, Kind, Paper
from papers.tasks import nudge
from plans.documents import ORDERS_A_MINUTE

TO_PERSON, TO_OTHER = "person", "other"
BASIS = {TO_PERSON: "Den enskilde själv (OSL 12:1)", TO_OTHER: "Samtycke (OSL 10:1)"}
NOT_READY = "Pappret är inte klart än."


def own(case, *, by):
    """The papers of the one who asks: the unit's, or the citizen's own; the database says the same."""
    mine = {"unit_id": by.unit_id} if by.is_staff else {"citizen_id": by.user_id}
    return Paper.objects.filter(case=case, **mine)


def order(*, case, kind: str, by, about: int = 0) -> Paper:
    """Freeze what is known and queue the drawing; the same again is the same paper, a failed one gets a new try.

    The masks first, then the content: should the person exempt more in between, the paper holds less than its masks
    say and never more. Raises RuleBroken when it is not possible now, TooMany after too many in a minute.
    """
    masks = topics.masks(case.pk, by) if by.is_staff else [0]
    possible.must_be(possible.Facts(case, by), kind, about)
    asked = {"document": possible.document_of(kind, about), "values": possible.BUILD[kind](case, about, by)}
    digest = sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    who = {"unit_id": by.unit_id, "requested_by_id": by.assignment_id} if by.is_staff else {"citizen_id": by.user_id}
    paper, made = own(case, by=by).defer("pdf").get_or_create(
        kind=kind, about=about, hidden_topics=masks, digest=digest,
        defaults={"case_id": case.pk, "context": asked, **who},
    )  # fmt: skip
    if made or paper.state == "failed":
        refuse_too_many(by=by)
        retry(paper)
        log.record(
            "papers.ordered", action=log.PRINT, case_id=case.pk, person_id=case.person_id, object_type=kind,
            object_id=str(paper.pk),
        )  # fmt: skip
        transaction.on_commit(nudge)
    return paper


def retry(row) -> None:
    if row.state == "failed":
        row.state, row.attempts = "queued", 0
        row.save(update_fields=["state", "attempts"])


def refuse_too_many(*, by) -> None:
    """Drawing is heavy: so many new papers in a minute for one user."""
    since = timezone.now() - timedelta(minutes=1)
    asked = {"requested_by_id": by.assignment_id} if by.is_staff else {"citizen_id": by.user_id}
    if Paper.objects.filter(**asked, created_at__gte=since).count() > ORDERS_A_MINUTE:
        raise TooMany("Du har beställt många papper på kort tid. Vänta en minut och försök igen.")


def fetch(*, paper: Paper, case, by) -> bytes:
    """The finished PDF, logged as a print-out in the case and in the person's log."""
    log.record(
        "papers.fetched", action=log.PRINT, case_id=case.pk, person_id=case.person_id, object_type=paper.kind,
        object_id=str(paper.pk),
    )  # fmt: skip
    return bytes(paper.pdf)


def hand_out(*, paper: Paper, case, to: str, recipient: str, how: str, given_on, by) -> Disclosure:
    """Note to whom a paper was given, and how, among the disclosures (PDL 3:11). Raises RuleBroken."""
    if paper.state != "ready":
        raise RuleBroken(NOT_READY)
    if to == TO_OTHER:
        representatives.check_may_be_told(case, [recipient])
    given = Disclosure.objects.create(
        case_id=case.pk, recipient="Personen själv" if to == TO_PERSON else recipient, what=paper.get_kind_display(),
        how=f"{how}, {swedish.short_date(given_on)}", legal_basis=BASIS[to], by_id=by.assignment_id,
    )  # fmt: skip
    cases.note(case, kind="paper_handed_out", text=f"Papper lämnades ut: {paper.get_kind_display().lower()}", by=by)
    log.record(
        "papers.handed_out", case_id=case.pk, person_id=case.person_id, object_type=paper.kind, object_id=str(paper.pk)
    )
    return given


def order_blank(*, kind: str) -> BlankPaper:
    """The empty form in the reader's language; nothing in it is about anybody."""
    language = get_language() or "sv"
    paper, made = BlankPaper.objects.defer("pdf").get_or_create(
        kind=Kind(kind), language=language, defaults={"context": {"kind": kind, "language": language}}
    )
    if made or paper.state == "failed":
        retry(paper)
        transaction.on_commit(nudge)
    return paper


def blank(kind: str) -> BlankPaper | None:
    return BlankPaper.objects.filter(kind=kind, language=get_language() or "sv").first()
