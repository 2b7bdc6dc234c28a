"""The worklist: whose turn, by when, who is shown to whom, and one log row with the persons (INI-8, FRÅ-1)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import Case
from casework import facts, worklist
from casework.next_step import next_step
from meetingroom import consultation
from meetings import services as meetings
from meetings.models import HandOn, Invitation
from organisations.actors import staff_actor
from organisations.scope import acting_for
from tests import build
from tests import build_forwarding as way
from tests.casework import walk
from tests.preparation import prepared


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def coordinator(cast):
    """A SIP coordinator at the unit that owns the cases: sees the flow, not the content."""
    return cast.assignment("coordinator")


@pytest.fixture
def every_state(cast):
    """Cases of the owner's unit in every open state, with answers and days that differ."""
    number = iter(walk.numbers())
    found = {
        "initiated": build.case(cast, number=next(number)),
        "consented": build.consented(cast, number=next(number)),
        "ready": build.consented(cast, number=next(number)),
        "interpreter": walk.called(cast, number=next(number), interpreter=True),
        "booked": walk.called(cast, number=next(number), interpreter=True),
        "ward": walk.answered(cast, walk.called(cast, number=next(number), interpreter=True)),
        "alone": build.consented(cast, parties=(), number=next(number)),
        "lapsed": build.consented(cast, number=next(number)),
        "called": walk.called(cast, number=next(number)),
        "soon": walk.called(cast, in_days=3, number=next(number)),
        "answered": walk.answered(cast, walk.called(cast, in_days=3, number=next(number))),
        "met": build.met(cast, build.consented(cast, number=next(number))),
        "drafted": build.drafted(cast, build.met(cast, build.consented(cast, number=next(number)))).case,
        "planned": build.planned(cast, build.met(cast, build.consented(cast, number=next(number)))).case,
        "due": build.planned(cast, build.met(cast, build.consented(cast, number=next(number))), follow_up_in=5).case,
        "called_off": called_off(cast, build.consented(cast, number=next(number))),
        "moved_today": moved_today(cast, build.consented(cast, number=next(number))),
        "led_by_party": build.planned(
            cast, build.met(cast, build.consented(cast, number=next(number))), lead="party"
        ).case,
        "handed": handed_on(cast, walk.called(cast, number=next(number))),
        "refused": handed_on_before(cast, walk.called(cast, number=next(number))),
        "absent": build.planned(cast, stayed_away(cast, number=next(number))).case,
        "not_content": build.planned(cast, build.met(cast, build.consented(cast, number=next(number)))).case,
    }
    ask_for_consultation(cast, found["not_content"])
    build.lapsed(cast, found["lapsed"])
    build.proposed(cast, found["drafted"])
    prepared.said(cast, found["ready"], question="Var ska du bo?")
    prepared.booked(cast, found["booked"])
    lie_on_ward(cast, found["ward"])
    return found


def called_off(cast, case):
    """A meeting today that was called off, and nobody has been phoned."""
    build.call(cast, case)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        meetings.cancel(case=now, meeting=now.meetings.get(), why="Sjuk", by=cast.owner)
    return build.reread(cast, case)


def moved_today(cast, case):
    """A meeting today that was moved two weeks ahead, and nobody has been phoned."""
    old = build.call(cast, case)
    starts = old.starts_at + timedelta(days=14)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        meetings.move(
            case=now, meeting=old, why="Sjuk", units=[cast.unit("party")], by=cast.owner, starts_at=starts,
            ends_at=starts + timedelta(hours=1), form="physical", place="Sal 2", agenda="Hemgång", chair=old.chair,
            writer=old.writer,
        )  # fmt: skip
    return build.reread(cast, case)


def handed_on(cast, case):
    """The party has handed the kallelse on to a unit that the person has not been asked about."""
    with cast.acting("owner"):
        invitation = Invitation.objects.get(case=case)
    assert not way.hand_on(cast, invitation.pk, who="party", to=way.unit("Vuxenpsykiatrisk mottagning Falun"))
    return case


def handed_on_before(cast, case):
    """The person has answered since, and said no yes to the unit."""
    unit = way.unit("Vuxenpsykiatrisk mottagning Falun")
    with cast.acting("owner"):
        meeting = case.meetings.get()
        invitation = Invitation.objects.create(case=case, meeting=meeting, unit=unit, sent_by="system")
        HandOn.objects.create(
            case=case, invitation=invitation, reference=case.reference, from_unit=cast.unit("party"), to_unit=unit,
            reason="listed", at=timezone.now() - timedelta(days=1), by_id=cast.owner.assignment_id,
        )  # fmt: skip
    return case


