"""The unit's review of its own log: picks by rule and at random, a verdict each, a record (HSLF-FS 2016:40 4:9)."""

import json

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from logbook import review
from logbook.models import LogReview, ReviewPick
from organisations.errors import Conflict, RuleBroken
from tests.citizen.story import signed_in

PERIOD = {"from_on": "1 november", "to_on": "i dag"}


def picks(read, **which):
    return list(ReviewPick.objects.using("admin").filter(**which).order_by("pk"))


def start(read, who="manager"):
    day = timezone.localdate()
    with read.cast.acting(who):
        return review.start(from_on=day, to_on=day, by=read.cast.actor(who))


def logged(read, *, event="cases.read", action="Läsa", name="Mattias Provsson", at="now()", who="reader"):
    """A row of the log as it would have been written then; the chain does not matter here."""
    by, case = read.cast.actor(who), read.case
    changes = json.dumps(
        {"event": event, "action": action, "actor_name": name, "staff_id": by.staff_id, "unit_id": by.unit_id,
         "case_id": str(case.pk), "person_id": case.person_id, "chain": "x", "actor_kind": "staff"}
    )  # fmt: skip
    [(log_id,)] = read.sql(
        "with new as (select 1000000 + floor(random() * 1000000000)::bigint as id)"
        " insert into audit_event overriding system value"
        " select (jsonb_populate_record(e, %s::jsonb || jsonb_build_object('id', new.id, 'seq', new.id,"
        " 'log_id', gen_random_uuid(), 'at', " + at + "))).* from new, audit_event e"
        " where e.log_id = (select log_id from audit_event limit 1) returning log_id",
        changes,
    )  # fmt: skip
    return log_id


def test_from_start_to_record(read):
    client = signed_in("yusuf.falun")
    assert "Granska loggen" in client.get("/arenden/").content.decode()
    address = client.post("/logg/granskning/", PERIOD)["Location"]
    page = client.get(address).content.decode()
    assert "Slumpvis" in page and "kvar att bedöma" in page and "Avsluta granskningen" not in page
    (started,) = LogReview.objects.using("admin").all()
    assert client.post(f"{address}klar/", {}).status_code == 200, "not before every row has its verdict"
    for pick in picks(read):
        own = read.sql("select staff_id from audit_event where log_id = %s", pick.log_id)[0][0]
        if own == read.cast.actor("manager").staff_id:
            answer = client.post(f"{address}{pick.pk}/", {"verdict": "ok"})
            assert answer.status_code == 200 and "Någon annan chef" in answer.content.decode()
            read.sql("update logbook_reviewpick set verdict = 'ok' where id = %s", pick.pk)
            continue
        answer = client.post(f"{address}{pick.pk}/", {"verdict": "breach", "note": ""})
        assert answer.status_code == 200 and "Skriv vad du har kommit fram till" in answer.content.decode()
        assert client.post(f"{address}{pick.pk}/", {"verdict": "ok", "note": ""}).status_code == 302
    assert client.post(f"{address}klar/", {"summary": "Allt var i sin ordning."}).status_code == 302
    assert "Allt var i sin ordning." in client.get(address).content.decode()
    assert client.post(f"{address}{pick.pk}/", {"verdict": "ok"}).status_code == 409
    events = {row[0] for row in read.sql("select event from audit_event where event like 'logbook.%%'")}
    assert events == {"logbook.review_started", "logbook.judged", "logbook.review_finished"}
    assert started.looked_through > 0


@pytest.mark.parametrize("rule", ["revealed", "refused", "night", "own_name", "closed", "emergency"])
def test_each_rule_finds_its_row(read, rule):
    today = "(date_trunc('day', now() at time zone 'Europe/Stockholm')"
    if rule == "closed":
        build_closed(read)
    latest = logged(
        read,
        action={"revealed": "Läsa skyddat", "refused": "Nekad", "emergency": "Nödöppning"}.get(rule, "Läsa"),
        at=f"{today} + interval '3 minutes') at time zone 'Europe/Stockholm'" if rule == "night" else "now()",
        name="Mattias Testholm" if rule == "own_name" else "Mattias Annatnamn",
    )
    start(read)
    found = {pick.log_id for pick in picks(read, rule=rule)}
    if rule == "closed":
        read.sql("update cases_case set closed_on = null, state = 'consented', close_reason = ''")
    assert latest in found


def build_closed(read):
    read.sql("update cases_case set closed_on = current_date - 60, state = 'closed', close_reason = 'goals_met'")


