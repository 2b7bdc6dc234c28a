"""In the case: who coordinates, ready, decision, going home; each step from each state (UTS-2 to UTS-6, UPP-4)."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from cases import services as cases
from cases.models import Case
from discharge import notices, process
from discharge.models import Admission, CareContact, Discharge, Notice
from notifications.models import InboxItem
from organisations import swedish
from organisations.errors import RuleBroken
from tests import build
from tests.discharge import walk
from tests.discharge.walk import KOMMUN, OPEN_CARE, WARD


def sees(cast, who, case) -> bool:
    with cast.acting(who):
        return Case.objects.filter(pk=case.pk).exists()


def test_nothing_is_shared_before_the_person_has_said_yes(cast):
    """A receiver opens the case; the ward is a party, and sees nothing until the consent (UTS-1)."""
    notice = walk.noticed(cast)
    made = walk.opened(cast, notice)
    assert [sees(cast, who, made.case) for who in (OPEN_CARE, WARD, KOMMUN)] == [True, False, False]
    made = walk.planned(cast, notice)
    assert [sees(cast, who, made.case) for who in (OPEN_CARE, WARD, KOMMUN, "outsider")] == [True, True, True, False]


def test_the_ward_opens_it_too_and_brings_the_receivers(cast):
    made = walk.opened(cast, who=WARD)
    with cast.acting(WARD):
        units = set(Case.objects.get(pk=made.case_id).participations.values_list("unit_id", flat=True))
    assert units == {cast.unit(OPEN_CARE).pk, cast.unit(KOMMUN).pk}
    assert not sees(cast, OPEN_CARE, made.case)


def test_opening_twice_is_one_case(cast):
    notice = walk.noticed(cast)
    assert walk.opened(cast, notice).pk == walk.opened(cast, notice).pk


def test_a_notice_that_is_not_ones_own_opens_nothing(cast, browse):
    notice = walk.noticed(cast)
    assert browse("linda.kalmar").post(f"/inskrivningsmeddelanden/{notice.pk}/arende/").status_code == 404
    case = build.case(cast, who="outsider", number=walk.NUMBER)
    with pytest.raises(Error, match="row-level security|not visible"), cast.acting("outsider"):
        Discharge.objects.create(
            case=case, notice_id=notice.pk, ward_unit=cast.unit(WARD),
            started_by_id=cast.actor("outsider").assignment_id,
        )  # fmt: skip


def test_a_notice_cannot_be_hung_on_another_persons_case(cast):
    notice = walk.noticed(cast)
    case = build.case(cast, who=OPEN_CARE, number="198501012382")
    with pytest.raises(Error, match="another person"), cast.acting(OPEN_CARE):
        Discharge.objects.create(
            case=case, notice_id=notice.pk, ward_unit=cast.unit(WARD),
            started_by_id=cast.actor(OPEN_CARE).assignment_id,
        )  # fmt: skip


def test_the_open_care_that_got_the_notice_names_the_contact(cast):
    made = walk.planned(cast)
    for who in (WARD, KOMMUN):
        with pytest.raises(RuleBroken, match="öppenvård"):
            walk.named(cast, made, who=who)
    assert walk.named(cast, made).coordinates


def test_one_of_several_contacts_coordinates(cast):
    made = walk.planned(cast)
    first = walk.named(cast, made)
    second = walk.named(cast, made, staff="olof.dalarna")
    third = walk.named(cast, made, staff="disa.dalarna", coordinates=True)
    with cast.acting(OPEN_CARE):
        found = CareContact.objects.filter(discharge=made, ended_at=None)
        assert [c.pk for c in found.filter(coordinates=True)] == [third.pk]
        assert found.count() == 3
        with pytest.raises(RuleBroken, match="Utse först"):
            process.end_contact(
                contact=found.select_related("staff", "discharge").get(pk=third.pk), by=cast.actor(OPEN_CARE)
            )
    with pytest.raises(RuleBroken, match="redan"):
        walk.named(cast, made)
    assert first.coordinates and not second.coordinates


def test_the_contacts_unit_takes_over_the_case_of_the_ward(cast):
    """So that it can call (UTS-3); the ward stays as a party."""
    made = walk.planned(cast, who=WARD, others=(OPEN_CARE, KOMMUN))
    walk.named(cast, made)
    with cast.acting(OPEN_CARE):
        assert Case.objects.get(pk=made.case_id).owner_unit_id == cast.unit(OPEN_CARE).pk
    assert sees(cast, WARD, made.case)
    assert build.call(cast, made.case, who=OPEN_CARE, units=(WARD, KOMMUN))


def test_nobody_else_takes_over(cast):
    made = walk.planned(cast, who=WARD, others=(OPEN_CARE, KOMMUN))
    for who in (KOMMUN, OPEN_CARE, "outsider"):
        with pytest.raises(Error, match="only the coordinating"), cast.acting(who), connection.cursor() as cursor:
            cursor.execute("select take_over_discharge(%s)", [made.pk])


def test_ready_starts_the_three_days_and_the_call_meets_them(cast):
    made = walk.planned(cast)
    walk.named(cast, made)
    walk.ready(cast, made)
    with cast.acting(OPEN_CARE):
        clock = Case.objects.get(pk=made.case_id).deadlines.get(kind="call_after_ready", cancelled_at=None)
        assert clock.due_on == build.today() + timedelta(days=3) and clock.met_at is None
    build.call(cast, made.case, who=OPEN_CARE, units=(WARD, KOMMUN))
    with cast.acting(OPEN_CARE):
        clock.refresh_from_db()
        assert clock.met_at is not None


def test_each_unit_is_told_its_own_next_step(cast, browse):
    """Open care calls, the kommun waits for it; once called nobody is told to call (LUS 4:3)."""
    made = walk.planned(cast)
    walk.named(cast, made)
    walk.ready(cast, made)
    for who, words in ((OPEN_CARE, "Kalla till SIP inom tre dagar"), (KOMMUN, "Vänta på kallelsen från öppenvården")):
        client = browse(who)
        for button in re.findall(r'action="(/inskrivningsmeddelanden/kvittera/\d+/)"',
                                 client.get("/inskrivningsmeddelanden/").content.decode()):  # fmt: skip
            client.post(button)
        assert words in client.get("/inskrivningsmeddelanden/").content.decode()
    build.call(cast, made.case, who=OPEN_CARE, units=(WARD, KOMMUN))
    for who in (OPEN_CARE, KOMMUN):
        page = browse(who).get("/inskrivningsmeddelanden/").content.decode()
        assert "kallelsen" not in page and "Kalla till" not in page


def test_ill_again_stops_the_clock(cast):
    made = walk.planned(cast)
    walk.ready(cast, made)
    walk.act(cast, made, process.not_ready, who=WARD)
    found = walk.of(cast, made, who=OPEN_CARE)
    assert (found.state, found.ready_told_at, found.case.discharge_ready_at) == ("planning", None, None)
    with cast.acting(OPEN_CARE):
        assert not found.case.deadlines.filter(kind="call_after_ready", cancelled_at=None).exists()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"decision": "before"}, "före utskrivningen"),
        ({"decision": "before", "before": ["palliative"]}, ""),
        ({"decision": "home"}, ""),
        ({"decision": "none"}, "inte blir någon SIP"),
        ({"decision": "none", "why_none": "one_side"}, "alltid erbjudas"),
        ({"decision": "none", "why_none": "declined"}, ""),
        ({"decision": "none", "why_none": "one_side", "both_needed": False}, ""),
        ({"decision": "none", "why_none": "declined", "both_needed": False}, "en huvudman"),
    ],
)
def test_who_needs_both_is_always_offered_a_sip(cast, values, refusal):
    made = walk.planned(cast)
    if refusal:
        with pytest.raises(RuleBroken, match=refusal):
            walk.decided(cast, made, **values)
    else:
        walk.decided(cast, made, **values)
        assert walk.of(cast, made, who=KOMMUN).decision == values["decision"]


def test_a_changed_decision_begins_from_the_one_that_stands(cast, browse):
    made = walk.planned(cast)
    client, address = browse(OPEN_CARE), f"/arenden/{made.case_id}/utskrivning/beslut/"
    assert client.post(address, {"both_needed": "yes", "decision": "home", "why_none": ""}).status_code == 302
    page = client.get(address).content.decode()
    chosen = set(re.findall(r'name="(\w+)" value="(\w+)"[^>]* checked', page))
    assert {("both_needed", "yes"), ("decision", "home")} <= chosen


def test_a_party_does_not_decide(cast, browse):
    made = walk.planned(cast)
    assert browse(KOMMUN).get(f"/arenden/{made.case_id}/utskrivning/beslut/").status_code == 403
    with pytest.raises(RuleBroken, match="ansvariga"):
        walk.decided(cast, made, who=KOMMUN)


def test_why_before_is_not_shown_to_one_who_may_not_read_of_it(cast, browse):
    """The reasons are about health: an exempted topic hides them (SAM-3)."""
    made = walk.planned(cast)
    walk.decided(cast, made, decision="before", before=["palliative"], why="Smärtlindring hemma.")
    address = f"/arenden/{made.case_id}/utskrivning/"
    assert "Palliativ vård" in browse(KOMMUN).get(address).content.decode()
    build.consent(cast, made.case, who=OPEN_CARE, units=(WARD, KOMMUN), exempted={cast.unit(KOMMUN).pk: 1})
    page = browse(KOMMUN).get(address).content.decode()
    assert "Palliativ" not in page and "Smärtlindring" not in page and "Delas inte med er" in page


def test_going_home_ends_everything_and_says_whether_the_information_went(cast):
    made = walk.planned(cast)
    walk.ready(cast, made)
    walk.home(cast, made, transferred=False)
    found = walk.of(cast, made, who=OPEN_CARE)
    assert (found.state, found.transferred_at, found.case.inpatient) == ("home", None, False)
    with cast.acting(WARD):
        admission = Admission.objects.get()
        assert (admission.state, Notice.objects.get().state) == ("home", "ended")
    with cast.acting(KOMMUN):
        assert Notice.objects.get().state == "ended"


def test_the_ward_without_a_case_ends_its_notice(cast):
    notice = walk.noticed(cast)
    walk.opened(cast, notice)
    with cast.acting(WARD):
        process.end(admission=Admission.objects.get(), at=timezone.now(), transferred=True, by=cast.actor(WARD))
        assert Notice.objects.get().state == "ended"


def test_a_changed_day_reaches_the_case_that_the_ward_does_not_see(cast):
    made = walk.opened(cast)
    day = build.today() + timedelta(days=9)
    with cast.acting(WARD):
        notices.new_day(admission=Admission.objects.get(), expected_on=day, by=cast.actor(WARD))
    assert walk.of(cast, made, who=OPEN_CARE).expected_on == day


def test_the_ward_books_the_interpreter_while_the_person_lies_there(cast):
    made = walk.planned(cast)
    with pytest.raises(RuleBroken, match="Avdelningen bokar"):
        walk.act(cast, made, process.interpreter_booked, who=KOMMUN)
    walk.act(cast, made, process.interpreter_booked, who=WARD)
    assert walk.of(cast, made, who=KOMMUN).interpreter_booked_at


def test_only_the_ward_or_who_steers_says_what_the_ward_decides(cast, browse):
    """Utskrivningsklar, not any more, and going home are the doctor's and the ward's; a party cannot say them."""
    made = walk.planned(cast)
    client, address = browse(KOMMUN), f"/arenden/{made.case_id}/utskrivning/"
    page = client.get(address).content.decode()
    assert "Underrätta</a>" not in page and "Personen åker hem" not in page
    refused = client.post(address + "klar/", {"ready_on": "i dag", "ready_at": "0.01"}).content.decode()
    assert "Det här gör avdelningen" in refused
    with pytest.raises(RuleBroken, match="gör avdelningen"):
        walk.home(cast, made, who=KOMMUN)
    walk.ready(cast, made, who=OPEN_CARE)
    with pytest.raises(RuleBroken, match="gör avdelningen"):
        walk.act(cast, made, process.not_ready, who=KOMMUN)


def test_a_second_page_and_the_api_cannot_say_another_time(cast, browse):
    """There is one underrättelse: the case's own page and the API refuse while a discharge is planned."""
    made = walk.planned(cast)
    client = browse(OPEN_CARE)
    overview = client.get(f"/arenden/{made.case_id}/").content.decode()
    assert f"/arenden/{made.case_id}/utskrivningsklar/" not in overview
    with cast.acting(OPEN_CARE), pytest.raises(RuleBroken, match="fliken Utskrivning"):
        case = Case.objects.with_names().get(pk=made.case_id)
        cases.discharge_ready(case=case, at=timezone.now(), by=cast.actor(OPEN_CARE))
    walk.ready(cast, made)
    found = walk.of(cast, made, who=OPEN_CARE)
    assert found.case.discharge_ready_at == found.ready_told_at


