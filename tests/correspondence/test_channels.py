"""A yes to a channel: off until given, the own choice, ended at once; protected identity gets letters (trust.md 6)."""

from datetime import date, datetime

import pytest
from django.db import connections

from cases import protection
from cases.models import Case, CaseEvent
from consent import services as consents
from correspondence import channels
from correspondence.models import ChannelConsent
from notifications import sending, services, templates
from notifications.models import InboxItem
from organisations import swedish
from organisations.errors import RuleBroken
from tests import build
from tests.casework.test_worklist import text
from tests.cast import Cast
from tests.correspondence.test_messages import build_access
from tests.gateway import gateway

NUMBER = "070-174 06 05"


def fresh(case):
    return Case.objects.with_names().get(pk=case.pk)


def choose(cast, case, *, channel="sms", address=NUMBER, who="owner"):
    with cast.acting(who):
        channels.choose(case=fresh(case), channel=channel, address=address, form="spoken", by=cast.actor(who))


def end(cast, case, *, channel="sms", who="owner"):
    with cast.acting(who):
        channels.end(case=fresh(case), channel=channel, form="spoken", by=cast.actor(who))


def tell(cast, case, key="x") -> int:
    with cast.acting("owner"):
        return services.tell_person(case_id=case.pk, key=key)


def deliveries() -> list[tuple]:
    with connections["admin"].cursor() as cursor:
        cursor.execute("select channel, state from notifications_delivery where to_person order by channel, created_at")
        return cursor.fetchall()


def test_nothing_is_sent_to_one_who_has_not_chosen(cast):
    case = build.case(cast)
    assert (tell(cast, case), deliveries()) == (0, [])


def test_each_chosen_channel_gets_one_and_the_same_event_none_more(cast):
    case = build.case(cast)
    choose(cast, case)
    choose(cast, case, channel="email", address="elsa@post.example", who="colleague")
    assert (tell(cast, case), tell(cast, case)) == (2, 0)
    assert [row[0] for row in deliveries()] == ["email", "sms"]


def test_a_new_number_ends_the_old_yes_and_who_and_when_stays(cast):
    case = build.case(cast)
    for address in (NUMBER, NUMBER, "070-174 06 06"):
        choose(cast, case, address=address)
    with cast.acting("owner"):
        rows = list(channels.history(case))
        assert [(row.address, row.ended_at is None) for row in rows] == [("070-174 06 06", True), (NUMBER, False)]
        assert {row.given_by_id for row in rows} == {cast.owner.assignment_id}
        assert NUMBER not in " ".join(CaseEvent.objects.values_list("text", flat=True))


def test_a_no_cancels_what_waits_in_the_same_transaction(cast):
    case = build.case(cast)
    choose(cast, case)
    choose(cast, case, channel="letter", address="")
    tell(cast, case)
    with pytest.raises(RuntimeError), cast.acting("owner"):
        channels.end(case=fresh(case), channel="sms", form="spoken", by=cast.owner)
        raise RuntimeError("the page failed")
    assert deliveries() == [("letter", "due"), ("sms", "due")]
    end(cast, case)
    assert deliveries() == [("letter", "due"), ("sms", "cancelled")]
    end(cast, case)
    assert tell(cast, case, "y") == 1


def test_the_end_of_the_consent_cancels_all_channels(cast):
    case = build.consented(cast)
    choose(cast, case)
    choose(cast, case, channel="letter", address="")
    tell(cast, case)
    with connections["admin"].cursor() as cursor:
        cursor.execute("update notifications_delivery set state = 'to_post' where channel = 'letter'")
    with cast.acting("owner"):
        consents.withdraw(case=fresh(case), form="spoken", by=cast.owner)
    assert deliveries() == [("letter", "cancelled"), ("sms", "cancelled")]
    with cast.acting("owner"):
        # Nothing is left to post.
        assert InboxItem.objects.get(kind="letter").done_at is not None


def test_protected_identity_ends_every_yes_and_only_letters_go(cast):
    case = build.case(cast)
    choose(cast, case)
    tell(cast, case)
    with cast.acting("owner"):
        protection.change(case=fresh(case), protection="protected", reason="Aviserat", by=cast.owner)
    assert deliveries() == [("sms", "cancelled")]
    with cast.acting("owner"):
        assert ChannelConsent.objects.get().ended_form == "guard"
    with pytest.raises(RuleBroken, match="bara brev"):
        choose(cast, case)
    assert tell(cast, case, "y") == 1
    assert deliveries() == [("letter", "due"), ("sms", "cancelled")]