def stayed_away(cast, **values):
    """A meeting that the party did not come to."""
    return build.held(cast, build.called(cast, build.consented(cast, **values)), came=[])


def ask_for_consultation(cast, case):
    with cast.acting("owner"):
        consultation.ask(case=Case.objects.with_names().get(pk=case.pk), about="Tiderna.", by=cast.owner)


def lie_on_ward(cast, case):
    """The person lies on the party's ward, which books the interpreter."""
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        again.inpatient, again.ward_unit_id = True, cast.unit("party").pk
        again.save()


@pytest.mark.parametrize("who", ["owner", "colleague", "party", "reader", "manager"])
def test_the_counts_in_sql_say_the_same_as_the_next_step(cast, every_state, who):
    actor, now, today = cast.actor(who), timezone.now(), timezone.localdate()
    with cast.acting(who):
        mine = worklist.CaseAccess.objects.filter(unit_id=actor.unit_id, is_open=True, listed=True)
        conditions = facts.turns(actor, now=now, today=today)
        by_sql = {turn: set(mine.filter(q).values_list("case_id", flat=True)) for turn, q in conditions.items()}
        seen = facts.with_facts(Case.objects.with_names(), unit_id=actor.unit_id)
        steps = {case.pk: next_step(facts.facts_of(case, actor, now=now, today=today)) for case in seen}
    assert steps
    for turn in ("you", "others"):
        assert by_sql[turn] == {pk for pk, step in steps.items() if step.turn == turn}, turn


def test_the_page_shows_each_case_with_its_next_step(cast, browse, every_state):
    shown = text(browse("amira.falun").get("/arenden/"))
    for words in (
        "Fråga om samtycke och skriv in svaret", "Förbered mötet tillsammans med Astrid", "Kalla till SIP-möte",
        "Väntar på svar från en aktör", "Boka tolk", "Fråga Astrid om en enhet till får vara med",
        "Ta ställning till en frånvaro", "Erbjud personen samråd",
    ):  # fmt: skip
        assert words in shown
    assert shown.count("om en enhet till") == 1, "not again when the person has answered since"
    assert "22 Alla öppna" in shown
    assert "har inte svarat" in shown
    assert ", kommer" in shown


def test_an_absence_is_told_in_the_list_as_on_the_case_page(cast, browse):
    """Also while there is something else to do: both say both."""
    case, client = stayed_away(cast), browse("amira.falun")
    for page in ("/arenden/", f"/arenden/{case.pk}/"):
        shown = text(client.get(page))
        assert "Skriv planen tillsammans med Astrid" in shown and "Ta ställning till en frånvaro" in shown, page
    assert "Ta ställning till en frånvaro" not in text(browse("hanna.dalarna").get("/arenden/"))


def test_the_case_page_says_that_another_time_is_proposed(cast, browse):
    case, client = walk.called(cast), browse("amira.falun")
    assert "En annan tid" not in text(client.get(f"/arenden/{case.pk}/"))
    way.propose(cast, case)
    assert "En annan tid är föreslagen." in text(client.get(f"/arenden/{case.pk}/"))


def test_the_case_page_says_who_waits_for_the_persons_yes(cast, browse):
    case = handed_on(cast, walk.called(cast))
    shown = text(browse("amira.falun").get(f"/arenden/{case.pk}/"))
    assert shown.count("Fråga Astrid om en enhet till får vara med") == 2 and "Väntar på personens ja" in shown
    build.consent(cast, case, units=(), new_units=[way.unit("Vuxenpsykiatrisk mottagning Falun")])
    assert "om en enhet till" not in text(browse("amira.falun").get(f"/arenden/{case.pk}/"))


def test_groups_are_late_this_week_and_later():
    today = timezone.localdate().replace(day=1)
    monday = today + timedelta(days=7 - today.weekday())
    days = [monday - timedelta(days=1), monday, monday + timedelta(days=6), monday + timedelta(days=7), None]
    rows = [{"due_on": day, "late": bool(day and day < monday)} for day in days]
    found = {group["name"]: [row["due_on"] for row in group["rows"]] for group in worklist.groups(rows, monday)}
    assert found == {"Försenat": days[:1], "Den här veckan": days[1:3], "Senare": days[3:]}


def test_what_is_late_stands_first_and_is_said_in_words(cast, browse):
    late = build.case(cast, days_ago=10, number=walk.numbers()[0], given_name="Sen")
    build.case(cast, days_ago=0, number=walk.numbers()[1], given_name="Ny")
    response = browse("amira.falun").get("/arenden/")
    shown = text(response)
    assert shown.index("Försenat Sen") < shown.index("Ny Testholm")
    assert "7 dagar sen" in shown
    only_late = text(browse("amira.falun").get("/arenden/?visa=forsenat"))
    assert "Sen Testholm" in only_late
    assert "Ny Testholm" not in only_late
    assert str(late.pk) in response.content.decode()


