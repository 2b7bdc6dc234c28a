"""A discharge from admission to kallelse to home: ward, vårdcentral and kommun in browsers, with the clock moved."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.e2e.test_journey import path_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
NUMBER = "19990321-2380"
OPEN_CARE, KOMMUN = "Övningsängens vårdcentral", "Biståndsenheten Falun"
# What says when something happened in this process; moved back together, as if the days had passed.
STAMPS = {
    "discharge_admission": "admitted_at, registered_at", "discharge_notice": "sent_at",
    "discharge_discharge": "notice_sent_at, started_at, ready_at, ready_told_at",
    "cases_case": "discharge_ready_at", "meetings_meeting": "called_at", "cases_clockevent": "at",
    "cases_deadline": "started_at, due_on",
}  # fmt: skip


def days_pass(stack, days: int) -> None:
    """Move what has happened back in time, with its clocks: the clock is that much further on."""
    person = "select id from cases_person where number = %(number)s"
    with stack.administrator() as database:
        for table, columns in STAMPS.items():
            sets = ", ".join(f"{name} = {name} - make_interval(days => %(days)s)" for name in columns.split(", "))
            mine = f"person_id in ({person})"
            if not table.startswith(("discharge_admission", "discharge_notice", "cases_case")):
                mine = f"case_id in (select id from cases_case where {mine})"
            statement = f"update {table} set {sets} where {mine}"  # noqa: S608 - names above
            database.execute(statement, {"days": days, "number": NUMBER.replace("-", "")})


def admit(ulla) -> str:
    """UTS-1: registered, then sent to the vårdcentral and the kommun; regional open care may not be forgotten."""
    ulla.follow("Inskrivna")
    ulla.follow("Skriv in")
    ulla.fill(number=NUMBER, given_name="Astrid", family_name="Testholm", address="Provgatan 4 B, 791 30 Falun",
              admitted_on="i går", admitted_at="23.30")  # fmt: skip
    ulla.look("skriv-in")
    ulla.press("Spara och välj mottagare")
    ulla.open(ulla.page.url.removeprefix(ulla.url) + "?q=Falun")
    ulla.page.get_by_label(re.compile(KOMMUN)).check()
    ulla.page.get_by_label(re.compile("Kommunens hälso- och sjukvård")).check()
    ulla.fill(expected_on=(timezone.localdate() + timedelta(days=3)).isoformat())
    ulla.press("Skicka meddelandet")
    ulla.says("Regionens öppenvård ska också få meddelandet")
    ulla.page.get_by_label(re.compile(KOMMUN)).check()
    ulla.page.get_by_label(re.compile(OPEN_CARE)).check()
    ulla.press("Skicka meddelandet")
    ulla.says("Inskrivningsmeddelandet är skickat", "I tid", "Väntar")
    ulla.look("inskrivning")
    return re.search(r"/inskrivna/[0-9a-f-]{36}/", ulla.page.url)[0]


def receive(reader) -> None:
    reader.follow("Inskrivningar")
    reader.says("Astrid Testholm", "Okvitterat", "Kvittera: inskrivningsmeddelande")
    reader.look("meddelanden")
    reader.page.get_by_role("button", name=re.compile("Kvittera")).first.click()
    reader.says("Kvitterat")


def consent(hanna, case: str) -> None:
    """The vårdcentral asks; from then on ward and kommun see the case."""
    hanna.open(f"{case}aktorer/ny/?q=Biståndsenheten Falun")
    hanna.page.get_by_role("radio", name=re.compile(KOMMUN)).first.check()
    hanna.press("Lägg till enheten")
    hanna.open(f"{case}samtycke/nytt/")
    for part in ("share", "planning"):
        for box in hanna.page.locator(f"input[name*='{part}'][value='yes']").all():
            box.check()
    hanna.pick(form="written")
    hanna.fill(given_on="i dag")
    for box in hanna.page.locator("input[name='units']").all():
        box.check()
    hanna.press("Spara svaret")
    hanna.says("Samtycket är sparat")


def call(hanna, case: str) -> None:
    hanna.open(f"{case}utskrivning/")
    hanna.follow("Kalla")
    hanna.fill(day=(timezone.localdate() + timedelta(days=2)).isoformat(), starts="10.00", ends="11.00")
    hanna.pick(form="physical")
    hanna.fill(place="Provgatan 4 B", agenda="Vad är viktigt för dig när du kommer hem?")
    for box in hanna.page.locator("input[name='units']").all():
        box.check()
    hanna.page.locator("main form button.btn").last.click()


def test_from_admission_to_kallelse_to_home(someone, stack):
    ulla, hanna, amira = someone("ulla.dalarna"), someone("hanna.dalarna"), someone("amira.falun")
    stay = admit(ulla)
    receive(amira)
    receive(hanna)
    ulla.open(stay)
    ulla.says("Hanna Utkastlind")

    hanna.follow("Astrid Testholm")
    hanna.press("Öppna ett ärende")
    case = path_of(hanna)
    hanna.says("Öppenvården utser fast vårdkontakt")
    # Nothing of the case before the person's yes.
    assert ulla.page.goto(ulla.url + case).status == 404
    assert amira.page.goto(amira.url + case).status == 404
    consent(hanna, case)

    hanna.open(f"{case}utskrivning/vardkontakt/")
    hanna.choose("assignment", "Hanna Utkastlind")
    hanna.press("Spara")
    hanna.open(f"{case}utskrivning/beslut/")
    hanna.pick(both_needed="yes", decision="home")
    hanna.press("Spara beslutet")
    hanna.says("SIP hemma efter utskrivningen")

    ulla.open(f"{case}utskrivning/klar/")
    ulla.fill(ready_on="i går", ready_at="23.45")
    ulla.press("Spara")
    ulla.says("Underrättelsen är skickad", "Senast")
    call(hanna, case)
    hanna.open(f"{case}utskrivning/")
    hanna.says("Skickad", "Från", "0 dygn hittills", "Tre dagar från utskrivningsklar")

    days_pass(stack, 6)
    amira.open(f"{case}utskrivning/")
    # Sent before noon the kommun answers from the third day, after noon from the fourth.
    amira.says("dygn hittills")
    assert re.search(r"\b[23] dygn hittills", amira.text()), amira.text()
    amira.look("betalning-i-arendet")
    yusuf = someone("yusuf.falun")
    yusuf.open("/betalningsansvar/")
    assert "Testholm" not in yusuf.text()
    yusuf.look("betalningsansvar")

    ulla.open(f"{stay}hemgang/")
    ulla.fill(home_on="i dag", home_at="0.00")
    ulla.pick(transferred="yes")
    ulla.press("Spara")
    ulla.says("processen avslutad", "Utskriven")
    amira.open(f"{case}utskrivning/")
    amira.says("Hemma", "Informationen överfördes samma dag")
    amira.open("/inskrivningsmeddelanden/")
    amira.says("Kvittera: processen är avslutad")
