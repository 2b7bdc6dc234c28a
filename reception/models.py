"""Where a kallelse to a huvudman's reception lands: the organisation's own rules, in order (KAL-4)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from organisations.models import Assignment, Organisation, Unit


class RoutingRule(models.Model):
    """Area, profession and listed unit, and the unit that then gets the kallelse; ended and never deleted.

    The sample is kept, so that the rule is tried again whenever another one changes.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    position = models.PositiveSmallIntegerField("ordning")
    area = models.CharField("område", max_length=200, blank=True)
    profession = models.CharField("yrke", max_length=200, blank=True)
    listed_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="listad på"
    )
    receiver = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="mottagande enhet")
    sample_area = models.CharField("exempel: område", max_length=200, blank=True)
    sample_profession = models.CharField("exempel: yrke", max_length=200, blank=True)
    sample_listed = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="exempel: listad på"
    )
    added_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="tillagd av")
    added_at = models.DateTimeField("tillagd", default=timezone.now)
    ended_at = models.DateTimeField("avslutad", null=True, blank=True)
    ended_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="avslutad av"
    )

    class Meta:
        verbose_name = "fördelningsregel"
        verbose_name_plural = "fördelningsregler"
        constraints = [
            models.CheckConstraint(
                condition=~Q(area="") | ~Q(profession="") | Q(listed_unit__isnull=False), name="routing_rule_asks"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) ^ Q(ended_by__isnull=False), name="routing_rule_ended_by"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "position"], condition=Q(ended_at=None), name="routing_rule_order")
        ]

    def __str__(self):
        return self.words

    @property
    def words(self) -> str:
        """What the rule asks for, as the receiver reads it."""
        asked = [f"område {self.area}" if self.area else "", f"yrke {self.profession}" if self.profession else ""]
        if self.listed_unit_id:
            asked.append(f"listad på {self.listed_unit.name}")
        return ", ".join(filter(None, asked))
