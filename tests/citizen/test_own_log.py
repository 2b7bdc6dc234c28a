"""Who has read about oneself, also when there is no case left to read."""

from consent import corrections
from tests.citizen.story import signed_in
from tests.citizen.test_min_plan import of, page


def test_the_log_is_read_also_when_no_case_can_be(story):
    """A case opened by mistake is hidden, and who read in it meanwhile is not (PDL 8:5, PLA-9)."""
    client = signed_in("ingeborg.medborgare")
    with story.cast.acting("owner"):
        case = type(story.waiting).objects.with_names().get(pk=story.waiting.pk)
        corrections.void(case=case, reason="Ärendet öppnades på fel person.", by=story.cast.owner)
    html = page(client, "/min-plan/")
    assert "Du har ingen plan här" in html and 'href="/min-plan/lasare/"' in html
    assert client.get(of(story.waiting, "lasare/")).status_code == 404
    html = page(client, "/min-plan/lasare/")
    assert story.cast.staff("owner").name in html and "Du själv" not in html
    assert "Du själv" in page(client, "/min-plan/lasare/?egna=1")


def test_who_reads_only_for_a_child_has_no_log_of_its_own(story):
    guardian = signed_in("vera.medborgare")
    assert guardian.get("/min-plan/lasare/").status_code == 404
    assert "/min-plan/lasare/" not in page(guardian, "/min-plan/alla/")
    assert signed_in("amira.falun").get("/min-plan/lasare/").status_code == 404
