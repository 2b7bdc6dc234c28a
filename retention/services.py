"""What people do about retention: prepare, approve, call off, set longer times, and stop a record from being erased."""

from django.db import connection
from django.utils import timezone

from audit import log
from organisations.errors import Conflict, RuleBroken
from retention.enums import CountedFrom, HoldKind
from retention.models import RetentionBatch, RetentionHold, RetentionLedger, RetentionProfile

MOST_IN_A_BATCH = 200


def batches():
    """The own organisation's batches, newest first."""
    return RetentionBatch.objects.select_related("prepared_by__staff", "approved_by__staff").order_by("-pk")


def batch_of(pk: int) -> RetentionBatch:
    return batches().get(pk=pk)


def prepare(*, by) -> int | None:
    """Freeze what is due in the own organisation as a batch; returns its id, or None when nothing is due.

    Raises RuleBroken while an earlier batch is not done.
    """
    if batches().filter(state__in=["prepared", "approved", "exported"]).exists():
        raise RuleBroken("Det finns redan en omgång som inte är klar. Avsluta den först.")
    with connection.cursor() as cursor:
        cursor.execute("select retention_prepare(%s)", [MOST_IN_A_BATCH])
        made = cursor.fetchone()[0]
    if made:
        log.record("retention.prepared", object_type="batch", object_id=str(made))
    return made


def approve(*, batch, by) -> None:
    """A person says that the batch may be exported and erased. Raises Conflict when it is no longer prepared."""
    _decide(batch, True, from_states=("prepared",))
    log.record("retention.approved", action=log.SIGN, object_type="batch", object_id=str(batch.pk))


def cancel(*, batch, by) -> None:
    """Call the batch off before anything of it has been exported. Raises Conflict when it is too late."""
    _decide(batch, False, from_states=("prepared", "approved"))
    log.record("retention.cancelled", object_type="batch", object_id=str(batch.pk))


def _decide(batch, approve: bool, *, from_states) -> None:
    if batch.state not in from_states:
        raise Conflict("Omgången har hunnit vidare. Ladda om sidan och se vad som gäller.")
    with connection.cursor() as cursor:
        cursor.execute("select retention_decide(%s, %s)", [batch.pk, approve])


def own_ledger():
    """What the own organisation has erased, newest first."""
    return RetentionLedger.objects.select_related("unit", "approved_by__staff").order_by("-erased_at", "-pk")


def law_of(record: str, day) -> RetentionProfile | None:
    """The law's rule for a kind of record on a day, or None where the organisation decides by itself."""
    rules = RetentionProfile.objects.filter(record=record, organisation=None, valid_from__lte=day)
    return rules.exclude(valid_to__lt=day).order_by("-valid_from").first()


def set_rule(*, by, record: str, years: int, reason: str, source: str) -> RetentionProfile:
    """The own organisation keeps a kind of record longer from today on.

    Raises RuleBroken for a time shorter than the law's, or longer without a reason where the law says when to erase.
    """
    today = timezone.localdate()
    law = law_of(record, today)
    if law and years <= law.years:
        raise RuleBroken(f"Lagen säger {law.years} år. En egen regel kan bara vara längre.", field="years")
    if law and law.must_erase and not reason:
        raise RuleBroken("Lagen säger när uppgifterna ska gallras. Skriv varför ni bevarar dem längre.", field="reason")
    mine = RetentionProfile.objects.filter(record=record, organisation_id=by.organisation_id)
    if mine.filter(valid_from=today).exists():
        raise RuleBroken("Ni har redan satt en regel i dag. Den gäller. Ändra den tidigast i morgon.", field="years")
    made = RetentionProfile.objects.create(
        record=record, organisation_id=by.organisation_id, years=years, reason=reason, legal_source=source,
        counted_from=law.counted_from if law else CountedFrom.RECORD, valid_from=today, decided_by_id=by.assignment_id,
    )  # fmt: skip
    log.record("retention.rule_set", object_type="profile", object_id=str(made.pk), details={"years": years})
    return made


def hold(*, case_id, person_id, by, kind: str, reason: str, to_on=None) -> None:
    """The unit's record of a case stays, for one of four reasons. Raises RuleBroken for a day that has been."""
    if to_on and to_on < timezone.localdate():
        raise RuleBroken("Dagen har redan varit. Välj en senare dag eller lämna tomt.", field="to_on")
    if kind == HoldKind.DISPUTE and not to_on:
        raise RuleBroken("Skriv till vilken dag. En tvist eller tillsyn har ett slut.", field="to_on")
    with connection.cursor() as cursor:
        cursor.execute("select retention_hold(%s, %s, %s, %s)", [case_id, kind, reason, to_on])
        made = cursor.fetchone()[0]
    log.record("retention.held", case_id=case_id, person_id=person_id, object_type="hold", object_id=str(made),
               details={"kind": kind})  # fmt: skip


def holds_of(case_id):
    """The acting unit's own stops for a case, newest first."""
    return RetentionHold.objects.filter(case_id=case_id).select_related("recorded_by__staff").order_by("-pk")


def end_hold(*, hold, by, note: str) -> None:
    """The reason for keeping no longer stands; today is its last day. Raises Conflict when it has ended."""
    today = timezone.localdate()
    if hold.ended_by_id or (hold.to_on and hold.to_on < today):
        raise Conflict("Stoppet är redan avslutat.")
    hold.to_on, hold.ended_by_id, hold.end_note = today, by.assignment_id, note
    hold.save(update_fields=["to_on", "ended_by", "end_note"])
    log.record("retention.hold_ended", case_id=hold.case_id, person_id=hold.person_id, object_type="hold",
               object_id=str(hold.pk))  # fmt: skip
