"""A citizen who says yes to text messages, and a kallelse that nobody opens in time (KAL-11, GUI-3)."""

import json
import re
import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.e2e.test_journey import path_of, wait_for

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
NUMBER, KOMMUN = "19260209-7095", "Biståndsenheten Falun"
PHONE, GATEWAYS = "070-174 06 05", "+46701740605"
# A sweep of the inboxes each minute, and one of the deliveries each twenty seconds.
SECONDS = 150


def texts(stack) -> list[str]:
    """The text messages that have come to the number."""
    with urllib.request.urlopen(f"{stack.mailbox}/brev.json", timeout=5) as answer:
        caught = json.load(answer)
    return [letter["text"].strip() for letter in caught if letter["recipients"] == [GATEWAYS]]


def book(reader, case: str) -> None:
    """A meeting that the person is told of."""
    reader.open(f"{case}moten/kalla/")
    reader.fill(day=(timezone.localdate() + timedelta(days=6)).isoformat(), starts="10.00", ends="11.00")
    reader.pick(form="physical")
    reader.fill(place="Provgatan 4 B", agenda="Hur det har gått sedan sist.")
    for box in reader.page.locator("input[name='units']").all():
        box.check()
    reader.press("Skicka kallelsen")
    reader.says("Kallelsen är skickad")


def night_passes(stack) -> None:
    """At night a text message waits until eight; the clock is moved to it."""
    with stack.administrator() as database:
        database.execute("update notifications_delivery set due_at = now() where to_person and state = 'due'")


def test_a_citizen_opts_into_text_messages_and_out_again(someone, stack):
    """Off until she says yes; one neutral text message to her number; after her no nothing more."""
    elsa, sofia = someone("elsa.medborgare"), someone("sofia.falun")
    elsa.open("/min-plan/")
    plan = re.search(r"/min-plan/([0-9a-f-]{36})/", elsa.page.url)
    case = f"/arenden/{plan[1]}/"
    elsa.open(f"{plan[0]}kontakt/")
    elsa.says("Du bestämmer själv")
    elsa.look("kontaktvagar-inget-ja")
    assert elsa.page.get_by_role("button", name="Ta tillbaka").count() == 0
    elsa.pick(channel="sms")
    elsa.fill(address="inget nummer")
    elsa.press("Spara")
    elsa.says("Skriv ett mobilnummer")
    elsa.look("kontaktvagar-fel")
    elsa.pick(channel="sms")
    elsa.fill(address=PHONE)
    elsa.press("Spara")
    elsa.says(PHONE, "Ja")
    elsa.look("kontaktvagar")

    before = texts(stack)
    book(sofia, case)
    night_passes(stack)
    wait_for(lambda: len(texts(stack)) > len(before), SECONDS)
    [told] = texts(stack)[: len(texts(stack)) - len(before)]
    # Nothing but that there is something, and the front door.
    assert told == f"Du har ett nytt meddelande. Logga in för att läsa. {stack.url}/"
    with urllib.request.urlopen(stack.mailbox, timeout=5) as answer:
        assert GATEWAYS in answer.read().decode()
    sofia.open(f"{case}kontaktvagar/")
    sofia.says("Sms", "Ja", "i Min plan")
    sofia.look("kontaktvagar-i-arendet")

    elsa.press("Ta tillbaka")
    assert PHONE not in elsa.text()
    sofia.open(f"{case}moten/")
    sofia.follow("Ställ in mötet")
    sofia.look("stall-in")
    sofia.fill(why="Elsa är bortrest.")
    sofia.page.locator("main form button.btn").last.click()
    sofia.says("Inställt")
    night_passes(stack)
    with stack.administrator() as database:
        waits = "select count(*) from notifications_delivery where to_person and state in ('due', 'sending')"
        wait_for(lambda: database.execute(waits).fetchone() == (0,), SECONDS)
    assert texts(stack) == [told, *before]


def test_the_parties_write_to_each_other_and_the_reading_is_stamped(someone):
    amira = someone("amira.falun")
    amira.open("/arenden/")
    for address in amira.page.locator("a[href^='/arenden/']").evaluate_all("all => all.map(a => a.pathname)"):
        if not re.fullmatch(r"/arenden/[0-9a-f-]{36}/", address):
            continue
        amira.open(f"{address}meddelanden/nytt/")
        if amira.page.locator("input[name='to']").count():
            break
    amira.look("skriv-meddelande")
    amira.fill(text="Kan ni ringa oss i morgon?")
    amira.press("Skicka meddelandet")
    amira.says("Kan ni ringa oss i morgon?", "Inte läst än")
    amira.look("meddelanden")


def clock(moment) -> str:
    return f"{moment:%H.%M}"


