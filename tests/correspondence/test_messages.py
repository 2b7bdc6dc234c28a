"""Short messages between the parties: who gets them, who has read them, and what the person is told (KAL-11)."""

import threading
from uuid import uuid4

import pytest
from django.db import connection, connections

from audit.models import AuditEvent
from cases.models import Case, CaseEvent
from cases.topics import mask_of
from consent import services as consents
from consent.models import ReceivedVersion
from correspondence import selectors, services
from correspondence.models import CaseMessage, MessageReading
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from plans import endings
from tests import build
from tests.casework import walk
from tests.casework.test_worklist import text
from tests.cast import Cast


@pytest.fixture
def case(cast):
    return build.consented(cast)


def send(cast, case, *, who="owner", said="Vi ringer i morgon.", **values):
    with cast.acting(who):
        return services.send(case=Case.objects.get(pk=case.pk), text=said, by=cast.actor(who), **values)


def seen(cast, who) -> list[str]:
    with cast.acting(who):
        return list(CaseMessage.objects.order_by("at").values_list("text", flat=True))


def test_a_message_reaches_the_other_party_and_its_reading_is_stamped(cast, case):
    message = send(cast, case)
    with cast.acting("party"):
        item = InboxItem.objects.get(kind="message")
        assert (item.read_at, selectors.unread(case, cast.party).count()) == (None, 1)
        assert services.read(case=Case.objects.get(pk=case.pk), by=cast.party) == 1
        item.refresh_from_db()
        assert item.read_by == cast.party.assignment_id
    with cast.acting("owner"):
        reading = MessageReading.objects.get(message=message)
        assert (reading.unit_id, reading.by_id) == (cast.unit("party").pk, cast.party.assignment_id)
        assert CaseEvent.objects.filter(case=case, kind="message").count() == 1
        assert not InboxItem.objects.filter(kind="message").exists()
    with cast.acting("party"):
        assert services.read(case=Case.objects.get(pk=case.pk), by=cast.party) == 0


def test_the_same_form_twice_is_one_message(cast, case):
    key = uuid4()
    for _ in range(2):
        send(cast, case, key=key)
    assert seen(cast, "party") == ["Vi ringer i morgon."]
    with cast.acting("party"):
        assert InboxItem.objects.filter(kind="message").count() == 1


def test_to_chosen_units_the_others_see_nothing(cast):
    case = build.consented(cast, parties=("party", "same_kommun"))
    message = send(cast, case, to=[cast.unit("party")])
    assert (seen(cast, "party"), seen(cast, "same_kommun")) == (["Vi ringer i morgon."], [])
    with cast.acting("same_kommun"):
        assert not InboxItem.objects.filter(kind="message").exists()
    with cast.acting("party"):
        services.read(case=Case.objects.get(pk=case.pk), by=cast.party)
    with cast.acting("same_kommun"):
        assert not MessageReading.objects.filter(message=message).exists()


def test_a_narrowed_unit_reads_only_of_its_topics(cast):
    """No topic counts as all of them (SAM-3)."""
    case = build.case(cast)
    for who in ("party", "same_kommun"):
        build.party(cast, case, who=who)
    with cast.acting("owner"):
        health, money = mask_of(["health"]), mask_of(["economy"])
    build.consent(cast, case, units=("party", "same_kommun"), exempted={cast.unit("party").pk: money})
    send(cast, case, said="Hemligt")
    send(cast, case, said="Om hälsan", topics=health)
    send(cast, case, said="Om pengar", topics=money)
    assert seen(cast, "party") == ["Om hälsan"]
    with cast.acting("party"):
        assert InboxItem.objects.filter(kind="message").count() == 1
    with pytest.raises(RuleBroken, match="får inte läsa"):
        send(cast, case, to=[cast.unit("party")])


@pytest.mark.parametrize("said", ["", "  ", "x" * 1001])
def test_a_message_has_a_text_of_at_most_a_thousand_characters(cast, case, said):
    with pytest.raises(RuleBroken):
        send(cast, case, said=said)


def test_only_those_who_see_the_case_get_it(cast, case):
    with pytest.raises(RuleBroken, match="ser ärendet"):
        send(cast, case, to=[cast.unit("outsider")])
    with pytest.raises(RuleBroken, match="samtycke först"):
        send(cast, build.case(cast, number="199002222397"))


