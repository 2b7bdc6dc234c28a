"""Who takes part: units from the directory with duty or invitation, relatives without an account, huvudansvarig."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import guidelines, services
from cases.models import Case, Participation
from consent.models import ReceivedVersion
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from organisations.models import Guideline, Unit
from tests import build

RELATIVE = {
    "kind": "relative",
    "name": "Ingrid Testholm",
    "relation": "dotter",
    "tell_by": "phone",
    "phone": "0701740612",
}


@pytest.fixture
def client(cast, browse):
    return browse("amira.falun")


def address(name, case, *more):
    return reverse(f"cases:{name}", args=[case.pk, *more])


def ending(case, party):
    return reverse("plans:end_party", args=[case.pk, party])


def unit(name):
    return Unit.objects.with_names().get(name=name)


class TestDuty:
    """KAL-3: the guideline says who has the duty."""

    @pytest.mark.parametrize(
        ("name", "guideline", "duty"),
        [
            ("Övningsängens vårdcentral, Falun", "dalarna", True),
            ("Hemsjukvården Falun", "dalarna", True),
            ("Elevhälsan Falun", "dalarna", False),
            ("Elevhälsan Kalmar", "kalmar", True),
            ("Övningsskolan F–9 Kalmar", "kalmar", True),
            ("Övningsfriskolan, Lerum", "vastra_gotaland", True),
            ("Provbackens hälsocentral, Kalmar", "kalmar", True),
            ("Provbackens hälsocentral, Kalmar", "law_only", True),
            ("Försäkringskassan, samverkan", "kalmar", False),
            ("Bridge för alla, Falun", "dalarna", False),
        ],
    )
    def test_by_guideline(self, cast, name, guideline, duty):
        with cast.acting("owner"):
            found = guidelines.obligation_of(unit(name), Guideline.objects.get(slug=guideline))
        assert found == ("duty" if duty else "invited")

    def test_a_private_provider_where_the_agreement_leaves_them_out(self, cast):
        with cast.acting("owner"):
            agreement = Guideline.objects.get(slug="kalmar")
            agreement.duty_sectors = ["region", "kommun"]
            assert guidelines.obligation_of(unit("Provbackens hälsocentral, Kalmar"), agreement) == "invited"


class TestUnits:
    def test_the_receptions_of_the_county_are_offered_first(self, cast, client):
        page = client.get(address("add_party", build.case(cast))).content.decode()
        assert "Mottagning för kallelser, Region Dalarna" in page
        assert "Mottagning för kallelser, Region Kalmar län" not in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=vårdcentral falun", "Övningsängens vårdcentral, Falun"),
            ("q=kalmar&kind=rehab", "Kommunrehab Kalmar"),
            ("kind=ward", "Medicinavdelning 901, Falun"),
            ("q=försäkringskassan", "Försäkringskassan, samverkan"),
        ],
    )
    def test_search_by_name_place_and_kind(self, cast, client, query, found):
        page = client.get(address("add_party", build.case(cast)) + "?" + quote(query, safe="=&"))
        assert found in page.content.decode()

    @pytest.mark.parametrize("query", ["q=xyzxyz", "q=%00", "q=%25", "kind=nonsense", "q=" + "a" * 3000])
    def test_an_odd_question_finds_nothing_and_breaks_nothing(self, cast, client, query):
        response = client.get(address("add_party", build.case(cast)) + "?" + query)
        assert response.status_code == 200

    def test_added_with_the_duty_of_the_guideline(self, cast, client):
        case = build.case(cast)
        response = client.post(address("add_party", case), {"unit": cast.unit("party").pk})
        assert response["Location"] == address("parties", case)
        page = client.get(address("parties", case)).content.decode()
        assert "Övningsängens vårdcentral, Falun" in page
        assert "Skyldig att delta" in page
        assert "Ser inte ärendet än" in page

    def test_the_handler_may_say_otherwise(self, cast, client):
        case = build.case(cast)
        client.post(address("add_party", case), {"unit": unit("Elevhälsan Falun").pk, "obligation": "duty"})
        with cast.acting("owner"):
            assert case.participations.get().obligation == "duty"

    def test_twice_is_once(self, cast, client):
        case = build.case(cast)
        for _ in range(2):
            response = client.post(address("add_party", case), {"unit": cast.unit("party").pk})
        assert "är redan med" in response.content.decode()
        with cast.acting("owner"):
            assert case.participations.count() == 1

    @pytest.mark.parametrize("value", ["", "0", "x", "999999999999999999999", "\x00"])
    def test_no_such_unit(self, cast, client, value):
        case = build.case(cast)
        response = client.post(address("add_party", case), {"unit": value, "x": "1"})
        assert response.status_code == 200
        assert 'class="errorsum"' in response.content.decode()
        with cast.acting("owner"):
            assert not case.participations.exists()

    def test_the_owner_is_already_there(self, cast, client):
        case = build.case(cast)
        response = client.post(address("add_party", case), {"unit": cast.unit("owner").pk})
        assert "är redan med" in response.content.decode()

    def test_who_sees_the_case_is_shown(self, cast, client, browse):
        case = build.consented(cast)
        page = client.get(address("parties", case)).content.decode()
        assert page.count("Ser ärendet") == 2
        assert "Ser inte ärendet än" not in page
        party = browse("hanna.dalarna").get(address("parties", case)).content.decode()
        assert "Lägg till enhet" not in party
        assert page.count("Avsluta medverkan") == 1

    def test_as_many_queries_for_three_parties_as_for_thirty(self, cast, client):
        case = build.case(cast)
        found = list(Unit.objects.exclude(pk=case.owner_unit_id).order_by("pk")[:30])

        def count():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address("parties", case)).status_code == 200
            return len(queries)

        counts = []
        for some in (found[:3], found[3:]):
            with cast.acting("owner"):
                Participation.objects.bulk_create(
                    Participation(case=case, unit=u, obligation="duty", added_by_id=cast.owner.assignment_id)
                    for u in some
                )
            counts.append(count())
        assert counts[0] == counts[1] <= 18

    def test_ending_takes_the_access_away(self, cast, client, browse):
        case = build.consented(cast)
        with cast.acting("owner"):
            party = case.participations.get(unit=cast.unit("party"))
        page = client.get(ending(case, party.pk)).content.decode()
        assert "Avsluta medverkan för" in page
        assert client.post(ending(case, party.pk), {"why": ""}).status_code == 200
        assert browse("hanna.dalarna").get(address("parties", case)).status_code == 200
        response = client.post(ending(case, party.pk), {"why": "Personen vill det"})
        assert response["Location"] == address("parties", case)
        assert browse("hanna.dalarna").get(address("parties", case)).status_code == 404
        with cast.acting("party"):
            copy = ReceivedVersion.objects.get(kind="access_ended")
            assert copy.reference == case.reference
            assert InboxItem.objects.filter(kind="consent_ended").count() == 1
        assert "Personen vill det" in client.get(reverse("casework:events", args=[case.pk])).content.decode()
        again = client.post(ending(case, party.pk), {"why": "Igen"})
        assert "deltar redan inte längre" in again.content.decode()

    def test_a_party_that_never_saw_it_gets_nothing(self, cast, client):
        case = build.case(cast)
        party = build.party(cast, case)
        assert client.post(ending(case, party.pk), {"why": "Fel enhet"}).status_code == 302
        with cast.acting("party"):
            assert not ReceivedVersion.objects.exists()
            assert not InboxItem.objects.exists()

    def test_a_party_of_another_case_is_not_found(self, cast, client):
        mine, other = build.case(cast), build.case(cast)
        party = build.party(cast, other)
        assert client.post(ending(mine, party.pk), {"why": "x"}).status_code == 404
        assert client.get(ending(mine, 999999)).status_code == 404


class TestOutside:
    """MED-4: relatives take part without an account, told by letter or phone."""

    def test_added_shown_and_removed(self, cast, client):
        case = build.case(cast)
        assert client.post(address("add_outside", case), RELATIVE).status_code == 302
        page = client.get(address("parties", case)).content.decode()
        assert "Ingrid Testholm" in page
        assert "070-174 06 12" in page
        with cast.acting("owner"):
            person = case.outside_parties.get()
        assert "Ta bort Ingrid Testholm?" in client.get(address("remove_outside", case, person.pk)).content.decode()
        assert client.post(address("remove_outside", case, person.pk)).status_code == 302
        assert "Ingrid Testholm" not in client.get(address("parties", case)).content.decode()
        assert client.post(address("remove_outside", case, person.pk)).status_code == 404
        with cast.acting("owner"):
            assert not [e for e in case.events.all() if "Ingrid" in e.text + e.detail]

    def test_twice_is_once(self, cast, client):
        case = build.case(cast)
        for _ in range(2):
            response = client.post(address("add_outside", case), RELATIVE)
        assert "finns redan" in response.content.decode()
        with cast.acting("owner"):
            assert case.outside_parties.count() == 1

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"name": ""}, "Fyll i namn."),
            ({"name": "x" * 9000}, "Skriv högst 150 tecken."),
            ({"name": "\x00"}, "tecken"),
            ({"kind": ""}, "Vem är det?"),
            ({"kind": "alien"}, "alien"),
            ({"tell_by": ""}, "Hur meddelar ni personen?"),
            ({"phone": ""}, "Skriv ett telefonnummer."),
            ({"tell_by": "letter"}, "Skriv en postadress."),
        ],
    )
    def test_bad_input(self, cast, client, changes, message):
        case = build.case(cast)
        response = client.post(address("add_outside", case), RELATIVE | changes)
        assert response.status_code == 200
        assert message in response.content.decode()
        with cast.acting("owner"):
            assert not case.outside_parties.exists()


class TestLead:
    """UPP-2: the role moves at any time, with the person's view; the case follows to the new unit."""

    def test_not_before_the_plan(self, cast, client):
        case = build.consented(cast)
        with cast.acting("owner"), pytest.raises(RuleBroken, match="när planen godkänns"):
            services.change_lead(
                case=Case.objects.with_names().get(pk=case.pk),
                assignment=cast.assignment("party"),
                person_view="Bra",
                by=cast.owner,
            )

    def test_moves_with_the_view_and_the_case(self, cast, client, browse):
        case = build.planned(cast).case
        chosen = cast.assignment("party")
        response = client.post(address("change_lead", case), {"assignment": chosen.pk, "person_view": "Det känns bra."})
        assert response["Location"] == reverse("casework:worklist")
        now = build.reread(cast, case, who="party")
        assert (now.lead_staff_id, now.lead_unit_id, now.owner_unit_id) == (
            chosen.staff_id,
            chosen.unit_id,
            chosen.unit_id,
        )
        with cast.acting("party"):
            assert now.lead_terms.filter(to_on=None).get().person_view == "Det känns bra."
        page = browse("hanna.dalarna").get(address("parties", case)).content.decode()
        assert "Personens syn: Det känns bra." in page

    @pytest.mark.parametrize("who", ["outsider", "same_kommun", "reader"])
    def test_only_handlers_who_see_the_case(self, cast, client, who):
        case = build.planned(cast).case
        response = client.post(
            address("change_lead", case), {"assignment": cast.assignment(who).pk, "person_view": "Ja"}
        )
        assert response.status_code == 200
        assert "Välj någon i listan." in response.content.decode()

    def test_the_same_again_and_without_a_view(self, cast, client):
        case = build.planned(cast).case
        same = client.post(
            address("change_lead", case), {"assignment": cast.assignment("owner").pk, "person_view": "Ja"}
        )
        assert "är redan huvudansvarig" in same.content.decode()
        silent = client.post(address("change_lead", case), {"assignment": cast.assignment("party").pk})
        assert "Skriv vad personen tycker om bytet." in silent.content.decode()
