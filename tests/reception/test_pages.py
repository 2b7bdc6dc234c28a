"""The administrator's pages for the reception's rules."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reception.models import RoutingRule
from tests.build_forwarding import rule, unit

HOME, NURSING = "Hemtjänsten Falun Norra", "Hemsjukvården Falun"


def text(response) -> str:
    return response.content.decode()


def test_a_rule_is_written_tried_moved_and_ended(cast, browse):
    admin = browse("anders.falun")
    assert "Ni har inga regler" in text(admin.get(reverse("reception:rules")))
    values = {"area": "Grycksbo", "receiver": unit(HOME).pk, "sample_area": ""}
    assert "Skriv ett exempel som regeln ska fånga." in text(admin.post(reverse("reception:rule_new"), values))
    values["sample_area"] = "Bjursås"
    assert "Exemplet stämmer inte med regelns villkor." in text(admin.post(reverse("reception:rule_new"), values))
    values["sample_area"] = "Grycksbo"
    page = text(admin.post(reverse("reception:rule_new"), values, follow=True))
    assert "Regeln är provad och sparad." in page and "Område Grycksbo" in page and HOME in page
    second = rule(cast, NURSING, profession="sjuksköterska")
    values |= {"area": "Grycksbo, Svärdsjö", "sample_area": "Svärdsjö"}
    with cast.acting("admin"):
        first = RoutingRule.objects.exclude(pk=second.pk).get()
    assert "Svärdsjö" in text(admin.post(reverse("reception:rule", args=[first.pk]), values, follow=True))
    move = reverse("reception:move", args=[second.pk])
    assert "Ordningen är ändrad." in text(admin.post(move, {"till": "upp"}, follow=True))
    assert "Regeln ligger redan först." in text(admin.post(move, {"till": "upp"}, follow=True))
    assert "Avsluta regeln?" in text(admin.get(reverse("reception:end", args=[second.pk])))
    assert "Regeln är avslutad." in text(admin.post(reverse("reception:end", args=[second.pk]), follow=True))
    assert admin.get(reverse("reception:rule", args=[second.pk])).status_code == 404


def test_a_rule_that_is_never_used_is_refused_in_words_on_the_list(cast, browse):
    narrow = rule(cast, NURSING, area="Grycksbo", profession="sjuksköterska")
    rule(cast, HOME, area="Grycksbo")
    page = text(browse("anders.falun").post(reverse("reception:move", args=[narrow.pk]), {"till": "ner"}, follow=True))
    assert "skulle aldrig användas" in page


def test_another_organisations_rule_is_not_there(cast, browse):
    found = rule(cast, HOME, area="Grycksbo")
    stina = browse("stina.dalarna")
    for name in ("rule", "end"):
        assert stina.get(reverse(f"reception:{name}", args=[found.pk])).status_code == 404
    assert "Grycksbo" not in text(stina.get(reverse("reception:rules")))


def test_the_list_asks_as_often_for_thirty_as_for_three(cast, browse):
    admin = browse("anders.falun")

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(reverse("reception:rules")).status_code == 200
        return len(asked)

    for n in range(3):
        rule(cast, HOME, area=f"a{n}", listed=cast.unit("party"))
    few = queries()
    for n in range(3, 30):
        rule(cast, HOME, area=f"a{n}", listed=cast.unit("party"))
    assert queries() == few
