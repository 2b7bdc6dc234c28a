"""Short messages between the parties: who gets them, who has read them, and what the person is told (KAL-11)."""

import threading
from unicodedata import normalize
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils.html import escape

from audit.labels import LABELS
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


# Broken on purpose


def test_the_same_form_with_another_text_is_another_message(cast, case):
    """Back in the browser, another text, Send again: nothing that was written may be lost."""
    key = uuid4()
    for said in ("Först", "Sedan", "Sedan"):
        send(cast, case, key=key, said=said)
    assert seen(cast, "party") == ["Först", "Sedan"]


def test_a_key_of_another_case_or_unit_steals_nothing(cast, case):
    key = uuid4()
    send(cast, case, key=key)
    other = build.consented(cast, number="199002222397")
    send(cast, other, key=key)
    send(cast, case, key=key, who="party")
    assert len(seen(cast, "party")) == 3


HOSTILE = ("<script>alert(1)</script>", "{{ 7*7 }}{% now 'Y' %}", "Z" + "\u0301" * 400, "👩\u200d👧" * 50, "';--")


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_text_is_shown_as_it_was_written(cast, browse, case, said):
    amira, address = browse("amira.falun"), f"/arenden/{case.pk}/meddelanden/"
    assert amira.post(f"{address}nytt/", {"key": uuid4(), "text": said}).status_code == 302
    page = amira.get(address).content.decode()
    assert "<script>alert" not in page and ">49" not in page and escape(normalize("NFC", said)) in page


@pytest.mark.parametrize("said", ["", "   \n ", "\u202eedeM\u202c", "x" * 1_000_000, "nu\x00ll", "\ud800", "å" * 1001])
def test_what_cannot_be_kept_is_refused_on_the_form(cast, browse, case, said):
    answer = browse("amira.falun").post(
        f"/arenden/{case.pk}/meddelanden/nytt/", {"key": uuid4(), "text": said.encode("utf-8", "surrogatepass")}
    )
    assert answer.status_code in (200, 302, 400, 413)
    assert all(0 < len(text) <= 1000 for text in seen(cast, "owner"))
    with cast.acting("owner"):
        assert answer.status_code == 302 or not CaseMessage.objects.exists()


@pytest.mark.parametrize("values", [{"key": ""}, {"key": "nej"}, {"to": "999999"}, {"to": "x"}, {"topics": "inget"}])
def test_a_form_that_was_tampered_with_sends_nothing(cast, browse, case, values):
    sent = {"key": str(uuid4()), "text": "Hej"} | values
    assert browse("amira.falun").post(f"/arenden/{case.pk}/meddelanden/nytt/", sent).status_code in (200, 400)
    assert seen(cast, "owner") == []


def test_other_units_roles_and_citizens_get_nowhere(cast, browse, case):
    send(cast, case)
    build_access(cast.user("citizen"), case)
    address = f"/arenden/{case.pk}/meddelanden/"
    for who, wanted in (("linda.kalmar", 404), ("sofia.falun", 404), ("helena.falun", 403), ("anders.falun", 403)):
        client = browse(who)
        assert client.get(address).status_code in (wanted, 403, 404), who
        assert client.post(f"{address}nytt/", {"key": uuid4(), "text": "Hej"}).status_code in (403, 404), who
        assert client.post(f"{address}last/").status_code in (403, 404), who
    assert browse("elsa.medborgare").get(address).status_code in (302, 403, 404)
    assert seen(cast, "owner") == ["Vi ringer i morgon."]


def test_after_the_withdrawal_the_messages_are_gone_for_the_party(cast, browse, case):
    """Page, sending, reading, search, list and the menu's count (SAM-5)."""
    send(cast, case, said="Om Astrids hälsa")
    hanna = browse("hanna.dalarna")
    assert "1 nytt meddelande" in text(hanna.get(f"/arenden/{case.pk}/meddelanden/"))
    with cast.acting("owner"):
        consents.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.owner)
    address = f"/arenden/{case.pk}/meddelanden/"
    answers = [hanna.get(address), hanna.post(f"{address}last/"), hanna.post(f"{address}nytt/", {"text": "x"})]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    for page in ("/arenden/", "/kallelser/?visa=olast", "/mottaget/", "/aviseringar/"):
        assert "Astrids" not in text(hanna.get(page)), page
    assert "Meddelande i ärendet" not in text(hanna.get("/kallelser/?visa=olast"))
    assert seen(cast, "party") == []


def test_a_message_of_a_hidden_topic_leaves_no_trace_for_a_narrowed_party(cast, browse):
    """No row, no notice, no count, and no line in the case's history either (SAM-3)."""
    case = build.case(cast)
    for who in ("party", "same_kommun"):
        build.party(cast, case, who=who)
    with cast.acting("owner"):
        money = mask_of(["economy"])
    build.consent(cast, case, units=("party", "same_kommun"), exempted={cast.unit("party").pk: money})
    send(cast, case, said="Om pengar", topics=money)
    send(cast, case, said="Till en enda", topics=money, to=[cast.unit("same_kommun")])
    with cast.acting("party"):
        assert not InboxItem.objects.filter(kind="message").exists()
        assert not CaseEvent.objects.filter(kind="message").exists()
        assert selectors.unread(case, cast.party).count() == 0
    page = text(browse("hanna.dalarna").get(f"/arenden/{case.pk}/meddelanden/"))
    assert "Inga meddelanden" in page and "pengar" not in page
    with cast.acting("same_kommun"):
        # Of the one that was to it alone the history says nothing to anybody.
        assert CaseEvent.objects.filter(kind="message").count() == 1


def test_writing_stands_in_the_log_and_in_the_persons_extract(cast, case):
    send(cast, case)
    found = AuditEvent.objects.using("admin").get(event="messages.sent", person_id=case.person_id)
    assert (found.case_id, LABELS[found.event]) == (case.pk, "Skrev ett meddelande")
    assert "Vi ringer" not in str(found.__dict__)
