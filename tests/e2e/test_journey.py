"""One SIP from the need to the person's hand: two huvudmän, a coordinator and the person, in real browsers."""

import re
import time
import urllib.request

import pytest
from django.utils import timezone
from playwright.sync_api import expect

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
NUMBER = "19460818-8886"


def wait_for(what, seconds: float = 60):
    """Call `what` until it gives something true."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        found = what()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError("det kom inte i tid")


def caught(stack) -> str:
    with urllib.request.urlopen(stack.mailbox, timeout=5) as answer:
        return answer.read().decode()


def path_of(reader) -> str:
    return re.search(r"/arenden/[0-9a-f-]{36}/", reader.page.url)[0]


def start_case(amira, number: str = NUMBER) -> str:
    """INI-1 to INI-9: the need, found yesterday, by the kommun's biståndshandläggare."""
    amira.look("arbetslista")
    amira.follow("Starta ny SIP")
    amira.look("starta-1")
    amira.fill(number=number)
    amira.press("Fortsätt")
    amira.look("starta-2")
    amira.press("Starta SIP")
    expect(amira.page).to_have_title(re.compile(r"^Fel: "))
    amira.look("starta-2-fel")
    amira.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none")
    amira.fill(given_name="Astrid", family_name="Testholm", phone="070-174 06 12", need_found_on="i går")
    amira.pick(reasons="coordination")
    amira.fill(reason_note="Du har svårt att klara vardagen hemma efter att du ramlade.")
    amira.press("Starta SIP")
    amira.says("Astrid Testholm", "Gör det här nu")
    amira.look("arende-nytt")
    return path_of(amira)


def no_call_before_consent(amira, case: str) -> None:
    amira.open(f"{case}moten/kalla/")
    amira.says("samtycke")
    amira.look("kalla-utan-samtycke")


def take_part(amira, case: str) -> None:
    """KAL-1, KAL-3, MED-4: the region's primary care, and a daughter who is told on the phone."""
    amira.open(f"{case}aktorer/ny/?q=Övningsängens vårdcentral")
    amira.look("lagg-till-enhet")
    amira.page.get_by_role("radio", name=re.compile("Övningsängens vårdcentral")).first.check()
    amira.press("Lägg till enheten")
    amira.open(f"{case}deltagare/ny/")
    amira.look("lagg-till-narstaende")
    amira.pick(kind="relative", tell_by="phone")
    amira.fill(name="Ingrid Testholm", relation="dotter", phone="070-174 06 13")
    amira.page.locator("main form button.btn").last.click()
    amira.look("aktorer")


def consent(amira, case: str) -> None:
    """SAM-1 to SAM-4: two answers, spoken, for the units that take part."""
    amira.open(f"{case}samtycke/nytt/")
    amira.look("samtycke")
    amira.pick(share_answer="yes", planning_answer="yes", form="spoken")
    amira.fill(informed_how="Amira berättade vid ett hembesök vad en SIP är och vilka som får veta vad.")
    for box in amira.page.locator("input[name='units']").all():
        box.check()
    amira.page.locator("main form button.btn[type='submit']").last.click()
    amira.open(f"{case}samtycke/")
    amira.says("Ja")
    amira.look("samtycke-historik")


def call(amira, case: str) -> None:
    """KAL-2: today, late, so that the meeting can be held in the same journey."""
    amira.open(f"{case}moten/kalla/")
    amira.look("kalla")
    amira.fill(day=timezone.localdate().isoformat(), starts="23.14", ends="23.59", place="Hemma hos Astrid")
    amira.pick(form="physical")
    amira.fill(agenda="Vad som är viktigt för dig, vem som gör vad, och när vi ses igen.")
    for box in amira.page.locator("input[name='units'], input[name='outside']").all():
        box.check()
    amira.press("Skicka kallelsen")
    amira.says("Övningsängens vårdcentral")
    amira.look("kallelse-skickad")


def answer(hanna) -> None:
    """KAL-5: the region's unit finds the kallelse in its inbox and says who comes."""
    hanna.open("/kallelser/")
    hanna.says("Kallelse")
    hanna.look("inkorg")
    hanna.page.locator("main table button, main table a, main li button, main li a").first.click()
    case = path_of(hanna)
    hanna.look("arende-kallad")
    hanna.open(f"{case}moten/")
    hanna.follow("Svara")
    hanna.look("svara")
    hanna.pick(answer="coming")
    hanna.fill(attendee_name="Hanna Utkastlind", attendee_title="distriktssköterska")
    hanna.page.locator("main form button.btn").last.click()
    hanna.says("Hanna Utkastlind")


def hold(amira, case: str) -> None:
    amira.open(f"{case}moten/")
    amira.says("Hanna Utkastlind")
    amira.look("moten")
    amira.page.locator("a[href$='/hallet/']").first.click()
    amira.look("narvaro")
    for box in amira.page.locator("input[name='came']").all():
        box.check()
    amira.page.locator("main form button.btn").last.click()


