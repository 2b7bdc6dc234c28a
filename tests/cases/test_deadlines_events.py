"""Clocks in cases: what starts, moves, replaces, pauses and meets them, and what the pages say (TID, UTS, LUS)."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connections
from django.utils import timezone

from audit.models import AuditEvent
from cases import clock_services, clocks, deadlines
from cases.models import Case, ClockEvent, Deadline, DeadlinePause
from cases.services import note_contact
from meetings import services as meetings
from meetings.models import Meeting
from notifications.models import Delivery, InboxItem
from organisations.errors import RuleBroken
from organisations.models import DeadlineRule, Guideline
from organisations.register import document, refuse_overlaps
from tests import build
from tests.casework import walk
from tests.cast import Cast

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOUR = timedelta(hours=1)


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=STOCKHOLM)


def clocks_of(cast, case, kind) -> list[Deadline]:
    with cast.acting("owner"):
        return list(Deadline.objects.filter(case=case, kind=kind).order_by("pk"))


def happened(cast, case, event, moment, *, who="owner", **more):
    with cast.acting(who):
        return deadlines.happened(case=case, event=event, at=moment, by=cast.actor(who), **more)


def set_rule(kind, **values) -> None:
    """As a new guideline would: in the register, past the row security of those who work in cases."""
    DeadlineRule.objects.using("admin").filter(kind=kind).update(**values)


@pytest.fixture
def world(own_database) -> Cast:
    """Those who act, in a database of the test's own, where the register may be changed."""
    return Cast()


def as_administrator(statement: str, *values) -> list:
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def test_an_admission_gives_twenty_four_hours_from_the_doctors_later_judgement(cast):
    """TID-8, LUS 2:3: the later of the two counts, the first clock stays as history, the notice meets it."""
    case = build.case(cast, inpatient=True)
    admitted = timezone.now() - 30 * HOUR
    happened(cast, case, "admission", admitted)
    (first,) = clocks_of(cast, case, "admission_notice")
    assert (first.due_at, first.statutory, first.event) == (admitted + 24 * HOUR, True, "admission")
    judged = timezone.now() - 2 * HOUR
    happened(cast, case, "doctor_judged", judged)
    first, second = clocks_of(cast, case, "admission_notice")
    assert first.cancelled_at and second.due_at == judged + 24 * HOUR
    happened(cast, case, "notice_sent", timezone.now())
    assert clocks_of(cast, case, "admission_notice")[-1].met_at


def test_a_judgement_before_the_admission_changes_nothing(cast):
    case = build.case(cast, inpatient=True)
    now = timezone.now()
    happened(cast, case, "admission", now)
    happened(cast, case, "doctor_judged", now - HOUR)
    assert [(d.started_at, d.cancelled_at) for d in clocks_of(cast, case, "admission_notice")] == [(now, None)]


def test_a_corrected_event_replaces_its_clock_and_both_rows_stay(cast):
    case = build.case(cast, inpatient=True)
    now = timezone.now()
    happened(cast, case, "admission", now - 5 * HOUR)
    happened(cast, case, "admission", now - 5 * HOUR)
    happened(cast, case, "admission", now - 3 * HOUR)
    with cast.acting("owner"):
        rows = list(ClockEvent.objects.filter(case=case, event="admission").order_by("pk"))
    assert [bool(row.superseded_at) for row in rows] == [True, False]
    assert [bool(d.cancelled_at) for d in clocks_of(cast, case, "admission_notice")] == [True, False]


def test_a_kallelse_starts_the_answers_clock_and_a_moved_meeting_replaces_it(cast):
    """TID-6: five days before the meeting; the old row stays, cancelled with its reminders."""
    case = build.called(cast, days_ahead=20)
    (first,) = clocks_of(cast, case, "answer")
    assert first.due_on == build.today() + timedelta(15)
    deadlines.sweep(now=at(first.due_on, 9))
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case, state="called")
        begins = meeting.starts_at + timedelta(7)
        meetings.move(
            case=Case.objects.with_names().get(pk=case.pk), meeting=meeting, why="", units=[cast.unit("party")],
            by=cast.owner, starts_at=begins, ends_at=begins + HOUR, form="phone", link="0701740612",
            agenda="Vad är viktigt?", chair=cast.staff("owner"), writer=cast.staff("owner"),
        )  # fmt: skip
    first, second = clocks_of(cast, case, "answer")
    assert (bool(first.cancelled_at), second.due_on) == (True, first.due_on + timedelta(7))
    with cast.acting("worker"):
        old = Delivery.objects.filter(dedupe_key__startswith=f"deadline:{first.pk}:")
        assert set(old.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("who", ["party", "reception"])
def test_the_last_answer_meets_the_clock(cast, who):
    case = build.called(cast, build.consented(cast, parties=(who,)), units=(who,), days_ahead=20)
    walk.answered(cast, case, who=who)
    assert clocks_of(cast, case, "answer")[0].met_at


def test_a_cancelled_meeting_stops_the_answers_clock(cast):
    case = build.called(cast, days_ahead=20)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case, state="called")
        meetings.cancel(case=Case.objects.with_names().get(pk=case.pk), meeting=meeting, why="", by=cast.owner)
    assert clocks_of(cast, case, "answer")[0].cancelled_at


