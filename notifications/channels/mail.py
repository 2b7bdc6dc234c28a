"""E-mail over SMTP, with a Message-ID that is the same however often a message is tried."""

import smtplib
from email.mime.text import MIMEText

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from notifications import calendar, links
from notifications.channels.base import SENT, Claimed, Outcome, again, away, refused
from notifications.templates import render


class Sender:
    """One connection for a whole sweep."""

    def __init__(self):
        self.server = get_connection()

    def send(self, row: Claimed) -> Outcome:
        if not row.address:
            return refused("no mailbox")
        try:
            self.server.open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return away(describe(error))
        try:
            self.server.send_messages([letter(row)])
        except ValueError:
            return refused("not an address")
        except (smtplib.SMTPException, OSError) as error:
            said = for_good(error)
            if said:
                return refused(said)
            self.close()
            return again(describe(error))
        return SENT

    def close(self) -> None:
        self.server.close()


def letter(row: Claimed) -> EmailMessage:
    link = links.address(row.secret, url=settings.SIP_CITIZEN_URL) if row.secret else ""
    message = render(row.template, url=settings.SIP_PUBLIC_URL, citizen_url=settings.SIP_CITIZEN_URL, link=link)
    headers = {"Message-ID": f"<{row.id}@{settings.MESSAGE_ID_DOMAIN}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(message.subject, message.body, to=[row.address], headers=headers)
    if row.calendar:
        mail.attach(calendar_part(row.calendar))
    return mail


def calendar_part(told: dict) -> MIMEText:
    """The calendar entry as mail programs know it: the method stands in the content type too (RFC 6047)."""
    part = MIMEText(calendar.entry(told).decode(), "calendar", "utf-8")
    part.set_param("method", told["method"])
    part.add_header("Content-Disposition", "attachment", filename=calendar.FILE_NAME)
    return part


def for_good(error: Exception) -> str:
    """What a server's final no was about; empty when it may say yes another time."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return f"recipient refused {max(codes)}" if all(code >= 500 for code in codes) else ""
    if isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500:
        return f"message refused {error.smtp_code}"
    return ""


def describe(error: Exception) -> str:
    """Class and code only: a server's own words may hold an address."""
    return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
