"""The local mail catcher takes real SMTP and shows each letter safely."""

import http.client
import json
import smtplib
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from sip.demo.mailcatcher import Mailbox, mail_catcher


@pytest.fixture
def catcher(tmp_path):
    with mail_catcher(tmp_path) as made:
        yield made


def send(catcher, *, subject="Du har ett nytt meddelande", text="Logga in för att läsa.", attachment="") -> None:
    letter = EmailMessage()
    letter["Subject"] = subject
    letter["From"] = "Meddelandetjänsten <meddelande@tjanst.example>"
    letter["To"] = "enheten@kommun.example"
    letter["Message-ID"] = "<abc@tjanst.example>"
    letter.set_content(text)
    if attachment:
        letter.add_attachment(attachment, subtype="calendar", filename="mote.ics")
    with smtplib.SMTP("127.0.0.1", catcher.smtp_port, timeout=5) as server:
        server.send_message(letter)


def page(catcher, path="") -> str:
    with urllib.request.urlopen(catcher.url + path, timeout=5) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        return answer.read().decode()


def test_an_empty_mailbox_says_so(catcher):
    assert "Inga brev har kommit ännu." in page(catcher)


def test_newest_letter_first(catcher):
    send(catcher, subject="Första åäö")
    send(catcher, subject="Andra")
    text = page(catcher)
    assert text.index("Andra") < text.index("Första åäö")
    assert '<html lang="sv">' in text


def test_a_letter_with_its_link_and_attachment(catcher):
    send(catcher, text="Öppna http://127.0.0.1:8000/inkorg/?a=1&b=2.", attachment="BEGIN:VCALENDAR")
    text = page(catcher, "brev/1/")
    assert '<a href="http://127.0.0.1:8000/inkorg/?a=1&amp;b=2" rel="noreferrer">' in text
    assert "mote.ics" in text and "BEGIN:VCALENDAR" in text
    assert "&lt;abc@tjanst.example&gt;" in text


def test_nothing_in_a_letter_becomes_markup(catcher):
    send(catcher, subject="<script>alert(1)</script>", text="<img src=x onerror=alert(1)> http://x/\"onclick='y'")
    for text in (page(catcher), page(catcher, "brev/1/")):
        assert "<script" not in text and "<img" not in text and "onclick='" not in text


def test_letters_as_data_for_tests(catcher):
    send(catcher)
    (row,) = json.loads(page(catcher, "brev.json"))
    assert row["recipients"] == ["enheten@kommun.example"]
    assert row["text"].strip() == "Logga in för att läsa."
    assert catcher.mailbox.newest_first()[0].parsed["Message-ID"] == "<abc@tjanst.example>"


def test_another_host_name_is_refused(catcher):
    connection = http.client.HTTPConnection("127.0.0.1", int(catcher.url.split(":")[2].strip("/")), timeout=5)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    assert connection.getresponse().status == 421
    connection.close()


def test_an_unknown_page(catcher):
    with pytest.raises(urllib.error.HTTPError) as refused:
        page(catcher, "brev/7/")
    assert refused.value.code == 404
    refused.value.close()


def test_letters_survive_a_restart_and_a_torn_line(tmp_path):
    with mail_catcher(tmp_path) as first:
        send(first, subject="Kvar")
    with (tmp_path / "letters.jsonl").open("a") as file:
        file.write('{"number": 2, "rece')
    assert [letter.subject for letter in Mailbox(tmp_path / "letters.jsonl").newest_first()] == ["Kvar"]


def test_clearing(catcher):
    send(catcher)
    catcher.mailbox.clear()
    assert "Inga brev" in page(catcher)


@pytest.mark.parametrize(
    ("to", "text", "status"),
    [
        ("+46701740605", "Du har ett nytt meddelande. Logga in för att läsa. http://127.0.0.1:8000/", 200),
        ("+46701740605", "x" * 161, 400),
        ("+46701740605", "emoji \N{GRINNING FACE}", 400),
        ("070-1740605", "Hej", 400),
    ],
)
def test_a_text_message_is_taken_as_by_a_gateway(to, text, status):
    with mail_catcher() as catcher:
        body = json.dumps({"id": "1", "to": to, "from": "x", "text": text}).encode()
        asked = urllib.request.Request(f"{catcher.url}sms", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                found = answer.status
        except urllib.error.HTTPError as refused:
            found = refused.code
        kept = catcher.mailbox.newest_first()
        assert (found, len(kept)) == (status, status == 200)
        assert not kept or (kept[0].subject, kept[0].recipients, kept[0].text.strip()) == ("Sms", (to,), text)
