"""Staff's side of a link: made for one invitation, its code given another way, ended (KAL-3)."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from audit import log
from cases import services as cases
from consent import coverage, representatives
from guests import codes
from guests.models import CodeWay, GuestKey, GuestLink, LinkWay
from meetings.services import must_be_called
from notifications import links
from notifications import services as notifications
from notifications.tasks import nudge
from organisations.errors import Conflict, RuleBroken

PROTECTED = "Med skyddade personuppgifter görs ingen länk. Ring, eller skicka brev enligt er rutin."
SAME_WAY = "Länken gick med brev. Lämna koden per telefon i stället."
NOT_ALIVE = "Länken gäller inte längre. Gör en ny."


@dataclass(frozen=True)
class Made:
    """A new link, with what is shown once and kept nowhere; `secret` is empty when the mail will make it."""

    link: GuestLink
    code: str
    secret: str


def why_no_link(case, invitation) -> str:
    """The sentence that says why no link can be made, or an empty string."""
    if invitation.outside_party_id is None:
        return "Enheten svarar i systemet och behöver ingen länk."
    if case.is_protected:
        return PROTECTED
    if invitation.outside_party.removed_at is not None:
        return "Deltagaren är inte längre med."
    if invitation.meeting.ends_at <= timezone.now():
        return "Mötets tid har passerat."
    return coverage.why_no_call(coverage.current(case))


def make(*, case, invitation, way: str, by, email: str = "", shows_agenda: bool = False) -> Made:
    """A new link and code in the place of earlier ones. Raises RuleBroken; Conflict when somebody made one just now."""
    must_be_called(invitation.meeting)
    if refusal := why_no_link(case, invitation):
        raise RuleBroken(refusal)
    representatives.check_may_be_told(case, [invitation.outside_party.name])
    if way == LinkWay.EMAIL and not email:
        raise RuleBroken("Skriv e-postadressen.", field="email")
    for earlier in GuestLink.objects.filter(invitation=invitation, revoked_at=None):
        close(case, earlier, by=by)
    link = GuestLink.objects.create(
        case=case, invitation=invitation, way=way, email=email if way == LinkWay.EMAIL else "",
        shows_agenda=shows_agenda, made_by_id=by.assignment_id, expires_at=invitation.meeting.ends_at,
    )  # fmt: skip
    code, salt = codes.new(), codes.new_salt()
    secret = links.new_secret() if way == LinkWay.LETTER else ""
    GuestKey.objects.create(
        link=link, case=case, salt=salt, code=codes.digest(code, salt), secret=links.digest(secret) if secret else None
    )
    if way == LinkWay.EMAIL:
        with connection.cursor() as cursor:
            cursor.execute("select queue_guest_mail(%s)", [link.pk])
        transaction.on_commit(nudge)
    tell(case, link, "guests.link_made", f"En länk för svar gjordes till en deltagare utan konto ({SENT[way]})", by=by)
    return Made(link, code, secret)


SENT = {LinkWay.EMAIL: "e-post", LinkWay.LETTER: "brev"}
GIVEN = {CodeWay.PHONE: "per telefon", CodeWay.LETTER: "med brev"}


def give_code(*, case, link: GuestLink, way: str, on, by) -> None:
    """Note how and when the code was given. Raises RuleBroken when it went the same way as the link."""
    must_stand(link)
    if way == CodeWay.LETTER and link.way == LinkWay.LETTER:
        raise RuleBroken(SAME_WAY, field="way")
    if on > timezone.localdate():
        raise RuleBroken("Dagen har inte varit än.", field="on")
    if on < timezone.localdate(link.made_at):
        raise RuleBroken("Koden fanns inte den dagen. Skriv dagen då den lämnades.", field="on")
    link.code_way, link.code_given_on, link.code_given_by_id = way, on, by.assignment_id
    link.save(update_fields=["code_way", "code_given_on", "code_given_by"])
    tell(case, link, "guests.code_given", f"Koden lämnades till en deltagare utan konto {GIVEN[way]}", by=by)


def revoke(*, case, link: GuestLink, by) -> None:
    """The link opens nothing from now on; a visit that is going on ends. Once more changes nothing."""
    if link.revoked_at is None:
        close(case, link, by=by)
        tell(case, link, "guests.link_revoked", "En länk för svar spärrades", by=by)


def close(case, link: GuestLink, *, by) -> None:
    now = timezone.now()
    ended = GuestLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now, revoked_by_id=by.assignment_id)
    if not ended:
        raise Conflict("Någon annan ändrade länken samtidigt. Ladda om sidan.")
    notifications.cancel(case_id=case.pk, key_prefix=f"call:{link.invitation.meeting_id}:guest:{link.pk}")


def must_stand(link: GuestLink) -> None:
    if link.revoked_at or link.locked_at or link.expires_at <= timezone.now():
        raise RuleBroken(NOT_ALIVE)


def tell(case, link: GuestLink, event: str, text: str, *, by) -> None:
    cases.note(case, kind="guest_link", text=text, by=by)
    log.record(event, case_id=case.pk, person_id=case.person_id, object_id=str(link.invitation_id))
