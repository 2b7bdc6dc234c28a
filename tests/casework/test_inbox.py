"""The unit's inbox: unread, read and handled; a case that is not visible is only a reference (KAL-2, KAL-3)."""

import pytest

from meetings.models import Invitation
from notifications import services as notifications
from notifications.models import InboxItem
from tests import build
from tests.casework import walk
from tests.casework.test_worklist import text


def items(cast, who="party"):
    with cast.acting(who):
        return list(InboxItem.objects.order_by("pk"))


@pytest.fixture
def called(cast):
    return walk.called(cast)


def test_a_kallelse_lies_unread_with_its_case_and_is_counted(cast, browse, called):
    response = browse("hanna.dalarna").get("/kallelser/")
    assert f"/arenden/{called.pk}/" in response.content.decode()
    assert "Oläst" in text(response)
    assert "Astrid Testholm" in text(response)
    assert "Kallelser 1 olästa" in text(response)


def test_opening_marks_it_read_and_goes_to_the_case(cast, browse, called):
    client = browse("hanna.dalarna")
    (item,) = [i for i in items(cast) if i.kind == "call"]
    response = client.post(f"/kallelser/{item.pk}/oppna/")
    assert response["Location"] == f"/arenden/{called.pk}/"
    with cast.acting("party"):
        item.refresh_from_db()
        assert item.read_by == cast.party.assignment_id
        assert Invitation.objects.get(unit=cast.unit("party")).read_at is not None
    assert client.get("/kallelser/?visa=olast").content.decode().count("/oppna/") == len(items(cast)) - 1


def test_handled_rows_move_to_their_own_list(cast, browse, called):
    client = browse("hanna.dalarna")
    (item,) = [i for i in items(cast) if i.kind == "call"]
    client.post(f"/kallelser/{item.pk}/klar/")
    assert f"/kallelser/{item.pk}/" not in client.get("/kallelser/").content.decode()
    assert item.reference in client.get("/kallelser/?visa=klara").content.decode()


def test_another_units_row_does_not_exist(cast, browse, called):
    (item,) = [i for i in items(cast) if i.kind == "call"]
    for username in ("linda.kalmar", "maria.falun", "amira.falun"):
        client = browse(username)
        assert client.post(f"/kallelser/{item.pk}/oppna/").status_code == 404
        assert client.post(f"/kallelser/{item.pk}/klar/").status_code == 404


def test_a_case_that_is_not_visible_is_only_a_reference(cast, browse):
    case = build.case(cast)
    with cast.acting("owner"):
        notifications.put_in_inbox(unit_id=cast.unit("reception").pk, case_id=case.pk, kind="call", key="x")
    client = browse("bo.falun")
    response = client.get("/kallelser/")
    assert case.reference in text(response)
    assert "Din enhet ser inte ärendet" in text(response)
    assert str(case.pk) not in response.content.decode()
    assert "Astrid" not in text(response)
    (item,) = items(cast, "reception")
    assert client.post(f"/kallelser/{item.pk}/oppna/")["Location"] == "/kallelser/"


def test_a_reader_reads_and_marks_nothing(cast, browse):
    case = build.case(cast)
    with cast.acting("owner"):
        notifications.put_in_inbox(unit_id=cast.owner.unit_id, case_id=case.pk, kind="deadline", key="x")
    (item,) = [i for i in items(cast, "owner") if i.kind == "deadline"]
    client = browse("mattias.falun")
    assert "/oppna/" not in client.get("/kallelser/").content.decode()
    assert client.post(f"/kallelser/{item.pk}/oppna/").status_code == 403


@pytest.mark.parametrize("username", ["anders.falun", "gunilla.dalarna"])
def test_administrators_have_no_inbox(cast, browse, username):
    assert browse(username).get("/kallelser/").status_code == 403


def test_queries_are_constant_in_rows(cast, browse):
    client = browse("hanna.dalarna")
    numbers = walk.numbers()
    for number in numbers[:3]:
        walk.called(cast, number=number)
    few = walk.queries(client, "/kallelser/")
    for number in numbers[3:12]:
        walk.called(cast, number=number)
    assert len(few) == len(walk.queries(client, "/kallelser/")) <= 12