def test_a_party_that_loses_its_access_keeps_its_own_messages_in_its_copy(cast):
    """What it wrote or got is of its own record; what others wrote to each other is not (SAM-5)."""
    case = build.consented(cast, parties=("party", "same_kommun"))
    send(cast, case, said="Till alla")
    send(cast, case, said="Till vårdcentralen", to=[cast.unit("party")])
    send(cast, case, said="Till kommunen", to=[cast.unit("same_kommun")])
    with cast.acting("owner"):
        consents.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.owner)
    assert seen(cast, "party") == []
    with cast.acting("party"):
        content = ReceivedVersion.objects.filter(kind="access_ended").latest("pk").content
    part = next(part for part in content["sections"] if part["heading"] == "Meddelanden")
    assert [row["text"] for row in part["rows"]] == ["Till alla", "Till vårdcentralen"]


def test_the_person_sees_that_it_was_written_and_not_what(cast, browse):
    user = cast.user("citizen")
    case = build.consented(cast, number="194307199069")
    send(cast, case, said="En text för oss")
    assert AuditEvent.objects.using("admin").filter(event="messages.sent", person_id=case.person_id).count() == 1
    build_access(user, case)
    client = browse("elsa.medborgare")
    pages = [client.get(f"/min-plan/{case.pk}/{part}") for part in ("", "lasare/", "kontakt/")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Skrev ett meddelande till en annan enhet" in text(pages[1])
    assert not any("En text för oss" in page.content.decode() for page in pages)


def build_access(user, case):
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "insert into person_access (user_id, person_id, relation, valid_from, valid_to)"
            " values (%s, %s, 'self', '2000-01-01', '9999-12-31') on conflict do nothing",
            [user.pk, case.person_id],
        )


# Pages


def test_the_text_is_shown_once_the_reading_is_stamped(cast, browse, case):
    amira, hanna = browse("amira.falun"), browse("hanna.dalarna")
    address = f"/arenden/{case.pk}/meddelanden/"
    page = amira.get(f"{address}nytt/").content.decode()
    key = page.split('name="key" value="')[1].split('"')[0]
    answer = amira.post(f"{address}nytt/", {"key": key, "text": "Hej <b>där</b>"})
    assert answer["Location"] == address
    before = hanna.get(address)
    assert "1 nytt meddelande" in text(before) and "Hej" not in text(before)
    assert "oläst" in text(hanna.get("/kallelser/?visa=olast")).lower()
    assert hanna.post(f"{address}last/")["Location"] == address
    after = hanna.get(address).content.decode()
    assert "Hej &lt;b&gt;där&lt;/b&gt;" in after and "nytt meddelande till" not in after
    assert "Läst av" in text(amira.get(address))


def test_opening_it_in_the_inbox_stamps_and_leads_to_the_messages(cast, browse, case):
    send(cast, case)
    with cast.acting("party"):
        item = InboxItem.objects.get(kind="message")
    answer = browse("hanna.dalarna").post(f"/kallelser/{item.pk}/oppna/")
    assert answer["Location"] == f"/arenden/{case.pk}/meddelanden/"
    with cast.acting("owner"):
        assert MessageReading.objects.count() == 1


def test_a_reader_reads_and_leaves_no_stamp(cast, browse, case):
    send(cast, case, who="party", said="Från vårdcentralen")
    client = browse("mattias.falun")
    assert "Från vårdcentralen" in text(client.get(f"/arenden/{case.pk}/meddelanden/"))
    assert client.post(f"/arenden/{case.pk}/meddelanden/last/").status_code == 403


def test_a_closed_case_is_read_and_not_written_in(cast, browse, case):
    send(cast, case, who="party")
    with cast.acting("owner"):
        endings.close(case=Case.objects.with_names().get(pk=case.pk), reason="not_needed", by=cast.owner)
    client = browse("amira.falun")
    assert client.get(f"/arenden/{case.pk}/meddelanden/nytt/").status_code == 403
    assert client.post(f"/arenden/{case.pk}/meddelanden/last/").status_code == 302
    assert "Vi ringer i morgon." in text(client.get(f"/arenden/{case.pk}/meddelanden/"))


def test_queries_are_constant_in_messages(cast, browse, case):
    client = browse("hanna.dalarna")
    for n in range(3):
        send(cast, case, said=f"Nummer {n}")
    few = walk.queries(client, f"/arenden/{case.pk}/meddelanden/")
    for n in range(20):
        send(cast, case, said=f"Fler {n}")
    assert len(few) == len(walk.queries(client, f"/arenden/{case.pk}/meddelanden/"))


def test_two_colleagues_at_once_leave_one_stamp(own_database):
    cast = Cast()
    case = build.consented(cast)
    send(cast, case)
    ready, faults = threading.Barrier(2), []

    def read():
        try:
            ready.wait(10)
            with cast.acting("party"):
                services.read(case=Case.objects.get(pk=case.pk), by=cast.party)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    both = [threading.Thread(target=read) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert faults == []
    with cast.acting("owner"):
        assert MessageReading.objects.count() == 1
