"""The person's log extract: who, unit, when, what, in plain Swedish, on the page and as PDF (PDL 8:5)."""

import io

import pikepdf
import pytest
from django.utils import timezone

from logbook import drawing, extracts
from organisations.actors import worker_actor
from organisations.errors import RuleBroken
from organisations.scope import acting_for
from plans.pdf_queue import MAX_ATTEMPTS
from tests.citizen.story import signed_in

PERIOD = {"from_on": "2026-01-01", "to_on": "i dag"}


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked, "readable for a screen reader"
        return len(document.pages)


def ordered(read, *, total=1, rows=(), **values):
    day = timezone.localdate()
    given = {"name": "A", "place": "x", "from_on": day, "to_on": day, "by": read.cast.actor("manager")} | values
    with read.cast.acting("manager"):
        return extracts.order(person_id=read.case.person_id, rows=list(rows), total=total, **given)


def test_the_person_gets_all_units_in_plain_words(read):
    client, address = signed_in("elsa.medborgare"), f"/min-plan/{read.case.pk}/lasare/utdrag/"
    assert address in client.get(f"/min-plan/{read.case.pk}/lasare/").content.decode()
    assert client.post(address, PERIOD).status_code == 302
    (made,) = read.extracts()
    rows = made.context["rows"]
    assert {read.cast.unit(who).name for who in ("owner", "party")} <= {row["where"].rpartition(",")[0] for row in rows}
    assert {"Läste", "Skrev ner vad du har sagt ja eller nej till"} <= {row["what"] for row in rows}
    assert all(row["at"] and row["who"] for row in rows) and "_" not in str(rows)
    assert "Görs nu" in client.get(address).content.decode()
    assert drawing.draw_due() == 1
    assert f"{address}{made.pk}/" in client.get(address).content.decode()
    response = client.get(f"{address}{made.pk}/")
    assert response["Content-Disposition"] == 'attachment; filename="loggutdrag.pdf"'
    assert pages_of(response.content) >= 1
    assert signed_in("ingeborg.medborgare").get(f"{address}{made.pk}/").status_code == 404


def test_a_manager_gives_out_the_units_own_part(read):
    client, address = signed_in("yusuf.falun"), f"/arenden/{read.case.pk}/logg/utdrag/"
    assert client.post(address, PERIOD).status_code == 302
    (made,) = read.extracts()
    assert {row["where"] for row in made.context["rows"]} == {read.cast.unit("owner").name}
    drawing.draw_due()
    assert pages_of(client.get(f"{address}{made.pk}/").content) >= 1
    asked = "select count(*) from audit_event where object_id = %s or (event = 'logbook.printed' and case_id = %s)"
    assert read.sql(asked, str(made.pk), read.case.pk) == [(2,)]
    # Neither the unit's other staff, nor the party's, nor the person by way of the staff's list.
    for who in ("amira.falun", "mattias.falun", "hanna.dalarna"):
        assert signed_in(who).get(f"{address}{made.pk}/").status_code == 403, who
    assert signed_in("elsa.medborgare").get(f"/min-plan/{read.case.pk}/lasare/utdrag/{made.pk}/").status_code == 404


def test_what_cannot_be_ordered_is_said(read):
    client, address = signed_in("yusuf.falun"), f"/arenden/{read.case.pk}/logg/utdrag/"
    for sent, sentence in (
        ({"from_on": "2020-01-01", "to_on": "2020-02-01"}, "Ingen har läst under den tiden"),
        ({"from_on": "2026-02-01", "to_on": "2026-01-01"}, "Sista dagen måste vara"),
        ({"from_on": "", "to_on": "blå"}, "Skriv första dagen"),
    ):
        response = client.post(address, sent)
        assert response.status_code == 200 and sentence in response.content.decode()
    with pytest.raises(RuleBroken, match="Välj en kortare tid"):
        ordered(read, total=extracts.MAX_ROWS + 1)
    assert read.extracts() == []


def test_there_is_a_ceiling_a_day(read):
    for _ in range(extracts.PER_DAY):
        ordered(read)
    with pytest.raises(RuleBroken, match="många listor"):
        ordered(read)


def test_the_longest_list_is_drawn(read):
    row = {"at": "1 mars 2026 kl. 8.12", "who": "Amira Provsten, biståndshandläggare", "where": "Biståndsenheten",
           "what": "Läste ärendet", "why": "Vård och omsorg"}  # fmt: skip
    ordered(read, total=extracts.MAX_ROWS, rows=[row] * extracts.MAX_ROWS)
    drawing.draw_due()
    (made,) = read.extracts()
    assert made.state == "ready" and pages_of(bytes(made.pdf)) > 10


def test_a_list_that_cannot_be_drawn_is_given_up(read):
    ordered(read, rows=[{"at": "x" * 9000}])
    for _ in range(MAX_ATTEMPTS + 1):
        drawing.draw_due()
    assert [made.state for made in read.extracts()] == ["failed"]
    assert "kortare tid" in signed_in("yusuf.falun").get(f"/arenden/{read.case.pk}/logg/utdrag/").content.decode()


def test_old_lists_are_thrown_away_and_young_ones_cannot_be(read):
    old, young = ordered(read), ordered(read)
    read.sql("update logbook_logextract set created_at = now() - interval '31 days' where id = %s", old.pk)
    with acting_for(worker_actor("test")):
        assert type(young).objects.filter(pk=young.pk).delete()[0] == 0
    drawing.draw_due()
    assert [made.pk for made in read.extracts()] == [young.pk]


def test_another_unit_and_another_person_see_no_list(read):
    ordered(read)
    for who in ("party", "outsider", "admin", "citizen", "other_citizen"):
        with read.cast.acting(who):
            assert type(read.extracts()[0]).objects.count() == 0, who
