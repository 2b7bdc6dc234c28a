"""The register, the guidelines and the demo's units and people agree with each other and with the official numbers."""

import re
from collections import Counter

import pytest

from tests.data.files import (
    ALL,
    AUTHORITIES,
    DEADLINES,
    DEMO,
    GUIDELINES,
    KINDS,
    KOMMUNER,
    NUMBERS,
    ORGANISATIONS,
    REGIONS,
    ROLES,
    SHORT,
    STAFF,
    UNITS,
    age,
    involved,
    luhn_ok,
    strings,
)


class TestRegister:
    def test_all_regions_and_kommuner_are_there(self):
        assert len({row["lanskod"] for row in REGIONS}) == len(REGIONS) == 21
        assert len({row["kommunkod"] for row in KOMMUNER}) == len(KOMMUNER) == 290
        assert {row["lanskod"] for row in KOMMUNER} == {row["lanskod"] for row in REGIONS}

    def test_every_kommun_code_begins_with_its_county(self):
        assert all(row["kommunkod"][:2] == row["lanskod"] for row in KOMMUNER)

    def test_organisation_numbers_have_a_right_check_digit(self):
        numbers = [row["orgnr"] for row in REGIONS] + list(ORGANISATIONS)
        assert all(re.fullmatch(r"\d{10}", number) and luhn_ok(number) for number in numbers)

    def test_the_demo_uses_the_registers_organisation_numbers(self):
        register = {row["lanskod"]: row["orgnr"] for row in REGIONS}
        for row in DEMO["organisations"]:
            for code in row["authority_codes"]:
                assert code in AUTHORITIES
                assert len(code) == 4 or register[code] == row["orgnr"]

    def test_the_test_numbers_are_whole(self):
        assert len(NUMBERS) == 170
        assert all(luhn_ok(number[2:]) for number in NUMBERS)


class TestGuidelines:
    """GUI-2: four agreements as configuration."""

    def by_slug(self):
        return {guideline["slug"]: guideline for guideline in GUIDELINES["guidelines"]}

    def test_five_guidelines(self):
        assert list(self.by_slug()) == ["law_only", "dalarna", "kalmar", "vastra_gotaland", "stockholm"]
        assert [g["county_code"] for g in GUIDELINES["guidelines"]] == [None, "20", "08", "14", "01"]

    def test_every_deadline_is_there_once_with_its_id_and_source(self):
        for guideline in GUIDELINES["guidelines"]:
            rules = guideline["deadline_rules"]
            assert {rule["kind"]: rule["id"] for rule in rules} == DEADLINES
            once = {(rule["kind"], rule["care_type"], rule["valid_from"]) for rule in rules}
            assert len(once) == len(rules)
            assert all(rule["source"] and rule["unit"] in ("days", "weekdays", "hours") for rule in rules)

    def test_a_statutory_deadline_never_moves_and_names_its_law(self):
        for guideline in GUIDELINES["guidelines"]:
            statutory = {rule["kind"]: rule for rule in guideline["deadline_rules"] if rule["statutory"]}
            own_payment = guideline["slug"] == "stockholm"
            assert set(statutory) == {"call_after_ready", "admission_notice"} | (set() if own_payment else {"payment"})
            assert all(rule["moves"] == "none" for rule in statutory.values())
            assert all(rule["legal_source"].startswith("LUS") for rule in statutory.values())
            assert (statutory["call_after_ready"]["amount"], statutory["admission_notice"]["amount"]) == (3, 24)

    def test_school_is_an_equal_party_only_where_the_county_says_so(self):
        with_school = [slug for slug, g in self.by_slug().items() if "school" in g["duty_sectors"]]
        assert with_school == ["kalmar", "vastra_gotaland"]
        assert with_school == [slug for slug, g in self.by_slug().items() if "school" in g["starters"]["sectors"]]

    def test_what_is_special_for_kalmar(self):
        kalmar = self.by_slug()["kalmar"]
        assert kalmar["approver_at_discharge"] == "ward"
        assert kalmar["signatures"] == "none"
        assert kalmar["inbox_watch_times"] == ["08:00", "11:30", "15:00"]
        assert {rule["kind"]: rule["amount"] for rule in kalmar["deadline_rules"]}["meeting"] == 21

    def test_what_is_special_for_stockholm(self):
        """Its own payment days, by care type, and an average that is a report."""
        stockholm = self.by_slug()["stockholm"]
        own = {r["care_type"]: r for r in stockholm["deadline_rules"] if r["kind"] == "payment"}
        assert {care: (r["amount"], r["day_zero_counts"], r["cutoff_time"]) for care, r in own.items()} == {
            "somatic": (2, True, "12:00"),
            "psychiatric": (5, False, "12:00"),
        }
        models = {slug: g["payment_model"] for slug, g in self.by_slug().items()}
        assert [slug for slug, model in models.items() if model == "average"] == ["stockholm"]

    def test_starters_are_known_kinds_of_unit(self):
        assert all(set(g["starters"]["unit_kinds"]) <= KINDS for g in GUIDELINES["guidelines"])

    def test_kva_codes(self):
        for guideline in GUIDELINES["guidelines"]:
            assert [code["code"] for code in guideline["kva_codes"]] == ["AU124", "AU125", "AW010"]

    def test_legal_sources_have_dates(self):
        assert all(source["valid_from"] for source in GUIDELINES["legal_sources"])


