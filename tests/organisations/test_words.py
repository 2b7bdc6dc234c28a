"""An organisation's own words in the plain-language check: who keeps them, who is given them, who never sees them."""

from time import sleep

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from organisations import words
from organisations.errors import RuleBroken
from organisations.word_models import OwnWord
from plainlanguage.check import check
from tests.cast import Cast
from tests.plans.test_at_once import at_once

LIST, ADD = "/administration/ordlista/", "/administration/ordlista/nytt/"
WORD = {"pattern": "multimodal*", "kind": "jargon", "suggestion": "flera sorters träning"}
TEXT = "Du får multimodal träning."


def hints(cast, who) -> list[str]:
    with cast.acting(who):
        return [hint.suggestion for hint in check(TEXT, words=words.word_list(cast.actor(who))).hints]


def own_rows(cast) -> list[OwnWord]:
    with cast.acting("admin"):
        return list(OwnWord.objects.order_by("pk"))


@pytest.fixture
def anders(browse):
    return browse("anders.falun")


def test_a_word_is_added_listed_used_and_ended(cast, anders):
    before = hints(cast, "owner")
    assert anders.post(ADD, WORD).status_code == 302
    page = anders.get(LIST).content.decode()
    assert "multimodal*" in page and "flera sorters träning" in page
    assert hints(cast, "owner") == [WORD["suggestion"]] != before
    [row] = own_rows(cast)
    end = reverse("organisations:end_word", args=[row.pk])
    assert "Avsluta ordet" in anders.get(end).content.decode()
    assert anders.post(end).status_code == 302
    assert hints(cast, "owner") == before
    assert "Avslutat" in anders.get(LIST).content.decode()
    assert anders.post(end).status_code == 409
    [ended] = own_rows(cast)
    assert ended.valid_to == timezone.localdate() and ended.ended_by_id == ended.added_by_id
    with cast.acting("admin"):
        logged = set(AuditEvent.objects.filter(object_type="word").values_list("event", flat=True))
    assert logged == {"organisations.word_added", "organisations.word_ended"}


def test_an_ended_word_can_be_added_again(cast, anders):
    for _ in range(2):
        assert anders.post(ADD, WORD).status_code == 302
        newest = own_rows(cast)[-1]
        assert anders.post(reverse("organisations:end_word", args=[newest.pk])).status_code == 302
    assert len(own_rows(cast)) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pattern": ""}, "Skriv ordet."),
        ({"pattern": "a*"}, words.BAD_WORD),
        ({"pattern": "<script>"}, words.BAD_WORD),
        ({"suggestion": ""}, "Skriv vad man kan skriva i stället."),
        ({"kind": "nonsense"}, "Välj"),
        ({"pattern": "x" * 81}, "Skriv högst 80 tecken."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(cast, anders, changed, said):
    page = anders.post(ADD, WORD | changed)
    assert page.status_code == 200 and said.replace("<", "&lt;") in page.content.decode()
    assert own_rows(cast) == []


def test_the_same_word_stands_once(anders):
    assert anders.post(ADD, WORD).status_code == 302
    again = anders.post(ADD, WORD | {"pattern": "MULTIMODAL*"})
    assert "Ordet finns redan" in again.content.decode()


def test_of_two_who_add_the_same_word_at_once_the_second_is_told(own_database, monkeypatch):
    """Also when the letters differ, and with the words kept in the form."""
    cast, record = Cast(), words.log.record

    def slowly(*args, **kwargs):
        record(*args, **kwargs)
        sleep(0.3)

    monkeypatch.setattr(words.log, "record", slowly)

    def add(pattern):
        def done():
            with cast.acting("admin"):
                by = cast.actor("admin")
                return words.add_word(kind="jargon", pattern=pattern, suggestion="träning", by=by).pattern

        return done

    found = at_once(add("multimodal*"), add("Multimodal*"))
    [refused] = [one for one in found if isinstance(one, RuleBroken)]
    assert refused.field == "pattern" and len(own_rows(cast)) == 1


def test_of_two_who_end_a_word_at_once_one_has_ended_it(cast):
    with cast.acting("admin"):
        made = words.add_word(kind="jargon", pattern="multimodal*", suggestion="x", by=cast.actor("admin"))
        words.end_word(word=OwnWord.objects.get(pk=made.pk), by=cast.actor("admin"))
        # Read before the other ended it.
        with pytest.raises(RuleBroken):
            words.end_word(word=made, by=cast.actor("admin"))
    with cast.acting("admin"):
        assert AuditEvent.objects.filter(event="organisations.word_ended").count() == 1


def test_an_allowed_word_needs_no_suggestion_and_silences_the_hint(cast, anders):
    assert anders.post(ADD, {"pattern": "BUP", "kind": "allowed", "suggestion": ""}).status_code == 302
    with cast.acting("owner"):
        assert check("Du går på BUP.", words=words.word_list(cast.actor("owner"))).hints == ()
    with cast.acting("party"):
        assert check("Du går på BUP.", words=words.word_list(cast.actor("party"))).hints != ()


def test_the_guideline_administrator_keeps_words_too(cast, browse):
    gunilla = browse("gunilla.dalarna")
    assert gunilla.post(ADD, WORD).status_code == 302
    assert WORD["suggestion"] in hints(cast, "party") and WORD["suggestion"] not in hints(cast, "owner")


@pytest.mark.parametrize("username", ["amira.falun", "yusuf.falun", "mattias.falun", "helena.falun"])
def test_nobody_else_keeps_words(browse, username):
    client = browse(username)
    assert client.get(LIST).status_code == client.get(ADD).status_code == client.post(ADD, WORD).status_code == 403


def test_another_organisations_words_do_not_exist(cast, anders, browse):
    assert anders.post(ADD, WORD).status_code == 302
    [row] = own_rows(cast)
    gunilla = browse("gunilla.dalarna")
    assert "multimodal" not in gunilla.get(LIST).content.decode()
    assert gunilla.post(reverse("organisations:end_word", args=[row.pk])).status_code == 404
    # Not only the pages: the database shows and takes nothing of another organisation, whatever is asked.
    with cast.acting("guideline_admin"):
        assert OwnWord.objects.count() == 0
        with pytest.raises(RuleBroken):
            words.end_word(word=row, by=cast.actor("guideline_admin"))
        assert OwnWord.objects.filter(pk=row.pk).update(valid_to=timezone.localdate()) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "insert into organisations_ownword"
        " (organisation_id, kind, pattern, suggestion, valid_from, added_by_id, added_at)"
        " values (%s, 'jargon', 'ord', 'x', current_date, %s, now())",
        "delete from organisations_ownword where organisation_id = %s or added_by_id = %s",
        "update organisations_ownword set suggestion = 'x' where organisation_id = %s or added_by_id = %s",
    ],
)
def test_the_database_refuses_a_handler_and_every_deletion(cast, statement):
    with cast.acting("owner"):
        values = [cast.unit("owner").organisation_id, cast.assignment("owner").pk]
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)


def test_the_person_and_the_jobs_see_no_words(cast, anders):
    assert anders.post(ADD, WORD).status_code == 302
    for who in ("citizen", "worker"):
        with cast.acting(who), pytest.raises(DatabaseError), transaction.atomic():
            OwnWord.objects.count()
