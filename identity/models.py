"""Who a provider's subject is here, and which logout tokens have been used."""

from django.db import models
from django.utils import timezone

from organisations.models import User


class Identity(models.Model):
    """Issuer and subject are the only key to a user; made once, by the functions of 0002 alone."""

    issuer = models.CharField("utfärdare", max_length=255)
    subject = models.CharField("subjekt", max_length=255)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="inloggning")
    bound_at = models.DateTimeField("kopplad", default=timezone.now)

    class Meta:
        verbose_name = "identitet"
        verbose_name_plural = "identiteter"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_subject_once"),
            models.UniqueConstraint(fields=["issuer", "user"], name="identity_user_once"),
        ]

    def __str__(self):
        return f"{self.user_id}"


class UsedToken(models.Model):
    """A logout token that has been taken; the key is a hash of issuer and `jti`, and goes when the token is old."""

    key = models.CharField("nyckel", max_length=64, primary_key=True)
    at = models.DateTimeField("använd", default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "använd utloggning"
        verbose_name_plural = "använda utloggningar"

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"