def test_before_the_admission_nobody_was_ready_or_went_home(cast, browse):
    made = walk.planned(cast, walk.noticed(cast, walk.admit(cast, hours_ago=5)))
    early = timezone.now() - timedelta(hours=6)
    with pytest.raises(RuleBroken, match="före inskrivningen"):
        walk.ready(cast, made, at=early)
    for who in (WARD, OPEN_CARE):
        with pytest.raises(RuleBroken, match="efter inskrivningen|skickades"):
            walk.act(cast, made, process.home, who=who, at=early, transferred=True)
    client, address = browse(WARD), f"/arenden/{made.case_id}/utskrivning/"
    hostile = (("", ""), ("31 februari", "25.61"), ("9" * 4000, "x" * 4000), ("<script>", "\x00"), ("i morgon", "8"))
    for day, clock in hostile:
        answer = client.post(address + "klar/", {"ready_on": day, "ready_at": clock})
        assert answer.status_code == 200 and "<script>alert" not in answer.content.decode(), day


def test_a_break_ends_it_where_the_ward_sees_nothing_and_another_admission_can_be_planned(cast):
    """Moved to another ward: the first process does not stand in the way of the second."""
    made = walk.opened(cast)
    with cast.acting(WARD):
        process.break_off(admission=Admission.objects.get(), reason="moved", by=cast.actor(WARD))
    assert walk.of(cast, made, who=OPEN_CARE).state == "broken"
    again = walk.opened(cast, walk.noticed(cast, walk.admit(cast, hours_ago=1)))
    assert (again.case_id, again.state) == (made.case_id, "planning") and again.pk != made.pk


