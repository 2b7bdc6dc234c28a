"""Closing a case: a reason always, everyone told, clocks stop, then read-only (AVS-1, AVS-2, AVS-3, INI-2, PLA-9)."""

import pytest
from django.db import ProgrammingError, transaction
from django_fsm import TransitionNotAllowed

from cases import services
from cases.enums import CloseReason
from cases.models import Case, CaseEvent
from notifications.models import Delivery, InboxItem
from organisations.errors import RuleBroken
from tests import build


def close(cast, case, *, reason=CloseReason.GOALS_MET, note="", who="owner", **values):
    with cast.acting(who):
        found = Case.objects.with_names().get(pk=case.pk)
        services.close(case=found, reason=reason, note=note, by=cast.actor(who), **values)


def inbox(cast, who, case):
    with cast.acting(who):
        return list(InboxItem.objects.filter(case_id=case.pk).values_list("kind", flat=True))


def deliveries(cast) -> dict[str, set]:
    """What the worker sees of the only case's messages: state → kinds."""
    found = {}
    with cast.acting("worker"):
        for state, key in Delivery.objects.values_list("state", "dedupe_key"):
            found.setdefault(state, set()).add(key.split(":")[0])
    return found


def test_reason_day_and_history(cast):
    case = build.case(cast)
    close(cast, case, note="  Det går bra nu. ")
    now = build.reread(cast, case)
    assert (now.state, now.close_reason, now.close_note, now.closed_on) == (
        "closed", "goals_met", "Det går bra nu.", build.today(),
    )  # fmt: skip
    with cast.acting("owner"):
        assert case.events.get(kind="closed").text == "Ärendet avslutades: målen är nådda"
        assert not case.deadlines.filter(met_at=None, cancelled_at=None).exists()


def test_those_who_see_the_case_are_told_and_nobody_else(cast):
    case = build.consented(cast)
    build.party(cast, case, who="same_kommun")
    close(cast, case)
    assert "closed" in inbox(cast, "party", case)
    assert "closed" not in inbox(cast, "same_kommun", case)
    assert "closed" not in inbox(cast, "owner", case)


def test_only_the_closing_notice_is_still_sent(cast):
    case = build.called(cast)
    before = deliveries(cast)["due"]
    assert before
    close(cast, case)
    after = deliveries(cast)
    assert after["due"] == {"closed"}
    assert before <= after["cancelled"]


@pytest.mark.parametrize("reason", [r for r in CloseReason if r not in {"withdrawn", "other_plan", "refused"}])
def test_every_reason_ends_a_case(cast, reason):
    case = build.case(cast)
    close(cast, case, reason=reason)
    assert build.reread(cast, case).close_reason == reason


@pytest.mark.parametrize(
    ("values", "message", "field"),
    [
        ({"reason": "withdrawn"}, "återkallas", "reason"),
        ({"reason": "other_plan"}, "vilken plan", "other_plan"),
        ({"reason": "other_plan", "other_plan": "  "}, "vilken plan", "other_plan"),
        ({"reason": "refused", "note": "Nej"}, "har bett om", "reason"),
    ],
)
def test_what_a_reason_demands(cast, values, message, field):
    case = build.case(cast)
    with pytest.raises(RuleBroken, match=message) as broken:
        close(cast, case, **values)
    assert broken.value.field == field
    assert build.reread(cast, case).is_open


def test_no_reason_is_no_closing(cast):
    case = build.case(cast)
    with pytest.raises(ValueError, match="not a valid CloseReason"):
        close(cast, case, reason="")
    assert build.reread(cast, case).is_open


def test_a_refusal_is_written_and_only_to_those_who_asked(cast):
    """INI-2: staff answer those who ask; a refusal needs a written reason and comes before the work begins."""
    case = build.case(cast, asked_by="relative")
    with pytest.raises(RuleBroken, match="varför ni säger nej"):
        close(cast, case, reason="refused")
    close(cast, case, reason="refused", note="Bara kommunens stöd behövs.")
    assert build.reread(cast, case).close_note == "Bara kommunens stöd behövs."
    begun = build.consented(cast, asked_by="person")
    with pytest.raises(RuleBroken, match="innan arbetet börjar"):
        close(cast, begun, reason="refused", note="Nej")


def test_twice_is_refused(cast):
    case = build.case(cast)
    close(cast, case)
    with pytest.raises((TransitionNotAllowed, ProgrammingError)):
        close(cast, case)


def test_the_database_refuses_every_later_write(cast):
    case = build.consented(cast)
    close(cast, case)
    with cast.acting("owner"):
        assert Case.objects.filter(pk=case.pk).update(given_name="Annan") == 0
        found = Case.objects.with_names().get(pk=case.pk)
        with pytest.raises(ProgrammingError), transaction.atomic():
            services.add_party(case=found, unit=cast.unit("outsider"), by=cast.owner)
        with pytest.raises(ProgrammingError), transaction.atomic():
            services.add_outside_party(case=found, kind="relative", name="Ida", tell_by="phone", by=cast.owner)


def test_a_party_reads_on_and_a_party_does_not_close(cast):
    case = build.consented(cast)
    with pytest.raises(ProgrammingError):
        close(cast, case, who="party")
    close(cast, case)
    assert not build.reread(cast, case, who="party").is_open


def test_opened_by_mistake_hides_it_from_all_but_the_owner(cast):
    """PLA-9: a case on the wrong person."""
    case = build.consented(cast)
    close(cast, case, reason="mistake")
    with cast.acting("party"):
        assert not Case.objects.filter(pk=case.pk).exists()
        assert not CaseEvent.objects.filter(case_id=case.pk).exists()
    assert build.reread(cast, case).close_reason == "mistake"
