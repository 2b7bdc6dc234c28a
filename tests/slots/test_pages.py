"""The pages of standing times, and the kallelse that picks one (KAL-9)."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.models import Meeting
from slots import services
from slots.models import SlotWindow
from tests import build
from tests.slots.test_slots import FIRST, WEEK, call, common, publish, taken


def page(cast, name, *more, who="owner") -> str:
    return reverse(f"slots:{name}", args=[cast.unit(who).pk, *more])


TYPED = {
    "weekday": "2", "every_weeks": "2", "from_on": FIRST.isoformat(), "to_on": (FIRST + 20 * WEEK).isoformat(),
    "starts": "13", "minutes": "60", "form": "physical", "place": "Sal 1", "release_days": "3",
}  # fmt: skip


def test_a_unit_publishes_and_ends_a_standing_time(cast, browse):
    client = browse("amira.falun")
    assert "Inga stående tider" in client.get(page(cast, "unit")).content.decode()
    response = client.post(page(cast, "new"), TYPED, follow=True)
    text = response.content.decode()
    assert "Tisdag varannan vecka kl. 13.00, 60 minuter" in text and "Ledig" in text and "Släpps 3 dagar före." in text
    assert "redan en stående tid" in client.post(page(cast, "new"), TYPED).content.decode()
    with cast.acting("owner"):
        row = SlotWindow.objects.get()
    assert client.get(page(cast, "end", row.pk)).status_code == 200
    text = client.post(page(cast, "end", row.pk), follow=True).content.decode()
    assert "Inga stående tider" in text
    assert client.post(page(cast, "end", row.pk)).status_code == 409


@pytest.mark.parametrize("wrong", [
    {"weekday": "7"}, {"minutes": "1"}, {"from_on": ""}, {"starts": "x" * 5000}, {"place": "x" * 5000},
    {"release_days": "-1"}, {"release_days": "9" * 400}, {"form": ""}, {"every_weeks": "0"},
    {"to_on": (FIRST + 60 * WEEK).isoformat()},
])  # fmt: skip
def test_a_window_that_is_no_window_is_shown_at_its_field(cast, browse, wrong):
    response = browse("amira.falun").post(page(cast, "new"), TYPED | wrong)
    assert response.status_code == 200 and "felruta" in response.content.decode()


def test_who_may_publish_for_a_unit(cast, browse):
    for who, status in (("amira.falun", 200), ("yusuf.falun", 200), ("anders.falun", 200), ("mattias.falun", 403),
                        ("hanna.dalarna", 404), ("maria.falun", 404)):  # fmt: skip
        for name in ("unit", "new"):
            assert browse(who).get(page(cast, name)).status_code == status, (who, name)
    assert browse("anders.falun").post(page(cast, "new"), TYPED).status_code == 302
    with cast.acting("owner"):
        row = SlotWindow.objects.get()
    assert browse("hanna.dalarna").post(page(cast, "end", row.pk, who="party")).status_code == 404


def test_the_page_asks_as_often_for_many_days_as_for_few(cast, browse):
    client = browse("amira.falun")
    publish(cast, "owner")
    few = queries(client, page(cast, "unit"))
    for hour in range(8, 13):
        publish(cast, "owner", starts=time(hour), to_on=FIRST + 16 * WEEK)
    for weekday in (1, 3, 4, 5):
        for hour in range(8, 15):
            publish(cast, "owner", weekday=weekday, starts=time(hour), to_on=FIRST + WEEK)
    assert queries(client, page(cast, "unit")) == few


def test_the_kallelse_asks_as_often_for_many_windows_as_for_few(cast, browse):
    case = build.consented(cast)
    client, url = browse("amira.falun"), reverse("meetings:call", args=[case.pk])
    for who in ("owner", "party"):
        publish(cast, who)
    few = queries(client, url)
    for who in ("owner", "party"):
        for weekday in (1, 3, 4):
            for hour in range(8, 13):
                publish(cast, who, weekday=weekday, starts=time(hour))
    assert queries(client, url) == few


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


# The kallelse


def filled(cast, **values):
    staff = cast.staff("owner").pk
    return {
        "form": "physical", "place": "Sal 1", "agenda": "Hemgång", "units": [cast.unit("party").pk],
        "chair": staff, "writer": staff, "day": "", "starts": "", "ends": "",
    } | values  # fmt: skip


def test_the_caller_picks_the_first_common_time_in_the_kallelse(cast, browse):
    case = build.consented(cast)
    publish(cast, "owner")
    publish(cast, "party", place="Mottagningen")
    client, url = browse("amira.falun"), reverse("meetings:call", args=[case.pk])
    text = client.get(url).content.decode()
    assert "Gemensamma stående tider" in text and f"{cast.unit('party').name}: på plats, Mottagningen" in text
    [first, *_] = common(cast, case)
    assert "Tiden är inte ledig längre." in client.post(url, filled(cast, slot="2026-12-24/x")).content.decode()
    assert "Välj ett datum" in client.post(url, filled(cast, slot="")).content.decode()
    assert client.post(url, filled(cast, slot=first.key)).status_code == 302
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    assert (meeting.starts_at, meeting.ends_at) == (first.starts_at, first.ends_at)
    assert (taken(cast, "owner"), taken(cast, "party")) == (1, 1)
    theirs = browse("hanna.dalarna").get(page(cast, "unit", who="party")).content.decode()
    assert theirs.count("Tagen") == 1 and "Astrid" not in theirs


def test_a_time_that_somebody_took_meanwhile_keeps_what_was_typed(cast, browse, monkeypatch):
    case = build.consented(cast)
    publish(cast, "party")
    [first, *_] = common(cast, case)
    monkeypatch.setattr(services, "common", lambda **_: [first])
    other = build.consented(cast, number="199002222397")
    call(cast, other, first)
    url = reverse("meetings:call", args=[case.pk])
    text = browse("amira.falun").post(url, filled(cast, slot=first.key, agenda="Det som jag skrev")).content.decode()
    assert services.TAKEN in text and "Det som jag skrev" in text
    with cast.acting("owner"):
        assert not Meeting.objects.filter(case=case).exists()


def test_without_any_standing_times_the_kallelse_is_as_before(cast, browse):
    case = build.consented(cast)
    url = reverse("meetings:call", args=[case.pk])
    assert "Gemensamma stående tider" not in browse("amira.falun").get(url).content.decode()
    publish(cast, "owner", starts=time(8))
    publish(cast, "party", starts=time(15))
    assert "ingen ledig som de har gemensamt" in browse("amira.falun").get(url).content.decode()
