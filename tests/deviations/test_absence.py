"""A party with the duty that stayed away is reported or dismissed with a reason, once (MOT-3, AVV-1)."""

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case
from deviations import selectors, services
from deviations.models import AbsenceDecision, Deviation
from meetings.models import Attendance
from organisations.errors import RuleBroken
from tests import build, build_meeting


@pytest.fixture
def case(cast):
    return build.held(cast, came=[])


@pytest.fixture
def away(cast, case):
    with cast.acting("owner"):
        return selectors.undecided(cast.owner.unit_id).select_related("invitation").get(case=case)


def url(case, away):
    return f"/arenden/{case.pk}/avvikelser/franvaro/{away.pk}/"


def test_it_waits_for_those_who_steer_in_their_list_and_on_the_case_page(cast, case, away, browse):
    client = browse("amira.falun")
    for page in ("/avvikelser/", f"/arenden/{case.pk}/avvikelser/"):
        assert url(case, away) in client.get(page).content.decode(), page
    assert "Astrid" not in client.get("/avvikelser/").content.decode()
    assert "Ta ställning till en frånvaro" in client.get(f"/arenden/{case.pk}/").content.decode()
    assert "Att ta ställning till" not in browse("hanna.dalarna").get("/avvikelser/").content.decode()


def test_reported_with_the_ready_text(cast, case, away, browse):
    client = browse("amira.falun")
    page = client.get(url(case, away)).content.decode()
    assert "skyldig att delta, men kom inte" in page
    assert "Välj om" in client.post(url(case, away), {"text": "x"}).content.decode()
    assert client.post(url(case, away), {"outcome": "reported", "text": "Ingen kom."}).status_code == 302
    with cast.acting("owner"):
        assert AbsenceDecision.objects.get(attendance=away).deviation.concerns_unit_id == cast.unit("party").pk
        assert list(selectors.undecided(cast.owner.unit_id).filter(case=case)) == []
    assert client.get(url(case, away)).status_code == 404


def test_dismissed_with_a_reason_that_stands(cast, case, away, browse):
    client = browse("amira.falun")
    assert "Skriv varför" in client.post(url(case, away), {"outcome": "dismissed"}).content.decode()
    told = {"outcome": "dismissed", "reason": "Kallelsen kom bort i posten."}
    assert client.post(url(case, away), told).status_code == 302
    shown = client.get(f"/arenden/{case.pk}/avvikelser/").content.decode()
    assert "Kallelsen kom bort i posten." in shown and "Ta ställning" not in shown
    with cast.acting("owner"):
        assert not Deviation.objects.filter(case=case).exists()
    assert "Avstod från att rapportera" in client.get(f"/arenden/{case.pk}/logg/").content.decode()


def test_it_is_decided_once(cast, case, away):
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        services.dismiss_absence(case=again, attendance=away, reason="Snöstorm.", by=cast.owner)
        with pytest.raises(RuleBroken, match="redan bestämt"):
            services.report_absence(case=again, attendance=away, text="Ingen kom.", by=cast.owner)
        for values in ({"outcome": "dismissed"}, {"outcome": "reported"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                AbsenceDecision.objects.create(
                    case=again, attendance=away, decided_by_id=cast.owner.assignment_id, **values
                )


def test_one_who_came_is_not_reported_as_away(cast):
    case = build.held(cast)
    with cast.acting("owner"):
        here = Attendance.objects.select_related("invitation").get(case=case, unit=cast.unit("party"))
        with pytest.raises(RuleBroken, match="ingen frånvaro"):
            services.dismiss_absence(case=case, attendance=here, reason="x", by=cast.owner)


@pytest.mark.parametrize(("who", "status"), [("hanna.dalarna", 403), ("mattias.falun", 403), ("linda.kalmar", 404)])
def test_only_those_who_steer_decide(case, away, browse, who, status):
    assert browse(who).get(url(case, away)).status_code == status


def test_the_meetings_last_part_says_who_was_away(cast, browse):
    room = build_meeting.opened(cast)
    build_meeting.attended(cast, room, came=False)
    page = browse("amira.falun").get(f"/arenden/{room.case_id}/moten/{room.meeting_id}/mote/del/5/").content.decode()
    assert "kom inte, fast den är skyldig att delta" in page