def write_plan(amira, case: str) -> None:
    """PLA-1 to PLA-4, in the blocks that the person will read."""
    amira.open(f"{case}plan/")
    amira.look("plan-tom")
    amira.press("Skriv planen")
    amira.look("plan-skriv")
    for block, values in {
        "viktigt": {"what_matters": "Att kunna bo kvar hemma och gå till syföreningen."},
        "huvudmal": {"long_term_goal": "Du bor kvar hemma och känner dig trygg."},
    }.items():
        amira.open(f"{case}plan/skriv/{block}/")
        amira.look(f"block-{block}")
        amira.fill(**values)
        amira.page.locator("main form button.btn").first.click()
    amira.open(f"{case}plan/skriv/mal/nytt/")
    amira.look("mal")
    amira.fill(text="Du rör dig hemma utan att ramla.", how_noticed="Du har inte ramlat på två månader.")
    amira.pick(horizon="short")
    amira.page.locator("main form button.btn").first.click()
    amira.open(f"{case}plan/skriv/")
    goal = re.search(r"/mal/(\d+)/insats/", amira.page.content())[1]
    for text, who, when in (
        ("Vi tränar balans hemma hos dig.", "Övningsängens vårdcentral", "Tisdagar och fredagar"),
        ("Du gör de tre övningarna.", "själv", "Varje dag"),
    ):
        amira.open(f"{case}plan/skriv/mal/{goal}/insats/")
        amira.look("insats")
        amira.choose("who", who)
        amira.fill(text=text, frequency=when)
        amira.page.locator("input[name='ongoing']").check()
        amira.page.locator("main form button.btn").first.click()


def confirm(hanna, case: str) -> None:
    """PLA-4: the region's unit says yes to what the kommun wrote that it does, and that its part is done."""
    hanna.open(f"{case}plan/")
    hanna.says("föreslagit 1 insats åt er")
    hanna.open(f"{case}plan/skriv/")
    hanna.press("Bekräfta att ni gör det")
    hanna.says("Insatsen är bekräftad.")
    hanna.press("Vår del är klar")
    hanna.look("var-del-klar")


def approve(amira, case: str) -> None:
    """PLA-3, UPP-1: refused by name first; then whole, and the region's nurse becomes huvudansvarig."""
    amira.open(f"{case}plan/godkann/")
    amira.look("godkann-saknas")
    amira.says("uppföljning")
    amira.open(f"{case}plan/skriv/andra/")
    amira.page.locator("input[name='others_nobody']").check()
    amira.page.locator("main form button.btn").first.click()
    amira.open(f"{case}plan/skriv/ansvar/")
    amira.look("block-ansvar")
    amira.choose("lead", "Hanna Utkastlind")
    amira.page.locator("main form button.btn").first.click()
    amira.open(f"{case}plan/skriv/uppfoljning/")
    amira.look("block-uppfoljning")
    later = timezone.localdate() + timezone.timedelta(days=60)
    amira.fill(follow_up_on=later.isoformat(), follow_up_time="13.30", follow_up_place="Hemma hos dig")
    amira.page.locator("main form button.btn").first.click()
    amira.open(f"{case}plan/godkann/")
    amira.look("godkann")
    amira.page.locator("input[name='person_agrees']").check()
    amira.fill(agreed_how="Du sa ja på mötet.")
    amira.pick(agreed_form="said")
    amira.page.locator("input[name='agreed_before']").first.check()
    amira.page.locator("main form button.btn").last.click()
    amira.open(f"{case}plan/")
    amira.says("Vi tränar balans hemma hos dig.")
    amira.look("plan-galler")


def download(reader, case: str) -> bytes:
    """PLA-6: made by a worker, fetched when it is ready, under a name that tells nothing."""

    def ready():
        reader.open(f"{case}plan/versioner/1/pdf/")
        return reader.page.locator("a[href$='plan.pdf'], form[action$='plan.pdf'] button").count()

    wait_for(ready, 120)
    reader.look("pdf")
    with reader.page.expect_download() as found:
        reader.page.locator("a[href$='plan.pdf'], form[action$='plan.pdf'] button").first.click()
    assert found.value.suggested_filename == "plan.pdf"
    return found.value.path().read_bytes()


