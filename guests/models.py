"""A link by which a party without an account reads its invitation and answers it (KAL-3)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from meetings.models import Invitation
from organisations.models import Assignment


class LinkWay(models.TextChoices):
    EMAIL = "email", "E-post"
    LETTER = "letter", "Brev"


class CodeWay(models.TextChoices):
    PHONE = "phone", "Telefon"
    LETTER = "letter", "Brev"


class GuestLink(models.Model):
    """One link to one invitation: how it went out, how the code was given, and whether it has been used or ended.

    It opens nothing alone, and nothing at all once the meeting, the party or the consent is gone: the database asks
    for all of that each time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="guest_links", verbose_name="inbjudan")
    way = models.CharField("länken går med", max_length=10, choices=LinkWay)
    email = models.EmailField("e-postadress", blank=True)
    shows_agenda = models.BooleanField("visar vad mötet handlar om", default=False)
    made_at = models.DateTimeField("gjord", default=timezone.now)
    made_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="gjord av")
    expires_at = models.DateTimeField("gäller till")
    code_way = models.CharField("koden lämnades", max_length=10, choices=CodeWay, blank=True)
    code_given_on = models.DateField("koden lämnades den", null=True)
    code_given_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="koden lämnades av"
    )
    opened_at = models.DateTimeField("öppnad", null=True)
    locked_at = models.DateTimeField("låst", null=True)
    revoked_at = models.DateTimeField("spärrad", null=True)
    revoked_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="spärrad av")

    class Meta:
        verbose_name = "länk för svar"
        verbose_name_plural = "länkar för svar"
        constraints = [
            # A new link takes the place of the old one.
            models.UniqueConstraint(fields=["invitation"], condition=Q(revoked_at=None), name="guest_link_one"),
            models.CheckConstraint(condition=Q(way="email") ^ Q(email=""), name="guest_link_mailed"),
            # Who takes the letter from the box must not hold both.
            models.CheckConstraint(condition=~Q(way="letter", code_way="letter"), name="guest_link_two_ways"),
            models.CheckConstraint(
                condition=Q(code_way="", code_given_on=None) | ~Q(code_way="") & Q(code_given_on__isnull=False),
                name="guest_link_code_given",
            ),
        ]

    def __str__(self):
        return self.get_way_display()


class GuestKey(models.Model):
    """What opens a link: digests only, read by the database's own functions and by no role."""

    link = models.OneToOneField(GuestLink, models.CASCADE, primary_key=True, related_name="+", verbose_name="länk")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    # Null until the mail that carries it is sent.
    secret = models.BinaryField("länkens avtryck", null=True, unique=True)
    salt = models.BinaryField("kodens salt")
    code = models.BinaryField("kodens avtryck")
    wrong = models.PositiveSmallIntegerField("fel kod", default=0)
    visit = models.BinaryField("besökets avtryck", null=True, unique=True)
    visit_until = models.DateTimeField("besöket slutar", null=True)

    class Meta:
        verbose_name = "nyckel till länk"
        verbose_name_plural = "nycklar till länkar"

    def __str__(self):
        return "nyckel"


class GuestTry(models.Model):
    """One try to open a link, by a digest of the address it came from; gone after a quarter of an hour."""

    key = models.BinaryField("avtryck av adressen")
    at = models.DateTimeField("när", default=timezone.now)

    class Meta:
        verbose_name = "försök att öppna länk"
        verbose_name_plural = "försök att öppna länk"
        indexes = [models.Index(fields=["key", "at"], name="guest_try_key")]

    def __str__(self):
        return "försök"
