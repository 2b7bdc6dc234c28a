"""Anybody may read a notice over a shoulder: it says that there is something, and nothing else (trust.md 6)."""

import csv
import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from cases import models as case_models
from notifications import sending, services, templates
from organisations.models import Staff, Unit
from tests import build
from tests.cast import Cast
from tests.smtp import post_office

NUMBERS = Path(case_models.__file__).parent / "data" / "testnummer.csv"
ALLOWED = "Du har ett nytt meddelande. Logga in för att läsa."
HOSTS = st.from_regex(r"[a-z]{1,10}(\.[a-z]{2,8}){1,3}", fullmatch=True)
FORBIDDEN = re.compile(r"sip|samordnad|vård|omsorg|kommun|region|psykiatri|plan|möte|kallelse|\d{6}", re.IGNORECASE)


def rest_of(message, host: str) -> str:
    """What a message holds beyond the constants."""
    text = f"{message.subject}\n{message.body}"
    return text.replace(ALLOWED, "").replace(templates.SUBJECT, "").replace(f"https://{host}/", "").strip()


@pytest.mark.parametrize("template", templates.TEXTS)
@given(
    host=st.from_regex(r"[a-z]{1,10}(\.[a-z]{2,8}){1,3}", fullmatch=True), path=st.text(max_size=40), secret=st.uuids()
)
def test_a_message_minus_its_constants_is_empty(template, host, path, secret):
    url = f"https://{secret}:x@{host}/{path}?token={secret}#{secret}".replace("\n", "")
    assert rest_of(templates.render(template, url=url), host) == ""


def test_the_constants_tell_nothing():
    for subject, body in templates.TEXTS.values():
        assert not FORBIDDEN.search(subject + body)
    assert not FORBIDDEN.search(settings.DEFAULT_FROM_EMAIL.partition("<")[0])


def test_every_template_that_the_code_queues_exists():
    assert {templates.NEW_MESSAGE, templates.REMINDER} == set(templates.TEXTS)
    with pytest.raises(KeyError):
        templates.render("other", url="https://x.example")


def test_no_mail_that_arrives_names_a_person_a_unit_or_a_case(own_database, settings):
    """Whole messages with headers, of many cases, against every name and number there is."""
    cast = Cast()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SIP_PUBLIC_URL = "https://tjanst.example/arenden/1"
    with NUMBERS.open(newline="") as file:
        numbers = [row["nummer"] for row in csv.DictReader(file) if row["typ"] == "personnummer"][:40]
    cases = [build.case(cast, number=number, given_name="Astrid", family_name="Testholm") for number in numbers]
    assert len(cases) == 40
    with cast.acting("owner"):
        for n, case in enumerate(cases):
            kind = ("call", "answer", "plan", "closed", "deviation")[n % 5]
            services.tell_unit(unit_id=cast.unit("party").pk, case_id=case.pk, kind=kind, key=f"{case.pk}")
    with post_office() as post:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        assert sending.send_due() == len(cases)
    secrets = {"Astrid", "Testholm", *numbers, *(str(case.pk) for case in cases), *(case.reference for case in cases)}
    secrets |= set(Staff.objects.values_list("name", flat=True))
    secrets |= {
        name for unit in Unit.objects.select_related("organisation") for name in (unit.name, unit.organisation.name)
    }
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
