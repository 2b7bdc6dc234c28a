"""Anybody may read a notice over a shoulder: it says that there is something, and nothing else (trust.md 6)."""

import csv
import io
import json
import re
from pathlib import Path
from uuid import uuid4

import pikepdf
import pypdfium2
import pytest
from django.conf import settings
from django.core import mail as outbox
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from cases import models as case_models
from correspondence import letters
from notifications import sending, services, templates
from notifications.channels import SENDERS, mail, sdk, sms
from notifications.channels.base import Claimed
from notifications.models import Channel
from organisations.models import Staff, Unit
from tests import build
from tests.cast import Cast
from tests.gateway import gateway
from tests.smtp import post_office

NUMBERS = Path(case_models.__file__).parent / "data" / "testnummer.csv"
ALLOWED = "Du har ett nytt meddelande. Logga in för att läsa."
# To one without an account: the only address with a secret in it, which opens nothing without a code.
BY_LINK = "Du har ett nytt meddelande. Öppna länken för att läsa. Koden får du på annat sätt."
HOSTS = st.from_regex(r"[a-z]{1,10}(\.[a-z]{2,8}){1,3}", fullmatch=True)
FORBIDDEN = re.compile(r"sip|samordnad|vård|omsorg|kommun|region|psykiatri|plan|möte|kallelse|\d{6}", re.IGNORECASE)
CASES = 200


def rest_of(text: str, host: str) -> str:
    """What a message holds beyond the constants."""
    for told in (ALLOWED, BY_LINK, templates.SUBJECT, f"https://{host}/"):
        text = text.replace(told, "")
    return text.strip()