class TestUnits:
    def test_keys_are_unique_and_parents_exist_in_the_same_organisation(self):
        assert len(UNITS) == len(DEMO["units"])
        for unit in UNITS.values():
            assert unit["organisation"] in ORGANISATIONS
            if unit["parent"]:
                assert UNITS[unit["parent"]]["organisation"] == unit["organisation"]

    def test_kind_reception_and_authority(self):
        for unit in UNITS.values():
            assert unit["kind"] in KINDS
            assert unit["is_reception"] == (unit["kind"] == "reception")
            assert unit["acts_for"] is None or unit["acts_for"] in AUTHORITIES

    def test_every_authority_of_the_counties_has_a_reception(self):
        receptions = {unit["acts_for"] for unit in UNITS.values() if unit["is_reception"]}
        assert receptions == {"20", "2080", "2081", "08", "0880", "0883", "14", "1441"}

    def test_gotland_is_one_legal_entity_with_two_roles(self):
        units = [unit for unit in UNITS.values() if unit["organisation"] == "2120000803"]
        assert {unit["acts_for"] for unit in units} == {None, "09", "0980"}

    def test_a_private_provider_acts_for_the_region(self):
        unit = UNITS["kal-hc-provbacken"]
        assert ORGANISATIONS[unit["organisation"]]["kind"] == "private" and unit["acts_for"] == "08"

    def test_agencies_act_for_no_authority(self):
        assert all(u["acts_for"] is None for u in UNITS.values() if u["kind"] in ("agency", "association"))

    def test_addresses_are_fictional_and_unique(self):
        phones = [unit["phone"] for unit in UNITS.values()]
        assert all(re.fullmatch(r"08-465 004 \d\d", phone) for phone in phones)
        assert len(phones) == len(set(phones))
        assert all(re.fullmatch(r"[a-z0-9-]+@[a-z]+\.example", unit["email"]) for unit in UNITS.values())
        hsa = [unit["hsa_id"] for unit in UNITS.values() if unit["hsa_id"]]
        assert len(hsa) == len(set(hsa)) and all(re.fullmatch(r"SE\d{10}-D\d{4}", one) for one in hsa)

    def test_staff_and_accounts(self):
        assert len(STAFF) == len(DEMO["staff"])
        for member in STAFF.values():
            assert member["assignments"]
            for assignment in member["assignments"]:
                assert assignment["unit"] in UNITS and assignment["role"] in ROLES
        names = [member["username"] for member in STAFF.values() if member["username"]]
        names += [citizen["username"] for citizen in DEMO["citizens"]]
        assert len(names) == len(set(names)) and all(re.fullmatch(r"[a-z]+\.[a-z]+", name) for name in names)
        assert any(len(member["assignments"]) > 1 and member["username"] for member in STAFF.values())

    def test_every_role_has_an_account(self):
        roles = {a["role"] for member in STAFF.values() if member["username"] for a in member["assignments"]}
        assert roles == ROLES

    def test_every_authority_and_region_has_an_administrator(self):
        admins = {
            UNITS[a["unit"]]["organisation"]
            for member in STAFF.values()
            for a in member["assignments"]
            if a["role"] == "org_admin"
        }
        assert {o["orgnr"] for o in DEMO["organisations"] if o["authority_codes"]} <= admins

    @pytest.mark.parametrize(
        "unit",
        "falun-bistand dal-vc-ovningsangen falun-hemsjukvard dal-psyk kalmar-bistand kal-hc-provviken "
        "kalmar-hemsjukvard".split(),
    )
    def test_a_main_unit_has_two_handlers_and_8_to_12_cases(self, unit):
        handlers = [
            member["key"] for member in STAFF.values() if {"unit": unit, "role": "handler"} in member["assignments"]
        ]
        assert len(handlers) >= 2
        assert 8 <= len(involved(unit)) <= 12


class TestPeople:
    def test_numbers_are_official_and_used_once(self):
        numbers = [case["person"]["number"] for case in ALL]
        assert not [key for key, times in Counter(numbers).items() if times > 1]
        for case in ALL:
            assert NUMBERS[case["person"]["number"]] == case["person"]["number_type"]

    def test_citizens_have_the_persons_numbers_or_an_own_one(self):
        persons = {case["key"]: case["person"]["number"] for case in ALL}
        for citizen in DEMO["citizens"]:
            assert NUMBERS[citizen["personnummer"]] == "personnummer"
            own = persons.get(citizen["case"]) == citizen["personnummer"]
            assert own == (citizen["is"] == "person" and citizen["case"] is not None)
            assert own or citizen["personnummer"] not in persons.values()
            assert citizen["is"] == "person" or citizen["child"] == persons[citizen["case"]]

    def test_phone_numbers_are_fictional_and_unique(self):
        phones = [text for text in strings(ALL) if text.startswith("070-")]
        assert all(re.fullmatch(r"070-174 06 \d\d", phone) and phone[-2:] >= "05" for phone in phones)
        assert len(phones) == len(set(phones))

    def test_the_special_people(self):
        assert any(case["person"]["number_type"] == "samordningsnummer" for case in SHORT)
        assert any(case["person"]["given_name"] == "Ŋárát Łukasz" for case in SHORT)
        hidden = [case["person"] for case in SHORT if case["person"]["protection"] != "none"]
        assert hidden and all(person["address"] == "" for person in hidden)

    def test_every_child_has_guardians_with_an_answer_and_a_view(self):
        children = [case for case in ALL if age(case["person"]["number"]) < 18]
        assert len(children) >= 4 and any(len(c["consent"]["guardians"]) == 2 for c in children)
        for child in children:
            assert child["consent"]["given_by"] == "guardians"
            assert child["consent"]["guardians"] and child["consent"]["child_view"]
            if child["consent"]["share_answer"] == "yes":
                assert all(guardian["share_answer"] == "yes" for guardian in child["consent"]["guardians"])
        assert all(not c["consent"] or not c["consent"]["guardians"] for c in ALL if c not in children)
