"""Today's meeting falls away with its case: those who would come are phoned all the same (KAL-7)."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from consent import corrections
from consent import services as consents
from meetings import services
from meetings.models import Meeting
from organisations import swedish
from plans import endings
from tests import build
from tests.meetings.test_calling import called, calls, midday, summon, url

__all__ = ["midday"]

TO_PHONE = "Mötet i dag är inställt. Ring dem som skulle ha kommit"


def withdraw(cast, case, who="owner"):
    with cast.acting(who):
        consents.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.actor(who))


def close(cast, case, reason="moved"):
    with cast.acting("owner"):
        endings.close(case=Case.objects.with_names().get(pk=case.pk), reason=reason, by=cast.owner)


def void(cast, case):
    with cast.acting("owner"):
        corrections.void(case=Case.objects.with_names().get(pk=case.pk), reason="Fel person.", by=cast.owner)


def by_a_party(cast, case):
    withdraw(cast, case, "party")


ENDS = {"withdrawn": withdraw, "withdrawn by a party": by_a_party, "closed": close, "void": void}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_when_todays_meeting_falls_away_with_the_case_they_are_phoned_too(cast, browse, end):
    """The case is closed and can only be read, but for the calls."""
    case = build.consented(cast)
    build.representative(cast, case, "Rut Ombudsdotter", ground="ombud")
    build.representative(cast, case, "Kaj Utestängdsson", ground="ombud", no_sharing="Personen vill det.")
    summon(cast, case)
    end(cast, case)
    found = calls(cast, case)
    assert [call.callee for call in found] == ["person", "representative", "invited"]
    client, page = browse("amira.falun"), url(case, "phone_list", found[0].meeting_id)
    assert TO_PHONE in client.get("/kallelser/").content.decode()
    shown = client.get(reverse("casework:case", args=[case.pk])).content.decode()
    assert "Mötet är inställt – 3 samtal kvar" in shown and page in shown
    assert "säg bara att mötet inte blir av" in client.get(page).content.decode()
    for call in found:
        data = {f"samtal{call.pk}-outcome": "reached", f"samtal{call.pk}-name": "Någon"}
        assert client.post(url(case, "phoned", call.meeting_id, call.pk), data).status_code == 302
    assert "Alla samtal är inskrivna." in client.get(page).content.decode()
    shown = client.get(reverse("casework:case", args=[case.pk])).content.decode()
    assert "samtal kvar" not in shown
    for who, status in (("hanna.dalarna", {403, 404}), ("mattias.falun", {403}), ("maria.falun", {404})):
        assert browse(who).get(page).status_code in status


def test_nobody_phones_one_who_has_died(cast):
    case = called(cast)
    close(cast, case, reason="died")
    assert [call.callee for call in calls(cast, case)] == ["invited"]


def test_another_day_a_withdrawal_lists_nobody(cast, browse):
    case = called(cast, days_ahead=2)
    withdraw(cast, case, "party")
    assert calls(cast, case) == []
    assert TO_PHONE not in browse("amira.falun").get("/kallelser/").content.decode()


def test_the_owner_is_told_to_phone_when_another_unit_writes_the_withdrawal(cast, browse):
    case = called(cast)
    receipt = browse("hanna.dalarna").post(
        reverse("plans:withdraw", args=[case.pk]), {"who": "person", "how": "spoken"}, follow=True
    )
    assert "ska den ansvariga enheten ringa" in receipt.content.decode()
    assert TO_PHONE in browse("amira.falun").get("/kallelser/").content.decode()
    assert TO_PHONE not in browse("hanna.dalarna").get("/kallelser/").content.decode()


@pytest.mark.parametrize(("page", "data", "said"), [
    ("plans:withdraw", {"who": "person", "how": "spoken"}, "Återkallelsen är sparad."),
    ("plans:close", {"reason": "moved"}, "SIP:en är avslutad."),
])  # fmt: skip
def test_the_owner_is_led_to_the_calls(cast, browse, page, data, said):
    case = called(cast)
    response = browse("amira.falun").post(reverse(page, args=[case.pk]), data, follow=True)
    with cast.acting("owner"):
        [(way, _)] = response.redirect_chain
        assert way == url(case, "phone_list", Meeting.objects.get(case=case).pk)
    assert said in response.content.decode()


@pytest.mark.parametrize("how", ["cancelled", "withdrawn"])
def test_nobody_is_phoned_when_the_hour_is_past(cast, how):
    """It may well have been held, and not been written in yet."""
    case = build.consented(cast)
    today = timezone.localdate()
    summon(cast, case, starts_at=swedish.instant(today, time(0)), ends_at=swedish.instant(today, time(0, 0, 1)))
    if how == "cancelled":
        with cast.acting("owner"):
            now = Case.objects.with_names().get(pk=case.pk)
            services.cancel(case=now, meeting=now.meetings.get(), why="Sjuk", by=cast.owner)
    else:
        withdraw(cast, case)
    assert calls(cast, case) == []
