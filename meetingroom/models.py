"""A meeting in meeting mode: when it began, how far it may go, how it ended; and samråd that the person asks for."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models import Case
from cases.topics import ALL
from meetings.models import Meeting
from organisations.models import Assignment, Unit


class Room(models.Model):
    """Meeting mode of one meeting (MOT-2): open for its planned length and half an hour, and never ended dateless."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="room", verbose_name="möte")
    minutes = models.PositiveSmallIntegerField("längd i minuter")
    # Held without the system: no clock, and the meeting is marked as written in afterwards.
    afterwards = models.BooleanField("förs efter mötet", default=False)
    opened_at = models.DateTimeField("började", default=timezone.now)
    opened_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="började av")
    closes_at = models.DateTimeField("öppet till")
    read_aloud_at = models.DateTimeField("uppläst", null=True)
    ended_at = models.DateTimeField("slutade", null=True)
    ended_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="avslutat av")
    follow_up_on = models.DateField("uppföljning", null=True)
    next_meeting = models.OneToOneField(
        Meeting, models.PROTECT, null=True, related_name="+", verbose_name="ny tid efter rådrum"
    )

    class Meta:
        verbose_name = "mötesläge"
        verbose_name_plural = "mötesläge"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | (
                    Q(ended_at__isnull=False, ended_by__isnull=False)
                    & (Q(follow_up_on__isnull=False) | Q(next_meeting__isnull=False))
                ),
                name="room_never_ends_dateless",
            ),
            models.CheckConstraint(condition=Q(minutes__range=(15, 240)), name="room_length"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="room_closes_later"),
        ]

    def __str__(self):
        return f"Mötesläge {self.meeting_id}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class ConsultationResult(models.TextChoices):
    DONE = "done", "Samrådet hölls"
    NOT_WANTED = "not_wanted", "Personen ville inte längre"
    SUPERSEDED = "superseded", "Ersatt av en ny begäran"


class Consultation(models.Model):
    """Samråd (MOT-4): a person who is not content is offered to say so, without delay; the clock is a deadline."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+", verbose_name="möte")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet som ska svara")
    about = models.TextField("det här är personen inte nöjd med")
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    asked_at = models.DateTimeField("begärt", default=timezone.now)
    asked_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="inskrivet av")
    offered_for = models.DateTimeField("tid för samråd", null=True)
    offered_at = models.DateTimeField("erbjudet", null=True)
    offered_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="erbjudet av")
    ended_at = models.DateTimeField("avslutat", null=True)
    ended_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="avslutat av")
    result = models.CharField("hur det slutade", max_length=12, choices=ConsultationResult, blank=True)
    outcome = models.TextField("det här kom ni fram till", blank=True)

    class Meta:
        verbose_name = "samråd"
        verbose_name_plural = "samråd"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="consultation_one_now"),
            models.CheckConstraint(condition=Q(ended_at=None) ^ ~Q(result=""), name="consultation_ended_how"),
            models.CheckConstraint(condition=~Q(result="done") | ~Q(outcome=""), name="consultation_says_outcome"),
        ]

    def __str__(self):
        return f"Samråd {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None