@pytest.mark.parametrize("address", ["", "112", "ring mig", "07X1740605", "070-174 06 05\n070-174 06 06"])
def test_a_number_that_cannot_get_a_message_is_refused(cast, address):
    with pytest.raises(RuleBroken, match="mobilnummer"):
        choose(cast, build.case(cast), address=address)


@pytest.mark.parametrize("channel", ["email", "letter"])
def test_the_persons_own_choice_in_the_own_pages(cast, browse, channel):
    case = build.case(cast, number="194307199069")
    build_access(cast.user("citizen"), case)
    client, address = browse("elsa.medborgare"), f"/min-plan/{case.pk}/kontakt/"
    assert "Nej" in text(client.get(address))
    assert client.post(address, {"channel": channel, "address": "elsa@post.example"}).status_code == 302
    with cast.acting("owner"):
        row = ChannelConsent.objects.get()
        assert (row.channel, row.given_form, row.given_by_id) == (channel, "self", None)
    assert client.post(f"{address}{channel}/avsluta/").status_code == 302
    with cast.acting("owner"):
        assert ChannelConsent.objects.get().ended_form == "self"
    assert client.post(f"{address}in_app/avsluta/").status_code == 302
    assert browse("ingeborg.medborgare").get(address).status_code == 404


def test_a_guardian_reads_and_does_not_choose(cast, browse):
    """The child's number is the child's; the database refuses too."""
    case = build.case(cast, number="194307199069")
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "insert into person_access (user_id, person_id, case_id, relation, valid_from, valid_to)"
            " values (%s, %s, %s, 'guardian', '2000-01-01', '9999-12-31')",
            [cast.user("other_citizen").pk, case.person_id, case.pk],
        )
    choose(cast, case)
    client, address = browse("ingeborg.medborgare"), f"/min-plan/{case.pk}/kontakt/"
    assert NUMBER not in text(client.get(address))
    assert client.post(address, {"channel": "sms", "address": NUMBER}).status_code in (200, 409)
    assert client.post(f"{address}sms/avsluta/").status_code == 409
    with cast.acting("owner"):
        assert ChannelConsent.objects.get().ended_at is None


def test_staff_write_in_and_end_on_the_case_page(cast, browse):
    case = build.consented(cast)
    client, address = browse("hanna.dalarna"), f"/arenden/{case.pk}/kontaktvagar/"
    assert client.post(address, {"channel": "sms", "address": NUMBER, "form": "spoken"})["Location"] == address
    assert NUMBER in text(client.get(address))
    assert client.post(address, {"channel": "sms", "address": "nej", "form": "spoken"}).status_code == 200
    assert client.post(f"{address}sms/avsluta/").status_code == 302
    assert client.post(f"{address}fax/avsluta/").status_code == 404
    assert browse("linda.kalmar").get(address).status_code == 404
    assert browse("mattias.falun").get(address).status_code == 403


# Real sending


@pytest.fixture
def sent_by_sms(own_database, settings):
    cast = Cast()
    case = build.case(cast)
    choose(cast, case)
    settings.SIP_SMS_TOKEN = "hemligt"
    tell(cast, case)
    with connections["admin"].cursor() as cursor:
        # Whatever the clock says when the tests run.
        cursor.execute("update notifications_delivery set due_at = now()")
    with gateway() as phone:
        settings.SIP_SMS_URL = phone.url
        yield cast, case, phone


def test_a_text_message_goes_to_the_number_that_holds_when_it_is_sent(sent_by_sms):
    cast, case, phone = sent_by_sms
    choose(cast, case, address="070-174 06 06")
    assert sending.send_due() == 1
    [message] = phone.taken
    assert (message["to"], phone.faults, phone.tokens) == ("+46701740606", [], ["Bearer hemligt"])
    assert deliveries() == [("sms", "sent")]


