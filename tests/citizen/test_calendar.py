"""The person fetches the meeting as a calendar entry, and reads at once that a meeting is cancelled (KAL-7)."""

from icalendar import Calendar

from meetings import services
from tests.citizen.story import signed_in


def test_the_entry_follows_the_meeting(story):
    case, client = story.waiting, signed_in("ingeborg.medborgare")
    page, file = f"/min-plan/{case.pk}/", f"/min-plan/{case.pk}/kalender/"
    assert "Lägg mötet i din kalender" in client.get(page).content.decode()
    response = client.get(file)
    assert response["Content-Disposition"] == 'attachment; filename="mote.ics"'
    assert Calendar.from_ical(response.content)["method"] == "REQUEST"
    assert signed_in("elsa.medborgare").get(file).status_code == 404
    with story.cast.acting("owner"):
        now = story.fresh(case)
        services.cancel(case=now, meeting=now.meetings.get(), why="Läkaren är sjuk.", by=story.cast.owner)
    text = client.get(page).content.decode()
    assert "Mötet är inställt" in text and "blir inte av" in text and "Du får en ny tid" in text
    assert Calendar.from_ical(client.get(file).content)["method"] == "CANCEL"


def test_without_a_meeting_there_is_no_entry(story):
    case, client = story.planned, signed_in("elsa.medborgare")
    assert client.get(f"/min-plan/{case.pk}/kalender/").status_code == 404
    assert "Mötet är inställt" not in client.get(f"/min-plan/{case.pk}/").content.decode()