def test_many_persons_in_a_day(read, monkeypatch):
    monkeypatch.setattr(review, "MANY_PERSONS", 0)
    # In the evening the same rows would be picked for the hour first.
    monkeypatch.delitem(review.QUERIES, "night")
    start(read)
    assert picks(read, rule="many")


def waiting(read) -> int:
    with read.cast.acting("manager"):
        return review.waiting_emergencies(read.cast.actor("manager"))


def test_every_emergency_is_reviewed_whenever_it_was_and_once(read):
    # What earlier tests have left in the log waits too.
    before = waiting(read)
    logged(read, action="Nödöppning", at="now() - interval '200 days'")
    assert waiting(read) == before + 1
    assert "Nödöppningar väntar" in signed_in("yusuf.falun").get("/logg/granskning/").content.decode()
    first = start(read)
    assert len(picks(read, rule="emergency")) == before + 1
    read.sql("update logbook_reviewpick set verdict = 'ok'")
    with read.cast.acting("manager"):
        review.finish(review=LogReview.objects.get(pk=first.pk), by=read.cast.actor("manager"))
    assert waiting(read) == 0
    start(read)
    assert len(picks(read, rule="emergency")) == before + 1
    [(twice,)] = read.sql("select count(*) - count(distinct log_id) from logbook_reviewpick")
    assert twice == 0


def test_other_units_rows_are_never_picked(read):
    start(read)
    units = {row[0] for row in read.sql("select e.unit_id from audit_event e join logbook_reviewpick p using (log_id)")
             }  # fmt: skip
    assert units == {read.cast.unit("owner").pk}


def test_one_at_a_time_and_a_possible_period(read):
    client = signed_in("yusuf.falun")
    for sent, sentence in (
        ({"from_on": "2025-01-01", "to_on": "i dag"}, "högst 100 dagar"),
        ({"from_on": "", "to_on": ""}, "Skriv första dagen"),
    ):
        response = client.post("/logg/granskning/", sent)
        assert response.status_code == 200 and sentence in response.content.decode()
    start(read)
    assert "inte är klar" in client.post("/logg/granskning/", PERIOD).content.decode()


def test_a_finished_review_is_closed_in_the_database(read):
    made = start(read)
    by = read.cast.actor("manager")
    with read.cast.acting("manager"), pytest.raises(RuleBroken, match="inte bedömda"):
        review.finish(review=made, by=by)
    with read.cast.acting("manager"), pytest.raises(Error, match="without a verdict"), transaction.atomic():
        LogReview.objects.filter(pk=made.pk).update(finished_at=timezone.now())
    read.sql("update logbook_reviewpick set verdict = 'ok'")
    with read.cast.acting("manager"):
        review.finish(review=LogReview.objects.get(pk=made.pk), by=by)
        assert ReviewPick.objects.update(verdict="breach", note="x") == 0
        assert LogReview.objects.update(summary="ändrad") == 0
        with pytest.raises(Conflict):
            review.judge(pick=ReviewPick.objects.select_related("review").first(), verdict="ok", by=by)


@pytest.mark.parametrize("who", ["owner", "reader", "party", "coordinator", "admin"])
def test_only_the_units_manager(read, who):
    start(read)
    with read.cast.acting(who):
        assert not LogReview.objects.exists() and not ReviewPick.objects.exists()
        with pytest.raises(Error, match="row-level security|permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into logbook_logreview (unit_id, from_on, to_on, started_by_id, started_at, looked_through,"
                    " summary) values (%s, '2026-01-01', '2026-01-02', 1, now(), 0, '')",
                    [read.cast.unit("owner").pk],
                )


def test_as_many_questions_for_three_rows_as_for_thirty(read, django_assert_max_num_queries):
    client = signed_in("yusuf.falun")
    for _ in range(3):
        logged(read)
    made = start(read)
    with django_assert_max_num_queries(30) as few:
        client.get(f"/logg/granskning/{made.pk}/")
    read.sql("update logbook_reviewpick set verdict = 'ok'")
    with read.cast.acting("manager"):
        review.finish(review=LogReview.objects.get(pk=made.pk), by=read.cast.actor("manager"))
    for _ in range(30):
        logged(read, action="Läsa skyddat")
    more = start(read)
    with django_assert_max_num_queries(30) as many:
        client.get(f"/logg/granskning/{more.pk}/")
    assert len(picks(read, review_id=more.pk)) > 15
    assert len(many) == len(few)


def test_the_case_may_be_gone(read):
    made = start(read)
    read.sql("update logbook_reviewpick set log_id = gen_random_uuid()")
    assert "Raden är gallrad" in signed_in("yusuf.falun").get(f"/logg/granskning/{made.pk}/").content.decode()