def set_routine(yusuf) -> None:
    """All days, at the hour that is twelve hours away, so that the test's own time passes none; Johan watches."""
    yusuf.open("/kallelser/")
    yusuf.follow("Rutin för bevakning")
    yusuf.look("rutin")
    for box in yusuf.page.locator("input[name='weekdays']").all():
        box.check()
    for box in yusuf.page.locator("input[name='watchers']").all():
        box.uncheck()
    yusuf.fill(times=clock(timezone.localtime() + timedelta(hours=12)))
    yusuf.page.get_by_label(re.compile("Johan Demoström")).check()
    yusuf.press("Spara rutinen")
    yusuf.says("Rutinen är sparad")


def call_the_kommun(hanna) -> tuple[str, str]:
    """A kallelse from the vårdcentral to the kommun; the case's address and number."""
    hanna.follow("Starta ny SIP")
    hanna.fill(number=NUMBER)
    hanna.press("Fortsätt")
    hanna.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none")
    hanna.fill(given_name="Astrid", family_name="Testholm", need_found_on="i går")
    hanna.pick(reasons="coordination")
    hanna.press("Starta SIP")
    case = path_of(hanna)
    hanna.open(f"{case}aktorer/ny/?q={KOMMUN}")
    hanna.page.get_by_role("radio", name=re.compile(KOMMUN)).first.check()
    hanna.press("Lägg till enheten")
    hanna.open(f"{case}samtycke/nytt/")
    hanna.pick(share_answer="yes", planning_answer="yes", form="written")
    hanna.fill(given_on="i dag")
    for box in hanna.page.locator("input[name='units']").all():
        box.check()
    hanna.press("Spara svaret")
    book(hanna, case)
    hanna.open(case)
    return case, re.search(r"ärende (\d{4}-\d{4,})", hanna.text())[1]


def watch_times_pass(stack, reference: str, number: int) -> None:
    """The kallelse came so long ago that the unit should have looked that many times since."""
    hours = 24 * number - 6
    with stack.administrator() as database:
        database.execute(
            "update notifications_inboxitem set created_at = now() - make_interval(hours => %s)"
            " where reference = %s and kind = 'call'", [hours, reference],
        )  # fmt: skip


def told(reader, reference: str) -> int:
    """How many notices the reader has of the case."""
    reader.open("/aviseringar/")
    return reader.text().count(f"ärende {reference}")


def test_an_unread_kallelse_goes_to_watcher_coordinator_and_manager_each_once(someone, stack):
    """The clock is moved past one watch time after another; who opens it ends it (GUI-3)."""
    amira, yusuf, hanna = someone("amira.falun"), someone("yusuf.falun"), someone("hanna.dalarna")
    johan, helena = someone("johan.falun"), someone("helena.falun")
    set_routine(yusuf)
    case, reference = call_the_kommun(hanna)
    amira.open("/kallelser/?visa=olast")
    amira.says("Kallelse", reference)
    steps = [(johan, "Den som bevakar"), (helena, "SIP-samordnaren"), (yusuf, "Chefen")]
    for number, (reader, title) in enumerate(steps, start=1):
        watch_times_pass(stack, reference, number)
        wait_for(lambda reader=reader: told(reader, reference) == 1, SECONDS)
        assert [told(other, reference) for other, _ in steps] == [1] * number + [0] * (len(steps) - number)
        amira.open("/kallelser/?visa=olast")
        amira.says("passerat", f"{title} har fått veta det")
    assert told(amira, reference) == 0
    amira.open("/kallelser/?visa=olast")
    amira.look("inkorg-passerat")
    # The coordinator learns which case it is about, and nothing of whom.
    told(helena, reference)
    helena.look("aviseringar-samordnare")
    assert "Testholm" not in helena.text() and helena.page.goto(helena.url + f"{case}meddelanden/").status >= 403
    yusuf.open("/aviseringar/val/")
    yusuf.look("aviseringar-val")
    told(johan, reference)
    johan.look("aviseringar")
    johan.press("Markera alla som lästa")
    assert "Ny" not in johan.text().split()

    amira.open("/kallelser/?visa=olast")
    row = amira.page.locator("main tr", has_text=reference).filter(has_text="Kallelse")
    row.get_by_role("button", name="Öppna").click()
    amira.says("Astrid Testholm")
    watch_times_pass(stack, reference, 5)
    amira.open("/kallelser/")
    row = amira.page.locator("main tr", has_text=reference).filter(has_text="Kallelse")
    assert "av Amira" in row.inner_text() and "passerat" not in row.inner_text()
    row.get_by_role("button", name="Kvittera").click()
    amira.open("/kallelser/?visa=klara")
    amira.says("Kvitterad", "av Amira")