def test_a_meeting_soon_asks_for_answers_at_once_not_in_the_past(cast):
    case = build.called(cast, days_ahead=2)
    assert clocks_of(cast, case, "answer")[0].due_on == build.today()


def test_payment_starts_by_care_type_and_hurries_nobody(world):
    """LUS 5:4; Stockholm's days differ by care type. It is no deadline for anybody: no reminder, not late."""
    stockholm = Guideline.objects.using("admin").get(slug="stockholm")
    case = build.case(world, inpatient=True)
    as_administrator("update cases_case set guideline_id = %s where id = %s", stockholm.pk, case.pk)
    ready = at(build.today() - timedelta(3), 10)
    happened(world, case, "admission", ready - timedelta(2), care_type="psychiatric")
    with world.acting("owner"):
        case.discharge_ready_at = ready
        case.save()
        deadlines.refresh(case_id=case.pk)
    (row,) = clocks_of(world, case, "payment")
    assert (row.due_on, row.rule["care_type"]) == (build.today() + timedelta(2), "psychiatric")
    deadlines.sweep(now=at(row.due_on, 9))
    with world.acting("worker"):
        assert not Delivery.objects.filter(dedupe_key__startswith=f"deadline:{row.pk}:").exists()


def test_a_changed_rule_rewrites_nothing_and_holds_for_new_clocks(world):
    """A row keeps the rule that stood when its clock started; why is said from what it keeps."""
    old = build.case(world, days_ago=1)
    (before,) = clocks_of(world, old, "meeting")
    set_rule("meeting", amount=30, legal_source="Ny överenskommelse")
    deadlines.sweep()
    (after,) = clocks_of(world, old, "meeting")
    assert (after.pk, after.due_on, after.source) == (before.pk, before.due_on, before.source)
    assert clocks.Rule.frozen(after.rule).amount == 21
    new = build.case(world, number="199002222397", days_ago=1)
    (made,) = clocks_of(world, new, "meeting")
    assert (made.due_on - before.due_on, made.source) == (timedelta(9), "Ny överenskommelse")


def test_the_rule_of_the_day_when_the_clock_starts_is_used(world):
    """Dated rules: the need found before the change counts by the old one, also when it is written in afterwards."""
    change = build.today() - timedelta(2)
    for rule in DeadlineRule.objects.using("admin").filter(kind="meeting"):
        rule.valid_to = change - timedelta(1)
        rule.save(using="admin")
        rule.pk, rule.amount, rule.valid_from, rule.valid_to = None, 10, change, None
        rule.save(using="admin")
    found = {}
    for number, days_ago in (("198501012382", 3), ("199002222397", 2)):
        case = build.case(world, number=number, days_ago=days_ago)
        found[days_ago] = [d.due_on - build.today() for d in clocks_of(world, case, "meeting")]
    assert found == {3: [timedelta(18)], 2: [timedelta(8)]}


