"""A time that the units have in common, and a meeting called off on its day, in browsers (KAL-7, KAL-9)."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from organisations.calendar_se import is_weekday
from tests.e2e.test_journey import path_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
NUMBER, OTHER = "19760725-2389", "19761107-2393"
OPEN_CARE = "Övningsängens vårdcentral"


def start(amira, number: str) -> str:
    """A case with the vårdcentral and a daughter, and the person's yes."""
    amira.open("/arenden/ny/")
    amira.fill(number=number)
    amira.press("Fortsätt")
    amira.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none", reasons="coordination")
    amira.fill(given_name="Astrid", family_name="Testholm", phone="070-174 06 12", need_found_on="i går")
    amira.press("Starta SIP")
    case = path_of(amira)
    amira.open(f"{case}aktorer/ny/?q={OPEN_CARE}")
    amira.page.get_by_role("radio", name=re.compile(OPEN_CARE)).first.check()
    amira.press("Lägg till enheten")
    amira.open(f"{case}deltagare/ny/")
    amira.pick(kind="relative", tell_by="phone")
    amira.fill(name="Ingrid Testholm", relation="dotter", phone="070-174 06 13")
    amira.page.locator("main form button.btn").last.click()
    amira.open(f"{case}samtycke/nytt/")
    amira.pick(share_answer="yes", planning_answer="yes", form="spoken")
    amira.fill(informed_how="Amira berättade vid ett hembesök vad en SIP är.")
    for box in amira.page.locator("input[name='units']").all():
        box.check()
    amira.page.locator("main form button.btn[type='submit']").last.click()
    amira.settle()
    return case


def first_day() -> date:
    day = timezone.localdate() + timedelta(days=8)
    while not is_weekday(day):
        day += timedelta(days=1)
    return day


def publish(reader, day: date, *, starts: str, place: str) -> None:
    """KAL-9: under the unit's own settings, a weekday and a time that come back."""
    reader.open("/kallelser/")
    reader.follow("Stående tider för möten")
    reader.says("Stående tider för SIP-möten")
    reader.follow("Ny stående tid")
    reader.look("ny-staende-tid")
    reader.page.locator("select[name='weekday']").select_option(str(day.isoweekday()))
    reader.page.locator("select[name='minutes']").select_option("120")
    reader.fill(from_on=day.isoformat(), to_on=(day + timedelta(days=21)).isoformat(), starts=starts, place=place)
    reader.pick(form="physical")
    reader.press("Lägg upp tiden")
    reader.says("Den stående tiden är upplagd.", place, "Ledig")


def call_on_standing_time(amira, case: str) -> None:
    amira.open(f"{case}moten/kalla/")
    amira.says("Gemensamma stående tider", "på plats, Mottagningen", "13.30–15.00")
    amira.look("kalla-staende-tid")
    amira.page.locator("input[name='slot']").first.check()
    amira.pick(form="physical")
    amira.fill(place="Mottagningen", agenda="Vad som är viktigt för dig.")
    amira.press("Skicka kallelsen")
    amira.says("Kallelsen är skickad", "13.30–15.00")


def entry_of(reader) -> Calendar:
    """The calendar entry that the page's link gives."""
    with reader.page.expect_download() as found:
        reader.page.get_by_role("link", name="Lägg i kalendern").first.click()
    assert found.value.suggested_filename == "mote.ics"
    return Calendar.from_ical(found.value.path().read_bytes())


def test_the_caller_picks_a_time_that_both_units_have(someone):
    amira, hanna = someone("amira.falun"), someone("hanna.dalarna")
    day = first_day()
    publish(amira, day, starts="13.00", place="Stadshuset")
    publish(hanna, day, starts="13.30", place="Mottagningen")
    case = start(amira, NUMBER)
    call_on_standing_time(amira, case)
    whole = entry_of(amira)
    [event] = whole.walk("VEVENT")
    assert (whole["method"], event["summary"], event.start.date()) == ("REQUEST", "Möte", day)
    assert "Mottagningen" not in whole.to_ical().decode()

    hanna.open("/kallelser/")
    hanna.follow("Stående tider för möten")
    hanna.says("Tagen")
    assert "Astrid" not in hanna.text()
    hanna.look("staende-tider")

    amira.follow("Ställ in mötet")
    amira.fill(why="Personen är sjuk.")
    amira.press("Ställ in mötet")
    amira.says("Mötet är inställt. Alla enheter har fått veta det.")
    hanna.page.reload()
    assert "Tagen" not in hanna.text()


def test_a_meeting_called_off_today_is_phoned_about(someone):
    """KAL-7: everybody sees it at once, and the list stays first until each has been phoned."""
    amira, hanna = someone("amira.falun"), someone("hanna.dalarna")
    case = start(amira, OTHER)
    amira.open(f"{case}moten/kalla/")
    if amira.page.locator("input[name='slot']").count():
        amira.page.locator("input[name='slot'][value='']").check()
    amira.fill(day=timezone.localdate().isoformat(), starts="23.30", ends="23.59", place="Hemma hos Astrid")
    amira.pick(form="physical")
    amira.fill(agenda="Vad som är viktigt för dig.")
    for box in amira.page.locator("input[name='units'], input[name='outside']").all():
        box.check()
    amira.press("Skicka kallelsen")
    amira.follow("Ställ in mötet")
    amira.fill(why="Läkaren är sjuk.")
    amira.press("Ställ in mötet")
    amira.says("Mötet är inställt – 3 samtal kvar", "070-174 06 13", OPEN_CARE)
    amira.look("ring")

    amira.page.get_by_role("button", name=re.compile(f"^Nådd ?: {OPEN_CARE}")).click()
    amira.settle()
    amira.says("Skriv vem du pratade med.")
    amira.look("ring-fel")
    form = amira.page.locator("form", has=amira.page.get_by_role("button", name=re.compile(f"^Nådd ?: {OPEN_CARE}")))
    form.get_by_label("Vem pratade du med?").fill("Hanna Utkastlind")
    form.get_by_role("button", name=re.compile("^Nådd")).click()
    amira.settle()
    amira.says("2 samtal kvar", "Hanna Utkastlind")
    amira.page.get_by_role("button", name=re.compile("^Inte nådd, nytt försök ?: Ingrid")).click()
    amira.settle()
    amira.says("2 samtal kvar", "1 försök")

    amira.open(case)
    amira.says("Gör det här nu", "Mötet är inställt – 2 samtal kvar")
    amira.look("gor-nu-ring")
    hanna.open(case)
    hanna.says("Mötet är inställt")
    hanna.look("installt-for-part")

    amira.follow("Ring nu")
    for name in ("Ingrid Testholm", "Astrid Testholm"):
        amira.page.get_by_role("button", name=re.compile(f"^Nådd ?: {name}")).click()
        amira.settle()
    amira.says("Alla samtal är inskrivna.")
    amira.look("ring-klart")
    amira.open(case)
    amira.says("Gör det här nu")
    assert "samtal kvar" not in amira.text()
