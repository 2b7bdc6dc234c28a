"""The person's yes to being told by one channel: off by default, ended at once (trust.md 6)."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection

from audit import log
from cases import services as cases
from correspondence.models import PERSON_CHANNELS, ChannelConsent
from notifications.channels import sms
from organisations.errors import RuleBroken

LETTERS_ONLY = "Med skyddade personuppgifter skickas bara brev."


def active(case) -> dict[str, ChannelConsent]:
    """The channels said yes to, by channel."""
    return {row.channel: row for row in ChannelConsent.objects.filter(case=case, ended_at=None)}


def history(case):
    """Every yes and its end, newest first: who wrote it in, and when."""
    found = ChannelConsent.objects.filter(case=case)
    return found.select_related("given_by__staff").order_by("-given_at", "-pk")


def rows(case) -> list[dict]:
    """Each channel with its present yes, for the pages of staff and of the person."""
    now = active(case)
    return [{"channel": channel, "label": label, "row": now.get(channel)} for channel, label in PERSON_CHANNELS]


def choose(*, case, channel: str, address: str, form: str, by) -> None:
    """The person says yes to a channel, or changes its address.

    Raises RuleBroken for protected identity, and for a number or address that cannot be used.
    """
    if case.is_protected:
        raise RuleBroken(LETTERS_ONLY)
    if channel == "sms" and not sms.number(address):
        raise RuleBroken("Skriv ett mobilnummer, till exempel 070-174 06 05.", field="address")
    if channel == "email" and not is_email(address):
        raise RuleBroken("Skriv en e-postadress, till exempel namn@exempel.se.", field="address")
    call("choose_channel", case.pk, channel, "" if channel == "letter" else address, form)
    tell(case, "channels.chosen", f"Personen vill få besked {HOW[channel]}", channel, by=by)


def is_email(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def end(*, case, channel: str, form: str, by) -> None:
    """The person takes it back: what waits is not sent. Once more changes nothing."""
    if call("end_channel", case.pk, channel, form):
        tell(case, "channels.ended", f"Personen vill inte längre få besked {HOW[channel]}", channel, by=by)


HOW = {"email": "med e-post", "sms": "med sms", "letter": "med brev"}


def call(function: str, *values):
    """One of the two functions that write a yes; the web has no other right to the table."""
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}({places})", values)  # noqa: S608 - a name of ours
        return cursor.fetchone()[0]


def tell(case, event: str, text: str, channel: str, *, by) -> None:
    """The log, and for staff the case's history; the address stands in neither."""
    if by.is_staff:
        cases.note(case, kind="channel", text=text, by=by)
    log.record(event, case_id=case.pk, person_id=case.person_id, object_type=channel)
