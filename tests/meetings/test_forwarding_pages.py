"""The pages of a kallelse on its way, of proposed times and of who may decide what, over HTTP (KAL-4, KAL-5)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.topics import ALL, NO_TOPIC
from citizen.reading import who_comes
from meetings import services
from meetings.models import HandOn, Invitation, Meeting, TimeProposal
from organisations.models import Unit
from tests import build
from tests import build_forwarding as way

ANSWER = {"answer": "coming", "attendee_name": "Maria Testholm", "attendee_title": "undersköterska"}


def text(response) -> str:
    return response.content.decode()


def of(name, *args):
    return reverse(f"meetings:{name}", args=args)


@pytest.fixture
def asked(cast):
    case = way.consented(cast)
    return case, way.called(cast, case)


def test_the_reception_hands_on_and_everybody_sees_where_it_is(cast, browse, asked):
    case, invitation = asked
    bo, maria, hanna = browse("bo.falun"), browse("maria.falun"), browse("hanna.dalarna")
    assert "Fel mottagare?" in text(bo.get(of("overview", case.pk)))
    page = text(bo.get(of("handed_on", invitation.pk)))
    assert "Hemtjänsten Falun Norra (väntar på personens ja)" in page and "Övningsängens" not in page.split("<form")[1]
    sent = {"reason": "other_unit", "unit": cast.unit("same_kommun").pk}
    answer = text(bo.post(of("handed_on", invitation.pk), sent, follow=True))
    assert "Kallelsen är lämnad vidare." in answer and "Den ligger nu hos Hemtjänsten Falun Norra" in answer
    assert bo.get(of("overview", case.pk)).status_code == 404

    assert "Till kallelsen" in text(maria.get("/kallelser/"))
    assert case.reference in text(maria.get(of("handed_list")))
    page = text(maria.get(of("handed", invitation.pk)))
    assert "Varför hamnade den här hos oss?" in page and "Personen hör till en annan enhet" in page
    assert "Väntar på personens ja" in page and "Provgatan 4 B" in page and "Astrid" not in page
    assert maria.get(of("overview", case.pk)).status_code == 404

    page = text(hanna.get(of("overview", case.pk)))
    assert "Väntar på personens ja" in page and reverse("consent:record", args=[case.pk]) in page
    assert "Bo Kulissberg" in page and "Personen hör till en annan enhet" in page


def test_the_receiver_answers_hands_on_or_says_another_time(cast, browse, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    maria = browse("maria.falun")
    page = text(maria.get(of("handed_answer", invitation.pk)))
    assert "Kommer inte" not in page and "Kommentar" not in page
    refused = text(maria.post(of("handed_answer", invitation.pk), ANSWER | {"answer": "declined"}))
    assert "Er huvudman är skyldig att delta." in refused
    told = ANSWER | {"mandate": "hemtjänst", "name_to_person": "on"}
    assert "Svaret är sparat." in text(maria.post(of("handed_answer", invitation.pk), told, follow=True))
    later = (timezone.localdate() + timedelta(days=9)).isoformat()
    time = {"day": later, "starts": "9.00", "ends": "10.00"}
    assert "Förslaget är skickat" in text(maria.post(of("handed_propose", invitation.pk), time, follow=True))
    again = maria.post(of("handed_propose", invitation.pk), time)
    assert again.status_code == 409
    page = text(browse("hanna.dalarna").get(of("overview", case.pk)))
    assert "Får besluta om hemtjänst" in page
    assert "kl. 9–10" in page and "Flytta hit" in page


def test_the_second_press_is_told(cast, browse, asked):
    _, invitation = asked
    first, second = browse("bo.falun"), browse("bo.falun")
    sent = {"reason": "reception", "unit": cast.unit("same_kommun").pk}
    assert second.get(of("handed_on", invitation.pk)).status_code == 200
    assert first.post(of("handed_on", invitation.pk), sent).status_code == 302
    late = second.post(of("handed_on", invitation.pk), sent | {"unit": Unit.objects.get(name="Kommunrehab Falun").pk})
    assert late.status_code == 409 and "redan lämnad vidare" in text(late)
    with cast.acting("party"):
        assert HandOn.objects.count() == 1


@pytest.mark.parametrize("values", [{}, {"reason": "rule", "unit": "x"}, {"reason": "x" * 5000, "unit": "999999999"}])
def test_what_cannot_be_handed_on_is_said_at_the_field(cast, browse, asked, values):
    _, invitation = asked
    response = browse("bo.falun").post(of("handed_on", invitation.pk), values)
    assert response.status_code == 200 and "Välj" in text(response)
    with cast.acting("party"):
        assert not HandOn.objects.exists()


def test_the_caller_is_asked_for_area_only_when_a_reception_can_be_called(cast, browse):
    page = text(browse("hanna.dalarna").get(of("call", way.consented(cast).pk)))
    assert "Till mottagningen" in page and 'name="area"' in page and cast.unit("party").name in page
    other = build.consented(cast, number="199002222397")
    assert "Till mottagningen" not in text(browse("amira.falun").get(of("call", other.pk)))


def test_a_kallelse_lands_by_the_rule_and_says_so(cast, browse):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = way.consented(cast, trees=("Falu kommun",))
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    values = {
        "day": day, "starts": "13.30", "ends": "14.30", "form": "physical", "place": "Provgatan 4 B",
        "area": "Grycksbo", "agenda": "Hur får du hjälp hemma?", "units": [cast.unit("reception").pk],
        "chair": cast.staff("party").pk, "writer": cast.staff("party").pk,
    }  # fmt: skip
    hanna = browse("hanna.dalarna")
    page = text(hanna.post(of("call", case.pk), values, follow=True))
    assert "Regel 1: område Grycksbo" in page and "Hemtjänsten Falun Norra" in page
    page = text(browse("maria.falun").get(of("overview", case.pk)))
    assert "Varför hamnade den här hos oss?" in page and "Automatiskt. Regel 1: område Grycksbo." in page


def test_the_meeting_is_moved_to_a_proposed_time(cast, browse):
    case = build.called(cast, days_ahead=5, agenda="Hur går det hemma?")
    amira, hanna = browse("amira.falun"), browse("hanna.dalarna")
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    later = (timezone.localdate() + timedelta(days=9)).isoformat()
    time = {"day": later, "starts": "9.00", "ends": "10.00"}
    for sent, said in (({"day": ""}, "Välj ett datum"), (time | {"ends": "8.00"}, "sluta efter")):
        assert said in text(hanna.post(of("propose", case.pk, meeting.pk), sent))
    assert "Förslaget är skickat" in text(hanna.post(of("propose", case.pk, meeting.pk), time, follow=True))
    assert "redan föreslagen" in text(hanna.post(of("propose", case.pk, meeting.pk), time))
    with cast.acting("owner"):
        proposal = TimeProposal.objects.get()
    place = of("use_time", case.pk, meeting.pk, proposal.pk)
    assert hanna.get(place).status_code == 403
    assert "Flytta mötet till den föreslagna tiden?" in text(amira.get(place))
    assert "Mötet är flyttat." in text(amira.post(place, follow=True))
    assert amira.post(place).status_code == 409
    with cast.acting("owner"):
        new = Meeting.objects.get(case=case, state="called")
        assert (new.replaces_id, new.starts_at, new.agenda) == (meeting.pk, proposal.starts_at, "Hur går det hemma?")
        assert [i.unit_id for i in new.invitations.all()] == [cast.unit("party").pk]
        assert meeting.texts.get(key="ended_note").topics == NO_TOPIC, "all who are called read why"


def test_at_most_three_times_are_proposed(cast):
    case = build.called(cast, days_ahead=5)
    for day in (6, 7, 8):
        way.propose(cast, case, days=day)
    with pytest.raises(Exception, match="tre tider"):
        way.propose(cast, case, days=9)


def invited(cast, **consent):
    """A party without the duty, as its agreement says."""
    case = build.case(cast)
    with cast.acting("owner"):
        build.cases.add_party(case=case, unit=cast.unit("party"), by=cast.owner, obligation="invited")
    build.consent(cast, case, **consent)
    return build.called(cast, build.reread(cast, case), days_ahead=5)


def test_one_that_declines_says_what_it_does_today(cast, browse):
    case = invited(cast)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    hanna = browse("hanna.dalarna")
    place = of("answer", case.pk, meeting.pk)
    assert "Det här gör ni i dag" in text(hanna.get(place))
    told = {"answer": "declined", "today": "Vi träffas varje torsdag.", "topics": ["health"]}
    assert "Det här skriver den som inte kommer" in text(hanna.post(place, ANSWER | told | {"answer": "coming"}))
    hanna.post(place, told)
    assert "Vi träffas varje torsdag." in text(browse("amira.falun").get(of("overview", case.pk)))


def test_what_it_does_today_is_hidden_from_one_that_may_not_read_the_topic(cast, browse):
    case = build.case(cast)
    for who, duty in (("party", "invited"), ("same_kommun", "duty")):
        with cast.acting("owner"):
            build.cases.add_party(case=case, unit=cast.unit(who), by=cast.owner, obligation=duty)
    with cast.acting("owner"):
        health = build.mask_of(["health"])
    build.consent(cast, case, units=("party", "same_kommun"), exempted={cast.unit("same_kommun").pk: health})
    case = build.called(cast, build.reread(cast, case), units=("party", "same_kommun"), days_ahead=5)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    told = {"answer": "declined", "today": "Vi träffas varje torsdag.", "topics": ["health"]}
    browse("hanna.dalarna").post(of("answer", case.pk, meeting.pk), told)
    assert "torsdag" in text(browse("amira.falun").get(of("overview", case.pk)))
    assert "torsdag" not in text(browse("maria.falun").get(of("overview", case.pk)))


def test_the_person_reads_who_comes_and_the_name_only_when_it_is_given(cast):
    case = build.called(cast, days_ahead=5)
    for given, said in ((False, "Läkare, "), (True, "Hanna Utkastlind, läkare, ")):
        with cast.acting("party"):
            invitation = Invitation.objects.select_related("meeting__called_by", "unit").get(case=case)
            build.meetings.answer(
                case=case, invitation=invitation, by=cast.party, answer="coming", attendee_name="Hanna Utkastlind",
                attendee_title="läkare", name_to_person=given,
            )  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                coming, _ = who_comes(invitation.meeting)
        assert coming == [f"{said}{cast.unit('party').name}"]
        assert len(asked) == 1


def test_a_time_that_has_passed_is_not_moved_to(cast, browse):
    case = build.called(cast, days_ahead=5)
    proposal = way.propose(cast, case)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    with cast.acting("party"):
        begins = timezone.now() - timedelta(hours=3)
        made = {"case": case, "starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        passed = TimeProposal.objects.create(
            **made, invitation_id=proposal.invitation_id, by_id=cast.party.assignment_id
        )  # fmt: skip
    client = browse("amira.falun")
    page = text(client.get(of("overview", case.pk)))
    assert "Tiden har passerat" in page and page.count("Flytta hit") == 1
    assert client.post(of("use_time", case.pk, meeting.pk, passed.pk)).status_code == 409
    with cast.acting("owner"):
        assert Meeting.objects.get(case=case).state == "called"


def answered_today(cast, case, number):
    """So many units that do not come have said what they do today, and when they can."""
    begins = timezone.now() + timedelta(days=9)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
        units = Unit.objects.active().exclude(pk__in=[cast.unit("owner").pk, cast.unit("party").pk]).order_by("pk")
        for unit in units[:number]:
            row = Invitation.objects.create(case=case, meeting=meeting, unit=unit, sent_by="system", answer="declined")
            services.write_text(meeting, key="today", text="Vi ringer.", topics=ALL, by=cast.owner, invitation=row)
            TimeProposal.objects.create(
                case=case, invitation=row, starts_at=begins, ends_at=begins + timedelta(hours=1),
                by_id=cast.owner.assignment_id,
            )  # fmt: skip


def test_the_overview_asks_as_often_for_thirty_as_for_three(cast, browse):
    client = browse("amira.falun")

    def page(rows, **values):
        case = build.called(cast, build.consented(cast, **values), days_ahead=5)
        answered_today(cast, case, rows)
        with CaptureQueriesContext(connection) as asked:
            shown = text(client.get(of("overview", case.pk)))
        assert shown.count("Vi ringer.") == shown.count("Flytta hit") == rows
        return len(asked)

    assert page(3) == page(30, number="199002222397")


def test_the_list_of_what_was_handed_on_asks_as_often_for_thirty_as_for_three(cast, browse):
    client = browse("bo.falun")
    case = way.consented(cast)
    first = way.called(cast, case)

    def queries(number):
        with cast.acting("party"):
            units = Unit.objects.active().exclude(pk=cast.unit("reception").pk).order_by("pk")
            units = units.exclude(pk__in=Invitation.objects.filter(case=case).values("unit_id"))
            for unit in units[:number]:
                row = Invitation.objects.create(case=case, meeting_id=first.meeting_id, unit=unit, sent_by="system")
                HandOn.objects.create(
                    case=case, invitation=row, reference=case.reference, from_unit=cast.unit("reception"),
                    to_unit=unit, reason="rule", rule="Regel 1", by_id=cast.party.assignment_id,
                )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            shown = text(client.get(of("handed_list")))
        return shown.count("Lämnad vidare av er"), len(asked)

    (few, before), (many, after) = queries(3), queries(27)
    assert (few, many) == (3, 30) and before == after


def test_handing_on_is_read_once_in_the_persons_log(cast, browse, asked):
    """One page is one row about the person, also where it reads the kallelse and the case (LOG-1)."""
    case, invitation = asked
    browse("bo.falun").get(of("handed_on", invitation.pk))
    with cast.acting("reception"):
        rows = AuditEvent.objects.filter(case_id=case.pk, action="Läsa")
        assert list(rows.values_list("event", "object_type")) == [("cases.read", "meetings.hand_on")]
    way.hand_on(cast, invitation.pk)
    browse("maria.falun").get(of("handed_on", invitation.pk))
    with cast.acting("same_kommun"):
        rows = AuditEvent.objects.filter(case_id=case.pk, action="Läsa")
        assert list(rows.values_list("event", flat=True)) == ["meetings.handed_read"]


def test_the_list_is_one_row_about_those_whom_the_unit_may_know_of(cast, browse, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    for who, username, persons in (("same_kommun", "maria.falun", []), ("reception", "bo.falun", [])):
        browse(username).get(of("handed_list"))
        with cast.acting(who):
            assert AuditEvent.objects.get(event="meetings.handed_listed").persons == persons
    build.consent(cast, case, who="party", units=("same_kommun",))
    browse("maria.falun").get(of("handed_list"))
    with cast.acting("same_kommun"):
        assert AuditEvent.objects.filter(event="meetings.handed_listed").latest("pk").persons == [case.person_id]