UNCOUNTABLE = [
    {"statutory": True, "moves": "next_weekday"},
    {"unit": "hours", "cutoff_time": time(12)},
    {"direction": "before", "day_zero_counts": True},
    {"unit": "weekdays", "amount": 0},
    {"escalate_after_days": 8},
    {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
]


def test_the_database_refuses_a_rule_that_cannot_be_counted(world):
    for wrong in UNCOUNTABLE:
        with pytest.raises(IntegrityError):
            set_rule("meeting", **wrong)


def test_two_rules_for_the_same_day_are_refused_at_load():
    item = document("guidelines.json")["guidelines"][0]
    rule = next(r for r in item["deadline_rules"] if r["kind"] == "meeting")
    item["deadline_rules"].append(rule | {"care_type": "psychiatric", "valid_from": "2026-01-01"})
    with pytest.raises(ValueError, match="samma dag"):
        refuse_overlaps(item)
    rule["valid_to"] = "2025-12-31"
    refuse_overlaps(item)


def test_the_sweep_makes_the_days_that_python_says(world):
    """End to end over random events: each row that the sweep made has the day of its own frozen rule."""
    chance = random.Random(20261122)  # noqa: S311 - test data
    for rule in DeadlineRule.objects.using("admin").filter(kind__in=["meeting", "first_contact"]):
        rule.unit, rule.moves, rule.cutoff_time = chance.choice(
            [("days", "next_weekday", None), ("weekdays", "none", time(12)), ("weekdays", "none", None)]
        )
        rule.save(using="admin")
    made = [build.case(world, number=n, days_ago=chance.randrange(400)) for n in ("198501012382", "199002222397")]
    for case in made:
        happened(world, case, "admission", timezone.now() - chance.randrange(2000) * HOUR)
        with world.acting("owner"):
            case.discharge_ready_at = timezone.now() - timedelta(minutes=chance.randrange(90_000))
            case.save()
    as_administrator("delete from cases_deadline")
    deadlines.sweep()
    with world.acting("owner"):
        rows = list(Deadline.objects.filter(case__in=made))
    assert len(rows) >= 10
    for row in rows:
        rule = clocks.Rule.frozen(row.rule)
        assert row.due_on == clocks.due_on(rule, row.started_at, known_on=row.known_on), (row.kind, row.rule)


def test_batches_walk_all_cases_once(world, monkeypatch):
    """A batch of two, five cases, three sources: every clock once, and a second walk makes none."""
    numbers = ["198501012382", "199002222397", "194201077098", "196109732393", "199911012384"]
    made = [build.case(world, number=number) for number in numbers]
    for case in made:
        happened(world, case, "admission", timezone.now() - HOUR)
    as_administrator("delete from cases_deadline")
    monkeypatch.setattr(deadlines, "BATCH", 2)
    assert sum(deadlines.sweep_source(source) for source in deadlines.SOURCES) >= 15
    assert sum(deadlines.sweep_source(source) for source in deadlines.SOURCES) == 0
    assert {len(clocks_of(world, case, "admission_notice")) for case in made} == {1}


def test_escalation_reaches_the_manager_once_after_the_unit(cast):
    """Before, on the day, after it, and then the unit's manager, each once, however often it is swept."""
    case = build.case(cast, days_ago=0)
    with cast.acting("owner"):
        deadlines.meet(case=case, kind="meeting")
    (contact,) = clocks_of(cast, case, "first_contact")
    assert contact.escalate_after_days == 3
    for day in range(-3, 8):
        for hour in (7, 8, 20):
            deadlines.sweep(now=at(contact.due_on + timedelta(day), hour))
    with cast.acting("owner"):
        told = list(InboxItem.objects.filter(case_id=case.pk).order_by("pk").values_list("kind", flat=True))
    assert told == ["deadline", "deadline", "deadline_manager"]
    with cast.acting("worker"):
        found = Delivery.objects.filter(dedupe_key__startswith=f"deadline:{contact.pk}:")
        assert {key.split(":")[3] for key in found.values_list("dedupe_key", flat=True)} == {
            "before1", "on", "after", "escalate",
        }  # fmt: skip


# Pauses


def pause(cast, row, *, who="owner", reason="person_waits"):
    with cast.acting(who):
        return clock_services.pause(case=row.case, deadline=row, reason=reason, by=cast.actor(who))


def test_a_pause_silences_and_adds_its_days(world):
    case = build.case(world, days_ago=0)
    (row,) = clocks_of(world, case, "meeting")
    deadlines.sweep(now=at(row.due_on - timedelta(8)))
    pause(world, row, reason="radrum")
    deadlines.sweep(now=at(row.due_on))
    with world.acting("worker"):
        found = Delivery.objects.filter(dedupe_key__startswith=f"deadline:{row.pk}:")
        assert set(found.values_list("state", flat=True)) == {"cancelled"}
    with world.acting("owner"):
        # As it is after four days.
        DeadlinePause.objects.using("admin").filter(deadline=row).update(from_on=build.today() - timedelta(4))
        Deadline.objects.using("admin").filter(pk=row.pk).update(paused_on=build.today() - timedelta(4))
    (paused,) = clocks_of(world, case, "meeting")
    with world.acting("owner"):
        clock_services.resume(case=case, deadline=paused, by=world.owner)
        (again,) = Deadline.objects.filter(case=case, kind="meeting")
        kept = again.pauses.get()
    assert (again.due_on, again.paused_days, again.paused_on) == (row.due_on + timedelta(4), 4, None)
    assert (kept.reason, kept.paused_by_id, kept.to_on) == ("radrum", world.owner.assignment_id, build.today())
    deadlines.sweep(now=at(again.due_on))
    with world.acting("worker"):
        assert Delivery.objects.filter(dedupe_key__startswith=f"deadline:{row.pk}:{again.due_on}", state="due").exists()


def test_the_law_is_never_paused_and_the_past_neither(world):
    case = build.case(world, inpatient=True, discharge_ready_at=timezone.now(), days_ago=30)
    (law,), (late,) = clocks_of(world, case, "call_after_ready"), clocks_of(world, case, "meeting")
    for row, said in ((law, "lagen"), (late, "gått ut")):
        with pytest.raises(RuleBroken, match=said):
            pause(world, row)
    with pytest.raises(IntegrityError):
        Deadline.objects.using("admin").filter(pk=law.pk).update(paused_on=build.today())


def test_a_paused_clock_is_not_paused_twice_and_runs_once(cast):
    case = build.case(cast, days_ago=0)
    (row,) = clocks_of(cast, case, "meeting")
    pause(cast, row)
    with pytest.raises(RuleBroken, match="löper inte"):
        pause(cast, row)
    with cast.acting("owner"):
        clock_services.resume(case=case, deadline=row, by=cast.owner)
        with pytest.raises(RuleBroken, match="inte pausad"):
            clock_services.resume(case=case, deadline=row, by=cast.owner)


def test_a_paused_clock_is_not_the_nearest_one_in_lists(world):
    """The worklist's day comes from the clocks that run."""
    case = build.case(world, days_ago=0)
    with world.acting("owner"):
        deadlines.meet(case=case, kind="first_contact")
    (row,) = clocks_of(world, case, "meeting")

    def nearest():
        found = as_administrator("select distinct open_deadline from case_access where case_id = %s", case.pk)
        return [day for (day,) in found]

    assert nearest() == [row.due_on]
    pause(world, row)
    assert nearest() == [None]


# Pages


def text_of(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_each_clock_with_its_state_source_and_why(cast, browse):
    case = build.case(cast, inpatient=True, discharge_ready_at=timezone.now(), days_ago=10)
    happened(cast, case, "admission", timezone.now() - 30 * HOUR)
    happened(cast, case, "doctor_judged", timezone.now())
    with cast.acting("owner"):
        note_contact(case=case, whom="VC", how="Telefon", on=build.today(), by=cast.owner)
    page = text_of(browse("amira.falun"), f"/arenden/{case.pk}/tidsgranser/")
    for said in ("Löper", "Uppfylld", "Ersatt", "LUS 4 kap. 3 §", "LUS 2 kap. 3 §", "Lagstadgat",
                 "Tre dagar från utskrivningsklar", "24 timmar från inskrivningen", "Betalningsansvaret börjar inte",
                 "inskrivningsmeddelandet är inte skickat"):  # fmt: skip
        assert said in page, said


def test_pausing_and_starting_again_in_the_page_is_logged(cast, browse):
    case = build.case(cast, days_ago=0)
    (row,) = clocks_of(cast, case, "meeting")
    client, page = browse("amira.falun"), f"/arenden/{case.pk}/tidsgranser/"
    assert f"{page}{row.pk}/pausa/" in text_of(client, page)
    assert client.post(f"{page}{row.pk}/pausa/", {}).status_code == 200
    assert client.post(f"{page}{row.pk}/pausa/", {"reason": "radrum"}).status_code == 302
    shown = text_of(client, page)
    assert "Pausad från" in shown and "Rådrum" in shown and cast.staff("owner").name in shown
    assert client.post(f"{page}{row.pk}/starta/").status_code == 302
    with cast.acting("owner"):
        events = set(AuditEvent.objects.filter(case_id=case.pk).values_list("event", flat=True))
        assert {"clock_paused", "clock_resumed"} <= set(case.events.values_list("kind", flat=True))
    assert {"cases.clock_paused", "cases.clock_resumed"} <= events


def test_only_those_who_steer_pause(cast, browse):
    case = build.consented(cast)
    (row,) = clocks_of(cast, case, "meeting")
    page = f"/arenden/{case.pk}/tidsgranser/"
    for who, code in (("hanna.dalarna", 403), ("mattias.falun", 403), ("linda.kalmar", 404)):
        assert browse(who).post(f"{page}{row.pk}/pausa/", {"reason": "radrum"}).status_code == code
    assert "pausa/" not in text_of(browse("hanna.dalarna"), page)


def test_the_page_asks_as_much_for_one_clock_as_for_many(cast, browse):
    client = browse("amira.falun")
    case = build.case(cast, days_ago=0)
    address = f"/arenden/{case.pk}/tidsgranser/"
    (row,) = clocks_of(cast, case, "meeting")
    pause(cast, row)
    few = walk.queries(client, address)
    for hours in range(1, 12):
        happened(cast, case, "admission", timezone.now() - hours * HOUR)
    assert len(walk.queries(client, address)) == len(few)
