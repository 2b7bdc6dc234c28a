"""The queue of letters: a task of the unit until somebody has posted it, and who that was (trust.md 6)."""

import re

import pytest
from django.db import connections

from cases import protection
from correspondence import letters
from notifications import sending, templates
from organisations import swedish
from plans.pdf import PdfFailed
from tests import build
from tests.casework.test_worklist import text
from tests.cast import Cast
from tests.correspondence.test_channels import choose, deliveries, fresh, tell


@pytest.fixture
def letter(own_database):
    cast = Cast()
    case = build.case(cast, address="Provgatan 4 B")
    with cast.acting("owner"):
        protection.change(case=fresh(case), protection="protected", reason="Aviserat", by=cast.owner)
    tell(cast, case)
    assert sending.send_due() >= 1
    return cast, case


def test_a_letter_waits_until_somebody_has_posted_it(letter, browse):
    cast, case = letter
    assert deliveries() == [("letter", "to_post")]
    client = browse("amira.falun")
    page = client.get("/brev/")
    assert f"Ärende {case.reference}" in text(page) and "Skatteverket" in text(page)
    assert "Ett brev att posta" in text(client.get("/kallelser/?visa=olast"))
    pk = re.search(r"/brev/([0-9a-f-]{36})/pdf/", page.content.decode())[1]
    pdf = client.get(f"/brev/{pk}/pdf/")
    assert pdf["Content-Disposition"] == 'attachment; filename="brev.pdf"'
    assert pdf.content.startswith(b"%PDF-")
    assert client.post(f"/brev/{pk}/postat/", {"on": "i morgon"}).status_code == 200
    assert browse("hanna.dalarna").get(f"/brev/{pk}/pdf/").status_code == 404
    assert browse("hanna.dalarna").post(f"/brev/{pk}/postat/", {"on": "i dag"}).status_code == 404
    assert client.post(f"/brev/{pk}/postat/", {"on": "i dag"}).status_code == 302
    assert deliveries() == [("letter", "sent")]
    assert "Ett brev att posta" not in text(client.get("/kallelser/"))
    assert f"av {cast.staff('owner').name}" in text(client.get("/kallelser/?visa=klara"))
    posted = text(client.get("/brev/?visa=postade"))
    assert f"Postat {swedish.short_date(build.today())} av {cast.staff('owner').name}" in posted
    assert client.post(f"/brev/{pk}/postat/", {"on": "i dag"}).status_code == 200
    with cast.acting("owner"):
        row = letters.own(cast.owner).get()
        assert (row.posted_on, row.posted_by_id) == (build.today(), cast.owner.assignment_id)


def test_the_lists_of_letters_cost_the_same(letter, browse):
    client = browse("amira.falun")
    assert client.get("/brev/").status_code == client.get("/brev/?visa=postade&sida=x").status_code == 200


def test_the_letters_text_is_the_neutral_one():
    assert (
        "Logga in" in templates.render(templates.PERSON, url="https://a.example", citizen_url="https://b.example").body
    )


def test_what_waits_follows_the_case_to_its_new_owner(letter, browse):
    """Nobody else can post the letter or phone: the old owner may not even see the case."""
    cast, case = letter
    with connections["admin"].cursor() as cursor:
        cursor.execute("update cases_case set owner_unit_id = %s where id = %s", [cast.unit("party").pk, case.pk])
    assert f"Ärende {case.reference}" in text(browse("hanna.dalarna").get("/brev/"))
    assert case.reference not in text(browse("amira.falun").get("/brev/"))
    item = re.search(
        r"/kallelser/(\d+)/oppna/", browse("hanna.dalarna").get("/kallelser/?visa=olast").content.decode()
    )[0]
    assert browse("hanna.dalarna").post(item)["Location"] == "/brev/"


def test_a_letter_is_posted_once_and_on_a_day_when_it_was_there(letter, browse):
    _, _ = letter
    client = browse("amira.falun")
    pk = re.search(r"/brev/([0-9a-f-]{36})/pdf/", client.get("/brev/").content.decode())[1]
    for day in ("2020-01-01", "", "x" * 5000, "nu\x00", "2026-02-30"):
        assert client.post(f"/brev/{pk}/postat/", {"on": day}).status_code in (200, 400), day
    assert deliveries() == [("letter", "to_post")]
    answers = [client.post(f"/brev/{pk}/postat/", {"on": "i dag"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 200]
    assert "väntar inte längre" in text(answers[1])


def test_the_queue_says_when_the_address_is_missing(own_database, browse):
    cast = Cast()
    case = build.case(cast, address="")
    choose(cast, case, channel="letter", address="")
    tell(cast, case)
    sending.send_due()
    assert "Adressen saknas i ärendet" in text(browse("amira.falun").get("/brev/"))


def test_readers_and_other_roles_post_nothing(letter, browse):
    pk = re.search(r"/brev/([0-9a-f-]{36})/pdf/", browse("amira.falun").get("/brev/").content.decode())[1]
    for who in ("mattias.falun", "helena.falun", "anders.falun", "linda.kalmar"):
        client = browse(who)
        assert client.get(f"/brev/{pk}/pdf/").status_code in (403, 404), who
        assert client.post(f"/brev/{pk}/postat/", {"on": "i dag"}).status_code in (403, 404), who
    assert deliveries() == [("letter", "to_post")]


def test_a_letter_that_cannot_be_drawn_is_said_calmly(letter, browse, monkeypatch):
    def fail(*_args, **_kwargs):
        raise PdfFailed("time ran out")

    client = browse("amira.falun")
    pk = re.search(r"/brev/([0-9a-f-]{36})/pdf/", client.get("/brev/").content.decode())[1]
    monkeypatch.setattr(letters, "render_notice", fail)
    answer = client.get(f"/brev/{pk}/pdf/")
    assert answer.status_code == 409 and "Försök igen om en stund" in text(answer)
    assert deliveries() == [("letter", "to_post")]
