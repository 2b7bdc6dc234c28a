"""A child with two guardians who answer on their own: staff see who is missing, and a guardian reads it as ”du”."""

import re

import pytest

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
CHILD, VERA = "20230905-2393", "19850512-2393"


def start_case(amira) -> str:
    amira.follow("Starta ny SIP")
    amira.fill(number=CHILD)
    amira.press("Fortsätt")
    amira.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none")
    amira.fill(given_name="Bo", family_name="Sagodal", need_found_on="i går")
    amira.pick(reasons="coordination")
    amira.fill(reason_note="Du behöver stöd hemma och i förskolan.")
    amira.press("Starta SIP")
    return re.search(r"/arenden/[0-9a-f-]{36}/", amira.page.url)[0]


def write_in(amira, case: str, name: str, number: str = "", *, hidden: bool = False) -> None:
    amira.open(f"{case}foretradare/ny/")
    amira.pick(ground="guardian")
    amira.fill(name=name, number=number, phone="070-174 06 99", evidence="Utdrag ur folkbokföringen",
               evidence_on="i dag", from_on="2023-09-05")  # fmt: skip
    if hidden:
        amira.page.locator("input[name='contact_hidden']").check()
        amira.look("skriv-in-foretradare")
    amira.press("Spara")
    amira.says(name, "Det här ändras med åldern")


def answer(amira, case: str, name: str) -> None:
    """One guardian's two answers, written in by itself."""
    amira.open(f"{case}samtycke/nytt/")
    heading = amira.page.get_by_role("heading", name=name, exact=True)
    section = amira.page.locator("section.formsec section.formsec", has=heading)
    for part in ("share", "planning"):
        section.locator(f"input[name$='_{part}'][value='yes']").check()
    amira.pick(form="written", child_mature="False")
    amira.fill(child_view="Jag vill leka.", maturity_note="Tre år, bedömt av Amira.", given_on="i dag")
    amira.look("samtycke-barn")
    amira.press("Spara svaret")


def test_two_guardians(someone):
    amira = someone("amira.falun")
    case = start_case(amira)
    write_in(amira, case, "Vera Sagodal", VERA)
    write_in(amira, case, "Ture Sagodal", hidden=True)
    amira.look("vem-far-svara")

    answer(amira, case, "Vera Sagodal")
    amira.says("Svar saknas från Ture Sagodal")
    amira.look("samtycke-ett-svar")
    amira.open(case)
    amira.says("Fråga den som inte har svarat om samtycke")
    amira.open(f"{case}moten/kalla/")
    amira.says("Ture Sagodal")

    answer(amira, case, "Ture Sagodal")
    amira.says("Samtycket är sparat")
    amira.open(case)
    assert "Fråga den som inte har svarat" not in amira.text()

    vera = someone("vera.medborgare")
    vera.open(case.replace("/arenden/", "/min-plan/") + "samtycke/")
    vera.says("Du", "har sagt ja", "Ture Sagodal", "De här får svara")
    assert "070-174" not in vera.text()
    vera.look("mina-samtycken")
