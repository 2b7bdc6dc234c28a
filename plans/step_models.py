"""What stands beside a draft while several write in it: each change that can be taken back, and whose part is done."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from organisations.models import Assignment, Unit


class PlanStep(models.Model):
    """One change in a draft: what stood before it, so that nothing typed is lost and the change can be taken back.

    About a text, a goal, a measure, or (none of them) the plan's own columns or, `removed`, a row that was taken away.
    Kept while the draft is written.
    """

    REMOVED = [("goal", "Borttaget mål"), ("measure", "Borttagen insats"), ("disagreement", "Borttagen oenighet")]

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey("plans.Plan", models.CASCADE, related_name="steps", verbose_name="plan")
    # The database takes the steps of a removed part with it: some of them may be hidden from who removes it.
    block = models.ForeignKey("plans.PlanBlock", models.DO_NOTHING, null=True, related_name="+", verbose_name="text")
    goal = models.ForeignKey("plans.Goal", models.DO_NOTHING, null=True, related_name="+", verbose_name="mål")
    measure = models.ForeignKey("plans.Measure", models.DO_NOTHING, null=True, related_name="+", verbose_name="insats")
    save_number = models.PositiveIntegerField("planens revision efteråt")
    revision = models.PositiveIntegerField("textens revision innan")
    before = models.JSONField("stod innan")
    topics = models.BigIntegerField("ämnen")
    by_itself = models.BooleanField("sparad av sig själv", default=False)
    removed = models.CharField("borttaget", max_length=12, choices=REMOVED, blank=True, default="")
    at = models.DateTimeField("när", default=timezone.now)
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "ändring i utkastet"
        verbose_name_plural = "ändringar i utkastet"
        constraints = [
            models.UniqueConstraint(fields=["block", "revision"], name="plan_step_of_block_once"),
            models.UniqueConstraint(fields=["goal", "revision"], name="plan_step_of_goal_once"),
            models.UniqueConstraint(fields=["measure", "revision"], name="plan_step_of_measure_once"),
            models.CheckConstraint(
                condition=Q(block=None, goal=None) | Q(block=None, measure=None) | Q(goal=None, measure=None),
                name="plan_step_of_one",
            ),
            models.CheckConstraint(
                condition=Q(removed="") | Q(block=None, goal=None, measure=None), name="plan_step_removed_alone"
            ),
        ]
        indexes = [models.Index(fields=["plan", "-save_number"], name="plan_step_latest")]

    def __str__(self):
        return f"Ändring {self.save_number}"


class PartDone(models.Model):
    """A party's own word that its part of a version is written (PLA-4)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey("plans.Plan", models.CASCADE, related_name="parts_done", verbose_name="plan")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    done = models.BooleanField("klar", default=True)
    at = models.DateTimeField("när", default=timezone.now)
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "klar del"
        verbose_name_plural = "klara delar"
        constraints = [models.UniqueConstraint(fields=["plan", "unit"], name="part_done_once")]

    def __str__(self):
        return "Klar" if self.done else "Inte klar"