def test_a_break_stops_the_clocks_in_the_case(cast):
    made = walk.planned(cast)
    walk.ready(cast, made)
    with cast.acting(WARD):
        process.break_off(admission=Admission.objects.get(), reason="mistake", by=cast.actor(WARD))
    found = walk.of(cast, made, who=OPEN_CARE)
    assert (found.state, found.case.inpatient, found.case.discharge_ready_at) == ("broken", False, None)
    with cast.acting(OPEN_CARE):
        running = found.case.deadlines.filter(cancelled_at=None, kind__in=("call_after_ready", "payment"))
        assert not running.exists()


def test_home_meets_the_clock_of_payment(cast):
    made = walk.planned(cast)
    walk.ready(cast, made)
    walk.home(cast, made)
    with cast.acting(OPEN_CARE):
        assert Case.objects.get(pk=made.case_id).deadlines.get(kind="payment", cancelled_at=None).met_at


def test_ready_on_the_night_of_25_hours(cast, time_machine):
    """03.30 comes once and 02.30 twice: the underrättelse is an instant, its day Stockholm's (LUS 4:3, 5:4)."""
    time_machine.move_to(swedish.instant(date(2026, 10, 24), time(20)), tick=False)
    made = walk.planned(cast)
    time_machine.move_to(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), tick=False)
    walk.ready(cast, made)
    with cast.acting(OPEN_CARE):
        rows = Case.objects.get(pk=made.case_id).deadlines.filter(cancelled_at=None)
        due = {row.kind: row.due_on for row in rows if row.event == "discharge_ready"}
    assert due == {"call_after_ready": date(2026, 10, 28), "payment": date(2026, 10, 28)}