def follow_up(hanna, case: str) -> None:
    """UPP-1 to UPP-5: huvudansvarig asks how it has gone, and the next version carries on."""
    hanna.open("/uppfoljningar/")
    hanna.look("att-folja-upp")
    hanna.open(f"{case}uppfoljning/ny/")
    hanna.look("uppfoljning")
    hanna.fill(held_on="i dag", how_it_went="Du går med rollator och har inte ramlat.", helped="Övningarna.")
    hanna.pick(coordination_needed="yes", outcome="revise")
    later = timezone.localdate() + timezone.timedelta(days=90)
    hanna.fill(next_on=later.isoformat())
    hanna.page.locator("main form button.btn").last.click()
    hanna.open(f"{case}plan/skriv/")
    hanna.says("Vi tränar balans hemma hos dig.")
    hanna.look("plan-version-2")
    hanna.open(f"{case}plan/skriv/andra/")
    if not hanna.page.locator("input[name='others_nobody']").is_checked():
        hanna.page.locator("input[name='others_nobody']").check()
        hanna.page.locator("main form button.btn").first.click()
    hanna.open(f"{case}plan/godkann/")
    hanna.page.locator("input[name='person_agrees']").check()
    hanna.fill(agreed_how="Du sa ja hemma hos dig.")
    hanna.pick(agreed_form="said")
    hanna.page.locator("input[name='agreed_before']").first.check()
    hanna.page.locator("main form button.btn").last.click()
    hanna.open(f"{case}plan/versioner/")
    hanna.says("2", "1")
    hanna.look("versioner")
    hanna.open(f"{case}plan/versioner/1/jamfor/2/")
    hanna.look("jamfor")


def deviate(amira, hanna, case: str) -> None:
    """AVV-1: reported, received, answered, closed."""
    amira.open(f"{case}avvikelser/")
    amira.look("avvikelser")
    amira.page.locator("main a.btn").first.click()
    amira.look("avvikelse-ny")
    amira.pick(kind="measure")
    amira.page.locator("select[name='concerns_unit']").select_option(index=1)
    amira.fill(text="Träningen började två veckor senare än vi hade kommit överens om.")
    amira.page.locator("main form button.btn").last.click()
    amira.look("avvikelse")
    address = amira.page.url.removeprefix(amira.url)
    hanna.open(address)
    hanna.press("Ta emot")
    hanna.look("avvikelse-mottagen")
    hanna.follow("Skriv ert svar")
    hanna.look("avvikelse-svar")
    hanna.fill(answer="Fysioterapeuten var sjuk. Nu finns en ersättare.")
    hanna.page.locator("main form button.btn").last.click()
    amira.open(address)
    amira.follow("Läs svaret och avsluta")
    amira.look("avvikelse-avsluta")
    amira.page.locator("main form button.btn").last.click()
    amira.says("Avslutad")


def read_as_the_person(astrid) -> None:
    """MED-1: what the person sees, and nothing else."""
    astrid.says("Hej Astrid", "Vi tränar balans hemma hos dig.", "Hanna")
    astrid.look("min-plan")
    assert "Träningen började två veckor senare" not in astrid.page.content()
    links = astrid.page.locator("main a[href^='/min-plan/']").all()
    addresses = dict.fromkeys(link.get_attribute("href") for link in links)
    for address in [address for address in addresses if not address.endswith("/pdf/")][:6]:
        astrid.open(address)
        astrid.look("min-plan-mer")
    astrid.open("/arenden/")
    assert "Mina ärenden" not in astrid.text()


def close(hanna, case: str) -> None:
    """AVS-1 to AVS-3: a reason, read-only afterwards."""
    hanna.open(f"{case}avsluta/")
    hanna.look("avsluta")
    hanna.pick(reason="goals_met")
    hanna.fill(note="Du och vi är överens om att målen är nådda.")
    hanna.page.locator("main form button.btn").last.click()
    hanna.open(case)
    hanna.look("avslutat")
    hanna.open(f"{case}moten/kalla/")
    hanna.says("avslutat")


def test_one_sip_from_the_need_to_the_persons_hand(someone, stack):
    amira = someone("amira.falun")
    case = start_case(amira)
    no_call_before_consent(amira, case)
    take_part(amira, case)
    hanna = someone("hanna.dalarna")
    hanna.open(case)
    assert "Astrid" not in hanna.page.content()
    consent(amira, case)
    before = caught(stack).count("nytt meddelande")
    call(amira, case)
    wait_for(lambda: caught(stack).count("nytt meddelande") > before)
    answer(hanna)
    hold(amira, case)
    write_plan(amira, case)
    confirm(hanna, case)
    approve(amira, case)
    assert download(amira, case).startswith(b"%PDF-")
    follow_up(hanna, case)
    deviate(amira, hanna, case)
    read_as_the_person(someone("astrid.medborgare"))
    close(hanna, case)
    helena = someone("helena.falun")
    helena.look("samordnarens-lista")
    assert "Testholm" not in helena.page.content()
    anders = someone("anders.falun")
    anders.look("administration")
    anders.open(case)
    assert "Astrid" not in anders.page.content()
    assert "Astrid" not in caught(stack) and "SIP" not in re.sub(r"<[^>]+>", "", caught(stack)).replace(
        "SIP-stödet", ""
    )