@pytest.mark.parametrize("template", templates.TEXTS)
@how(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(host=HOSTS, path=st.text(max_size=40), secret=st.uuids())
def test_a_message_minus_its_constants_is_empty(template, host, path, secret):
    url = f"https://{secret}:x@{host}/{path}?token={secret}#{secret}".replace("\n", "")
    message = templates.render(template, url=url, citizen_url=url)
    assert rest_of(f"{message.subject}\n{message.body}\n{message.short}", host) == ""
    assert sms.length(message.short) is not None


def test_the_constants_tell_nothing():
    for texts in templates.TEXTS.values():
        assert not FORBIDDEN.search(" ".join(texts))
    assert not FORBIDDEN.search(settings.DEFAULT_FROM_EMAIL.partition("<")[0] + settings.SIP_SMS_FROM)


def test_every_template_that_the_code_queues_exists():
    assert {templates.NEW_MESSAGE, templates.REMINDER, templates.PERSON, templates.GUEST} == set(templates.TEXTS)
    assert set(SENDERS) == set(Channel)
    with pytest.raises(KeyError):
        templates.render("other", url="https://x.example")


@pytest.fixture(scope="module")
def many(module_database):
    """Many cases with names, numbers, addresses and diagnoses, and every secret that they hold."""
    cast = Cast()
    with NUMBERS.open(newline="") as file:
        numbers = [row["nummer"] for row in csv.DictReader(file) if row["typ"] == "personnummer"]
    told = {"given_name": "Astrid", "family_name": "Testholm", "reason_note": "Schizofreni och diabetes"}
    # The list is shorter than that: the rest have a case with another unit too.
    who = [("owner", number) for number in numbers] + [("party", number) for number in numbers]
    told["address"] = "Provgatan 4 B\n123 45 Provstad"
    cases = [build.case(cast, who=name, number=number, **told) for name, number in who[:CASES]]
    assert len(cases) == CASES
    secrets = {"Astrid", "Testholm", "Schizofreni", "diabetes", "Provgatan", *numbers}
    secrets |= {str(case.pk) for case in cases} | {case.reference for case in cases}
    secrets |= set(Staff.objects.values_list("name", flat=True))
    secrets |= {
        name for unit in Unit.objects.select_related("organisation") for name in (unit.name, unit.organisation.name)
    }
    return cast, cases, secrets


def tell_all(cast, cases) -> None:
    for who in ("owner", "party"):
        with cast.acting(who):
            own = [case for case in cases if case.owner_unit_id == cast.unit(who).pk]
            for n, case in enumerate(own):
                kind = ("call", "answer", "plan", "closed", "message")[n % 5]
                services.tell_unit(unit_id=cast.unit("party").pk, case_id=case.pk, kind=kind, key=f"{case.pk}")


def test_no_mail_that_arrives_names_a_person_a_unit_or_a_case(many, settings):
    """Whole messages with headers, of 200 cases, against every name and number there is."""
    cast, cases, secrets = many
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SIP_PUBLIC_URL = "https://tjanst.example/arenden/1"
    tell_all(cast, cases)
    with post_office() as post:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        assert sending.send_due() == len(cases)
    for letter in post.letters:
        shown = "\n".join(f"{name}: {value}" for name, value in letter.items() if name != "To")
        text = f"{shown}\n{letter.get_content()}"
        assert [secret for secret in secrets if secret in text] == []
        assert letter["Subject"] == templates.SUBJECT
        assert letter.get_content().replace(ALLOWED, "").strip() == "https://tjanst.example/"
        assert set(letter.keys()) == {
            "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID",
            "Auto-Submitted",
        }  # fmt: skip


# A guest's goes by e-mail alone, and with a link: `tests/guests/test_links.py` reads that one.
@pytest.mark.parametrize("template", [name for name in templates.TEXTS if name != templates.GUEST])
def test_every_template_by_every_channel_tells_nothing_of_any_case(many, settings, tmp_path, template):
    """What leaves by text message, e-mail and SDK for 200 cases, apart from the receiver's own address."""
    _, cases, secrets = many
    settings.SIP_PUBLIC_URL = settings.SIP_CITIZEN_URL = "https://tjanst.example/arenden/1"
    settings.SIP_SDK_DIR, settings.EMAIL_BACKEND = tmp_path, "django.core.mail.backends.locmem.EmailBackend"
    sent = []
    with gateway() as phone:
        settings.SIP_SMS_URL = phone.url
        for channel, sender in (("sms", sms.Sender()), ("email", mail.Sender()), ("sdk", sdk.Sender())):
            for _case in cases:
                row = Claimed(uuid4(), 1, template, channel, {"sms": "070-174 06 05"}.get(channel, "x@tjanst.example"))
                assert sender.send(row).answer.value == "sent"
        sent += [message["text"] for message in phone.taken]
    sent += [json.loads(file.read_text())["text"] for file in (tmp_path / "ut").glob("*.json")]
    sent += [f"{letter.subject} {letter.body}" for letter in outbox.outbox]
    assert phone.faults == [] and len(sent) == 3 * len(cases)
    assert {rest_of(text, "tjanst.example") for text in sent} == {""}
    assert [secret for secret in secrets for text in set(sent) if secret in text] == []


@pytest.mark.parametrize("protection", ["none", "protected"])
def test_a_letter_holds_the_address_and_nothing_else(many, protection):
    """With protected identity not even that: the window stays empty."""
    cast, cases, secrets = many
    case = build.reread(cast, cases[0])
    case.protection = protection
    with cast.acting("owner"):
        made = letters.pdf(case, url="https://tjanst.example/x", citizen_url="https://tjanst.example/x")
    with pikepdf.open(io.BytesIO(made)) as document:
        assert len(document.pages) == 1
        assert "Testholm" not in str(document.docinfo) and case.reference not in str(document.docinfo)
    shown = text_of(made)
    wanted = {"Astrid", "Testholm", "Provgatan"} if protection == "none" else set()
    assert {secret for secret in secrets if secret in shown} == wanted
    assert ALLOWED in " ".join(shown.split())


def text_of(made: bytes) -> str:
    with pypdfium2.PdfDocument(made) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
