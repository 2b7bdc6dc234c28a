"""The pages of kallelse and meeting over HTTP: what is shown, asked for, refused and said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import services as cases
from meetings.models import Invitation, Meeting
from notifications.models import InboxItem
from organisations.models import Unit
from tests import build

LATER = timezone.localdate() + timedelta(days=9)


def url(case, name, *more):
    return reverse(f"meetings:{name}", args=[case.pk, *more])


def filled(cast, **changed):
    values = {
        "day": LATER.isoformat(),
        "starts": "13.30",
        "ends": "14.30",
        "form": "physical",
        "place": "Provgatan 4 B",
        "agenda": "Vilken träning behövs hemma?",
        "units": [cast.unit("party").pk],
        "chair": cast.staff("owner").pk,
        "writer": cast.staff("owner").pk,
    } | changed
    return {name: value for name, value in values.items() if value is not None}


def meetings(cast, case):
    with cast.acting("owner"):
        return list(Meeting.objects.filter(case=case).order_by("pk"))


def own_invitation(cast, case, who="party"):
    with cast.acting("owner"):
        return Invitation.objects.get(case=case, unit=cast.unit(who), meeting__state="called")


def test_a_kallelse_is_sent_and_its_answers_seen(cast, browse):
    case = build.consented(cast)
    client = browse("amira.falun")
    assert "Kallelsen är inte skickad." in client.get(url(case, "call")).content.decode()
    text = client.post(url(case, "call"), filled(cast), follow=True).content.decode()
    assert "Kallelsen är skickad." in text
    assert "kl. 13.30–14.30" in text and "Vilken träning behövs hemma?" in text
    assert cast.unit("party").name in text and "Har inte svarat" in text
    (meeting,) = meetings(cast, case)
    assert (meeting.chair_id, meeting.kind) == (cast.staff("owner").pk, "first")
    title = text.split("<title>")[1].split("</title>")[0]
    assert title == "Kallelse och möte – SIP-stödet"


def test_the_caller_chairs_and_writes_unless_said_otherwise(cast, browse):
    """MOT-1."""
    case = build.consented(cast)
    text = browse("amira.falun").get(url(case, "call")).content.decode()
    assert text.count(f'<option value="{cast.staff("owner").pk}" selected>') == 2
    assert cast.staff("party").name in text


def test_without_both_answers_the_page_says_what_is_missing(cast, browse):
    case = build.case(cast)
    client = browse("amira.falun")
    for text in (
        client.get(url(case, "call")).content.decode(),
        client.post(url(case, "call"), filled(cast)).content.decode(),
        client.get(url(case, "overview")).content.decode(),
    ):
        assert "Två svar saknas" in text
    assert meetings(cast, case) == []


def test_a_party_outside_the_consent_is_explained(cast, browse):
    case = build.consented(cast)
    build.party(cast, case, who="same_kommun")
    client = browse("amira.falun")
    name = cast.unit("same_kommun").name
    assert f"{name} ingår inte i samtycket och kan inte kallas." in client.get(url(case, "call")).content.decode()
    values = filled(cast, units=[cast.unit("same_kommun").pk])
    assert "En av enheterna går inte att välja." in client.post(url(case, "call"), values).content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"day": "2026-01-02"}, "Datumet har passerat."),
        ({"day": ""}, "Välj ett datum för mötet."),
        ({"day": "32 mars"}, "felruta"),
        ({"starts": "25.00"}, "felruta"),
        ({"ends": "13.30"}, "Mötet måste sluta efter att det börjar."),
        ({"form": "séance"}, "felruta"),
        ({"place": ""}, "Skriv var mötet ska vara."),
        ({"form": "digital"}, "Skriv länken eller numret till mötet."),
        ({"agenda": ""}, "Skriv vad mötet ska handla om."),
        ({"agenda": "x" * 100_000}, "Skriv högst"),
        ({"units": None}, "Välj minst en som ska kallas eller bjudas in."),
        ({"units": ["9" * 40]}, "En av enheterna går inte att välja."),
        ({"outside": ["1"]}, "felruta"),
        ({"outside": ["9" * 40]}, "felruta"),
        ({"chair": ""}, "felruta"),
        ({"chair": "9" * 40}, "felruta"),
        ({"writer": "0"}, "felruta"),
    ],
)
def test_bad_input_is_explained_and_nothing_is_sent(cast, browse, changed, said):
    case = build.consented(cast)
    response = browse("amira.falun").post(url(case, "call"), filled(cast, **changed))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert meetings(cast, case) == []
    assert build.reread(cast, case).state == "consented"


def test_a_time_that_has_passed_today_is_refused(cast, browse):
    case = build.consented(cast)
    now = timezone.localtime()
    if now.hour == 0:
        pytest.skip("nothing has passed yet today")
    values = filled(cast, day=now.date().isoformat(), starts="0.01", ends="23.59")
    assert "Tiden har passerat." in browse("amira.falun").post(url(case, "call"), values).content.decode()


def test_three_errors_are_three_lines(cast, browse):
    case = build.consented(cast)
    values = filled(cast, day="2026-01-02", place="", units=None)
    text = browse("amira.falun").post(url(case, "call"), values).content.decode()
    assert "Rätta tre uppgifter" in text
    assert 'href="#id_place"' in text and 'href="#id_day"' in text
    assert "<title>Fel: Kallelse, steg 3" in text


def test_a_double_click_is_a_conflict(cast, browse):
    case = build.consented(cast)
    client = browse("amira.falun")
    assert client.post(url(case, "call"), filled(cast)).status_code == 302
    assert client.post(url(case, "call"), filled(cast)).status_code == 409
    assert len(meetings(cast, case)) == 1


def test_a_missing_huvudman_warns_and_sends(cast, browse):
    case = build.consented(cast, parties=("party", "same_kommun"))
    values = filled(cast, units=[cast.unit("same_kommun").pk])
    text = browse("amira.falun").post(url(case, "call"), values, follow=True).content.decode()
    assert "Ingen från regionen är kallad." in text
    assert len(meetings(cast, case)) == 1


def test_lus_4_1_stops_the_kallelse_with_the_reason(cast, browse):
    case = build.case(cast, inpatient=True)
    nursing = Unit.objects.get(name="Hemsjukvården Falun")
    build.consent(cast, case, units=(), new_units=[nursing])
    text = browse("amira.falun").post(url(case, "call"), filled(cast, units=[nursing.pk])).content.decode()
    assert "LUS 4 kap. 1 §" in text
    assert meetings(cast, case) == []


@pytest.mark.parametrize(
    ("who", "see", "change"),
    [
        ("johan.falun", 200, 200),
        ("hanna.dalarna", 200, 403),
        ("mattias.falun", 200, 403),
        ("yusuf.falun", 200, 403),
        ("maria.falun", 404, 404),
        ("linda.kalmar", 404, 404),
        ("helena.falun", 403, 403),
        ("anders.falun", 403, 403),
        ("elsa.medborgare", 404, 404),
    ],
)
def test_who_gets_in(cast, browse, who, see, change):
    case = build.called(cast)
    meeting, invitation = meetings(cast, case)[0].pk, own_invitation(cast, case).pk
    client = browse(who)
    assert client.get(url(case, "overview")).status_code == see
    assert client.get(url(case, "letter", meeting)).status_code == see
    for page in ("move", "cancel", "hold", "phone_list"):
        assert client.get(url(case, page, meeting)).status_code == change, page
    assert client.get(url(case, "answer_for", meeting, invitation)).status_code == change
    posted = 302 if change == 200 else change
    assert client.post(url(case, "remind", meeting)).status_code == posted
    assert client.post(url(case, "told", meeting, invitation)).status_code == posted


def test_a_meeting_of_another_case_does_not_exist(cast, browse):
    case, other = build.called(cast), build.called(cast, build.consented(cast, number="199002222397"))
    client, meeting = browse("amira.falun"), meetings(cast, other)[0].pk
    for page in ("move", "cancel", "hold", "phone_list", "letter", "answer"):
        assert client.get(url(case, page, meeting)).status_code == 404, page
    assert client.post(url(case, "remind", meeting)).status_code == 404
    assert client.post(url(case, "told", meeting, own_invitation(cast, other).pk)).status_code == 404
    assert client.get(f"/arenden/{case.pk}/moten/{'9' * 40}/flytta/").status_code == 404


def test_the_party_answers_and_the_caller_sees_who_comes(cast, browse):
    case = build.called(cast)
    meeting, client = meetings(cast, case)[0].pk, browse("hanna.dalarna")
    page = url(case, "answer", meeting)
    text = client.get(page).content.decode()
    assert "skyldig att delta" in text and "Hanna Utkastlind" in text
    assert own_invitation(cast, case).read_at is not None
    refused = client.post(page, {"answer": "declined"}).content.decode()
    assert "Er huvudman är skyldig att delta." in refused
    for values in ({"answer": ""}, {"answer": "coming", "attendee_name": ""}, {"answer": "x" * 9999},
                   {"answer": "coming", "attendee_name": "y" * 200, "attendee_title": "läkare"}):  # fmt: skip
        assert "felruta" in client.post(page, values).content.decode()
    values = {"answer": "delegate", "attendee_name": "Olof Modellgren", "attendee_title": "diabetessköterska"}
    assert client.post(page, values).status_code == 302
    text = browse("amira.falun").get(url(case, "overview")).content.decode()
    assert "Olof Modellgren" in text and "Någon annan kommer" in text
    with cast.acting("owner"):
        assert InboxItem.objects.get().kind == "answer"


def test_a_unit_that_is_not_called_has_nothing_to_answer(cast, browse):
    case = build.called(cast, build.consented(cast, parties=("party", "same_kommun")))
    assert browse("maria.falun").get(url(case, "answer", meetings(cast, case)[0].pk)).status_code == 404


def test_an_answer_taken_by_phone_is_written_by_the_caller(cast, browse):
    case = build.called(cast)
    page = url(case, "answer_for", meetings(cast, case)[0].pk, own_invitation(cast, case).pk)
    client = browse("amira.falun")
    assert f"Skriv svaret från {cast.unit('party').name}" in client.get(page).content.decode()
    values = {"answer": "coming", "attendee_name": "Hanna Utkastlind", "attendee_title": "läkare", "how": "phone"}
    assert client.post(page, values).status_code == 302
    assert own_invitation(cast, case).answer == "coming"


def test_reminding_says_what_it_does(cast, browse):
    case = build.called(cast)
    client = browse("amira.falun")
    text = client.post(url(case, "remind", meetings(cast, case)[0].pk), follow=True).content.decode()
    assert "Påminnelsen är skickad." in text
    assert client.get(url(case, "remind", meetings(cast, case)[0].pk)).status_code == 405


def test_moving_is_prefilled_asks_why_and_tells_all(cast, browse):
    case = build.called(cast)
    (meeting,) = meetings(cast, case)
    client, page = browse("amira.falun"), url(case, "move", meeting.pk)
    shown = client.get(page).content.decode()
    assert "Provgatan 4 B" in shown and 'name="why_topics"' in shown
    assert "felruta" in client.post(page, filled(cast, why="")).content.decode()
    text = client.post(page, filled(cast, why="Läkaren är sjuk."), follow=True).content.decode()
    assert "Mötet är flyttat." in text and "Mötet är flyttat – 2 samtal kvar" in text, "it was today"
    assert "Läkaren är sjuk." in client.get(url(case, "overview")).content.decode()
    assert [m.state for m in meetings(cast, case)] == ["moved", "called"]
    again = client.post(page, filled(cast, why="En gång till"))
    assert "Mötet är redan flyttat." in again.content.decode()
    assert len(meetings(cast, case)) == 2


def test_cancelling_another_day_goes_back_to_the_meeting(cast, browse):
    case = build.called(cast, days_ahead=5)
    (meeting,) = meetings(cast, case)
    response = browse("amira.falun").post(url(case, "cancel", meeting.pk), {"why": "Personen är sjuk."})
    assert response.url == url(case, "overview")


def test_holding_asks_who_came_and_goes_on_to_the_plan(cast, browse):
    case = build.called(cast)
    (meeting,) = meetings(cast, case)
    client, page = browse("amira.falun"), url(case, "hold", meeting.pk)
    assert cast.unit("party").name in client.get(page).content.decode()
    for values in ({"came": ["0"]}, {"came": ["x" * 999]}, {"note": "x" * 9000, "came": []}):
        assert "felruta" in client.post(page, values).content.decode()
    values = {"person_came": "on", "came": [own_invitation(cast, case).pk], "others": "Ingrid, dotter\n\n", "note": ""}
    response = client.post(page, values)
    assert response.url == reverse("plans:plan", args=[case.pk])
    text = client.get(url(case, "overview")).content.decode()
    assert "Ingrid, dotter" in text and "Hållet" in text and "Kalla till möte" in text
    assert "Mötet är redan hållet." in client.post(page, values).content.decode()


def test_a_meeting_ahead_is_not_held(cast, browse):
    case = build.called(cast, days_ahead=5)
    client = browse("amira.falun")
    assert "Mötet är hållet" not in client.get(url(case, "overview")).content.decode()
    response = client.post(url(case, "hold", meetings(cast, case)[0].pk), {"person_came": "on"})
    assert "Mötet har inte varit än." in response.content.decode()


def test_the_letter_asks_what_matters_and_is_logged(cast, browse):
    """KAL-10."""
    case = build.called(cast)
    text = browse("amira.falun").get(url(case, "letter", meetings(cast, case)[0].pk)).content.decode()
    assert "Vad är viktigt för dig?" in text and "Hej Astrid!" in text and "Provgatan 4 B" in text
    assert "Astrid" not in text.split("<title>")[1].split("</title>")[0]


def test_the_letter_of_a_protected_person_names_nobody(cast, browse):
    case = build.called(cast, build.consented(cast, protection="marked"))
    text = browse("amira.falun").get(url(case, "letter", meetings(cast, case)[0].pk)).content.decode()
    assert "Astrid" not in text and "Testholm" not in text


def test_a_relative_is_invited_by_phone_and_noted(cast, browse):
    """MED-4."""
    case = build.consented(cast)
    with cast.acting("owner"):
        relative = cases.add_outside_party(case=case, kind="relative", name="Ingrid", tell_by="phone", by=cast.owner)
    client = browse("amira.falun")
    client.post(url(case, "call"), filled(cast, outside=[relative.pk]))
    text = client.get(url(case, "overview")).content.decode()
    assert "Inbjuden genom telefon" in text and "Noterat: meddelad" in text
    with cast.acting("owner"):
        invitation = Invitation.objects.get(outside_party=relative)
    client.post(url(case, "told", invitation.meeting_id, invitation.pk))
    assert "meddelad i dag" in client.get(url(case, "overview")).content.decode()


def test_the_guideline_speaks_on_the_page(cast, browse):
    case = build.consented(cast)
    text = browse("amira.falun").get(url(case, "call")).content.decode()
    assert "Riktlinjen säger" in text and "Båda huvudmännen ska komma" in text


def test_a_closed_case_is_only_read(cast, browse):
    case = build.called(cast)
    (meeting,) = meetings(cast, case)
    client = browse("amira.falun")
    client.post(reverse("plans:close", args=[case.pk]), {"reason": "not_needed"})
    assert client.get(url(case, "overview")).status_code == 200
    assert client.post(url(case, "call"), filled(cast)).status_code == 403
    for page in ("move", "cancel", "hold", "answer"):
        assert client.post(url(case, page, meeting.pk), {"why": "x"}).status_code == 403, page


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_overview_costs_the_same_however_many_are_invited(cast, browse):
    case = build.called(cast)
    client = browse("amira.falun")
    client.get(url(case, "overview"))
    few = queries(client, url(case, "overview"))
    with cast.acting("owner"):
        party = cast.unit("party")
        many = Unit.objects.active().exclude(pk__in=[party.pk, cast.owner.unit_id]).order_by("pk")[:15]
    other = build.case(cast, number="199002222397")
    build.consent(cast, other, units=(), new_units=list(many))
    with cast.acting("owner"):
        relatives = [
            cases.add_outside_party(case=other, kind="relative", name=f"Släkting {n}", tell_by="letter", by=cast.owner)
            for n in range(15)
        ]
    client.post(url(other, "call"), filled(cast, units=[u.pk for u in many], outside=[r.pk for r in relatives]))
    assert len(meetings(cast, other)) == 1
    client.get(url(other, "overview"))
    assert queries(client, url(other, "overview")) == few <= 25


def test_whoever_answers_second_is_told_and_loses_nothing(cast, browse):
    """Two at the unit have the page open; the second hears of the first, and decides (KAL-5)."""
    case = build.called(cast)
    client, page = browse("hanna.dalarna"), url(case, "answer", own_invitation(cast, case).meeting_id)
    seen = client.get(page).context["form"]["seen"].value()
    first = {"answer": "coming", "attendee_name": "Hanna Utkastlind", "attendee_title": "läkare", "seen": seen}
    second = first | {"answer": "delegate", "attendee_name": "Demo Provsson"}
    assert client.post(page, first).status_code == 302
    assert client.post(page, first).status_code == 302, "a double click says nothing new"
    refused = client.post(page, second)
    assert "Hanna Utkastlind svarade kl." in refused.content.decode() and "Demo Provsson" in refused.content.decode()
    assert own_invitation(cast, case).attendee_name == "Hanna Utkastlind"
    assert client.post(page, second | {"seen": refused.context["form"]["seen"].value()}).status_code == 302
    assert own_invitation(cast, case).attendee_name == "Demo Provsson"