def test_what_was_sent_without_knowing_is_not_sent_twice(sent_by_sms):
    _, _, phone = sent_by_sms
    sending.send_due()
    with connections["admin"].cursor() as cursor:
        cursor.execute("update notifications_delivery set state = 'sending', lease_until = now() - interval '1 s'")
    assert sending.send_due() == 1
    assert (len(phone.taken), deliveries()) == (1, [("sms", "sent")])


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (404, "failed"), (429, "due"), (500, "due"), (401, "due"), (503, "due")]
)
def test_the_gateways_no_and_not_now(sent_by_sms, status, state):
    cast, _, phone = sent_by_sms
    phone.status = status
    assert sending.send_due() == 1
    assert deliveries() == [("sms", state)]
    if state == "failed":
        with cast.acting("owner"):
            assert InboxItem.objects.get(kind="delivery_failed").reference
            event = CaseEvent.objects.get(kind="delivery_failed")
            assert event.text == "Sms till personen kom inte fram. Ring i stället."


def test_without_a_gateway_somebody_phones(sent_by_sms, settings):
    settings.SIP_SMS_URL = ""
    sending.send_due()
    assert deliveries() == [("sms", "failed")]


# Broken on purpose


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        ("2026-03-10 17:59", "2026-03-10 17:59"), ("2026-03-10 18:00", "2026-03-11 08:00"),
        ("2026-03-10 23:30", "2026-03-11 08:00"), ("2026-03-11 07:59", "2026-03-11 08:00"),
        ("2026-03-11 08:00", "2026-03-11 08:00"), ("2026-03-28 22:00", "2026-03-29 08:00"),
        ("2026-10-24 22:00", "2026-10-25 08:00"), ("2026-12-31 19:00", "2027-01-01 08:00"),
    ],
)  # fmt: skip
def test_hours_of_rest_are_stockholms_and_cross_midnight(cast, at, wanted):
    def moment(words):
        return swedish.instant(date.fromisoformat(words[:10]), datetime.fromisoformat(words).time())

    with cast.acting("owner"), connections["default"].cursor() as cursor:
        cursor.execute("select after_quiet(%s, '18:00', '08:00')", [moment(at)])
        assert cursor.fetchone()[0] == moment(wanted)


@pytest.mark.parametrize("address", ["", "@", "elsa", "elsa@post.example\nBcc: x@y.example", "a@b", "<x@y.example>"])
def test_an_address_that_cannot_get_mail_is_refused(cast, address):
    with pytest.raises(RuleBroken, match="e-postadress"):
        choose(cast, build.case(cast), channel="email", address=address)


def test_the_citizens_page_takes_no_tampered_form(cast, browse):
    case = build.case(cast, number="194307199069")
    build_access(cast.user("citizen"), case)
    client, address = browse("elsa.medborgare"), f"/min-plan/{case.pk}/kontakt/"
    bad = [
        {"channel": "in_app", "address": NUMBER}, {"channel": "sdk", "address": "x"}, {"channel": ""},
        {"channel": "sms", "address": "0" * 100_000}, {"channel": "sms", "address": "\x00"},
        {"channel": "email", "address": "<script>@x"},
    ]  # fmt: skip
    for sent in bad:
        answer = client.post(address, sent)
        assert answer.status_code in (200, 400) and "<script>@x" not in answer.content.decode(), sent
    for _ in range(2):
        assert client.post(address, {"channel": "sms", "address": NUMBER}).status_code == 302
        assert client.get(f"/arenden/{case.pk}/kontaktvagar/").status_code in (302, 403, 404)
    with cast.acting("owner"):
        assert ChannelConsent.objects.count() == 1


def test_the_fake_gateway_takes_nothing_that_tells(cast):
    """What the tests lean on: it refuses names, long texts, other alphabets and odd numbers itself."""
    good = {
        "id": "1",
        "to": "+46701740605",
        "from": "Meddelande",
        "text": templates.render("person", url="https://a.example").short,
    }
    with gateway() as phone:
        assert phone.take(good) == 200
        wrong = [
            good | {"text": "Astrid, din SIP"}, good | {"text": good["text"] + "?id=1"}, good | {"to": "0701740605"},
            good | {"text": good["text"] * 4}, good | {"case": "2026-0001"},
        ]  # fmt: skip
        assert [phone.take(message | {"id": str(n)}) for n, message in enumerate(wrong, start=2)] == [400] * 5
        assert phone.take(good) == 409