def test_filters_by_step_and_role(cast, browse, every_state):
    client = browse("amira.falun")
    called = client.get("/arenden/?steg=3").content.decode()
    assert called.count("3 av 6: Kalla") == 9
    assert "1 av 6" not in called
    leads = client.get("/arenden/?roll=ansvarig").content.decode()
    assert leads.count("<strong>Du</strong>") == 4
    invited = client.get("/arenden/?roll=inbjuden").content.decode()
    assert invited.count('class="name"') == 1
    assert client.get("/arenden/?visa=okant&steg=99&roll=x&sida=-4").status_code == 200


def test_pages_of_25_without_gaps_or_repeats(cast, browse):
    numbers = walk.numbers()
    made = {str(build.case(cast, number=numbers[n], days_ago=n % 4).pk) for n in range(27)}
    client = browse("amira.falun")
    pages = [client.get(f"/arenden/?sida={n}").content.decode() for n in (1, 2)]
    shown = [set(re.findall(r"/arenden/([0-9a-f-]{36})/", page)) for page in pages]
    assert [len(ids) for ids in shown] == [25, 2]
    assert shown[0] | shown[1] == made
    assert "sida=2" in pages[0]
    assert "Visar 26–27" in pages[1]


def test_queries_are_constant_in_rows_and_at_most_twelve(cast, browse):
    numbers = walk.numbers()
    client = browse("amira.falun")

    def add(rows):
        for number in rows:
            walk.called(cast, number=number)

    add(numbers[:3])
    few = walk.queries(client, "/arenden/")
    add(numbers[3:30])
    many = walk.queries(client, "/arenden/")
    assert len(few) == len(many) <= 12


def test_one_log_row_on_the_units_chain_with_the_persons_shown(cast, browse):
    cases = [build.case(cast, number=number) for number in walk.numbers()[:2]]
    browse("amira.falun").get("/arenden/")
    with cast.acting("owner"):
        row = AuditEvent.objects.get(event="cases.listed")
        reads = AuditEvent.objects.filter(action="Läsa").count()
    assert sorted(row.persons) == sorted(case.person_id for case in cases)
    assert (row.chain, row.person_id) == (f"unit:{cast.owner.unit_id}", None)
    assert reads == 1


def test_a_protection_mark_hides_name_and_number(cast, browse):
    build.case(cast, protection="marked", given_name="Hemlig", family_name="Skyddson")
    page = browse("amira.falun").get("/arenden/").content.decode()
    assert "Skyddade personuppgifter" in page
    assert "Hemlig" not in page
    assert "Skyddson" not in page
    assert "19850101" not in page


@pytest.mark.parametrize("username", ["maria.falun", "linda.kalmar"])
def test_units_outside_see_nothing(cast, browse, username):
    walk.called(cast)
    page = text(browse(username).get("/arenden/"))
    assert "Du har inga öppna ärenden" in page
    assert "Astrid" not in page


@pytest.mark.parametrize("username", ["anders.falun", "gunilla.dalarna"])
def test_administrators_are_refused(cast, browse, username):
    assert browse(username).get("/arenden/").status_code == 403


def test_a_coordinator_sees_the_flow_without_content(cast, browse, coordinator):
    case = build.consented(cast, parties=(), given_name="Astrid")
    client = browse("helena.falun", coordinator)
    page = client.get("/arenden/").content.decode()
    assert f"Ärende {case.reference}" in page
    assert "Bestäm med personen vilka som ska kallas" in page
    for hidden in ("Astrid", "Testholm", "19850101", str(case.pk), "Sök person"):
        assert hidden not in page
    assert client.get(f"/arenden/{case.pk}/").status_code == 403
    assert client.get("/sok/").status_code == 403


def test_no_name_reaches_the_address_or_the_title(cast, browse):
    build.case(cast)
    page = browse("amira.falun").get("/arenden/").content.decode()
    assert "Testholm" not in re.search(r"<title>(.*?)</title>", page)[1]
    assert not re.findall(r'href="[^"]*(?:Testholm|1985)[^"]*"', page)


def test_the_database_refuses_the_list_to_an_actor_of_no_unit(cast):
    build.case(cast)
    actor = staff_actor(cast.assignment("admin"), user_id=cast.user("admin").pk)
    with acting_for(actor):
        assert worklist.page(actor, worklist.Wanted())["total"] == 0