# A SIP in force


def inbox(cast, who) -> list[str]:
    with cast.acting(who):
        return list(InboxItem.objects.filter(kind="admitted").values_list("reference", flat=True))


def test_an_admission_tells_owner_and_huvudansvarig_and_not_the_ward(cast, browse):
    """The ward does not learn that a SIP exists (UPP-4)."""
    plan = build.planned(cast, build.met(cast, build.consented(cast, number=walk.NUMBER)), lead="party")
    admission = walk.admit(cast)
    reference = plan.case.reference
    assert inbox(cast, "party") == [reference]
    assert inbox(cast, WARD) == inbox(cast, "outsider") == []
    page = browse(WARD).get(f"/inskrivna/{admission.pk}/").content.decode()
    assert f">{reference}" not in page and "Er enhet är med" not in page
    shown = browse("hanna.dalarna").get(f"/arenden/{plan.case_id}/inlagd/").content.decode()
    assert "Följ upp planen" in shown and "Avsluta och börja om" in shown
    # Without a plan there is nothing to follow up.
    assert browse("amira.falun").get(f"/arenden/{build.case(cast).pk}/inlagd/").status_code == 404


def test_what_the_ward_does_is_the_same_with_and_without_a_sip(cast, browse):
    """Not a row, a page or a search of the ward tells that somebody else has a SIP for the person (UPP-4)."""
    plan = build.planned(cast, build.met(cast, build.consented(cast, number=walk.NUMBER)), lead="party")
    stays = [walk.admit(cast), walk.admit(cast, number="198501012382")]
    client = browse(WARD)
    pages = []
    for stay in stays:
        page = client.get(f"/inskrivna/{stay.pk}/").content.decode()
        for own in (str(stay.pk), stay.reference, "19420107-7098", "19850101-2382"):
            page = page.replace(own, "")
        pages.append(re.sub(r'csrf\w*" value="[^"]*"|nonce-?[^ ]*|data-[a-z-]+="[^"]*"', "", page))
    assert pages[0] == pages[1]
    with cast.acting(WARD), connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        for (table,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    # A stay of its own may have the same figures, after a letter.
                    about = f"{plan.case_id}|(?<![A-Z]){plan.case.reference}"
                    cursor.execute(f"select count(*) from {table} t where t::text ~ %s", [about])
                    assert cursor.fetchone()[0] == 0, table
            except Error:
                continue


def test_huvudansvarig_reaches_follow_up_and_restart_from_the_inbox(cast, browse):
    """The row in Inkommet leads to the choice, and each choice to its form."""
    plan = build.planned(cast, build.met(cast, build.consented(cast, number=walk.NUMBER)), lead="party")
    walk.admit(cast)
    client = browse("hanna.dalarna")
    page = client.get("/kallelser/").content.decode()
    assert "Inlagd på sjukhus. Följ upp eller börja om" in page
    opened = client.post(re.search(r'action="(/kallelser/\d+/[^"]*)"', page)[1], follow=True)
    assert opened.redirect_chain[-1][0] == f"/arenden/{plan.case_id}/inlagd/", opened.redirect_chain
    shown = opened.content.decode()
    for words in ("Kalla till uppföljning", "Skriv uppföljning", "Avsluta och börja om"):
        found = re.search(rf'href="([^"]+)">{words}', shown)
        assert found and client.get(found[1]).status_code == 200, words


def test_a_ward_that_the_consent_covers_is_shown_the_case(cast, browse):
    plan = build.planned(cast, build.met(cast, build.consented(cast, number=walk.NUMBER, parties=("party", WARD)),
                                         parties=("party", WARD)))  # fmt: skip
    page = browse(WARD).get(f"/inskrivna/{walk.admit(cast).pk}/").content.decode()
    assert f"Er enhet är med i ärende {plan.case.reference}" in page


def test_no_plan_in_force_tells_nobody(cast):
    build.consented(cast, number=walk.NUMBER)
    walk.admit(cast)
    assert inbox(cast, "owner") == []
