"""Who may see what: rows that the database derives, for units and for the person's own login."""

from datetime import date

from django.db import models

from cases.enums import Relation


class CaseAccess(models.Model):
    """Which unit may see which case, from which source and until when: derived by triggers, never written by hand.

    A unit may have several rows: as owner, under the consent, under another legal ground, in an emergency. Each has
    its own end and its own hidden topics; `listed` is the one row that lists and counts start from.
    """

    pk = models.CompositePrimaryKey("case_id", "unit_id", "source")
    # Each moved deadline rewrites the row in every index, so there are three: by case, by unit and by person.
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", db_index=False, verbose_name="ärende")
    unit = models.ForeignKey(
        "organisations.Unit", models.CASCADE, related_name="+", db_index=False, verbose_name="enhet"
    )
    person = models.ForeignKey("cases.Person", models.CASCADE, related_name="+", db_index=False, verbose_name="person")
    open_deadline = models.DateField("närmaste tidsgräns", null=True)
    is_open = models.BooleanField("öppet", default=True)
    valid_to = models.DateField("gäller till")
    hidden_topics = models.BigIntegerField("dolda ämnen", default=0)
    source = models.CharField("källa", max_length=30)
    listed = models.BooleanField("visas i listor", default=True)
    emergency = models.BooleanField("nödöppning", default=False)
    assignment_id = models.BigIntegerField("bara för uppdraget", null=True)
    until = models.DateTimeField("till klockslag", null=True)

    class Meta:
        db_table = "case_access"
        verbose_name = "åtkomst"
        verbose_name_plural = "åtkomster"
        indexes = [
            models.Index(fields=["unit", "is_open", "listed", "open_deadline", "case"], name="case_access_worklist"),
            models.Index(fields=["person", "unit"], name="case_access_person"),
        ]

    def __str__(self):
        return f"{self.unit_id} {self.case_id}"


class PersonAccess(models.Model):
    """Which login may read which person's own pages, in which days: the person, or a child's guardian (MED-1).

    A row without a case is the person's own. Rows with a case are derived by triggers, never written by hand: a
    guardian's in a case where the guardian is recorded, and the child's own where it may read early.
    """

    user_id = models.BigIntegerField("inloggning")
    person = models.ForeignKey("cases.Person", models.CASCADE, related_name="+", verbose_name="person")
    case = models.ForeignKey("cases.Case", models.CASCADE, null=True, related_name="+", verbose_name="ärende")
    relation = models.CharField("relation", max_length=10, choices=Relation, default=Relation.SELF)
    representative = models.UUIDField("företrädare", null=True)
    valid_from = models.DateField("gäller från", default=date(1, 1, 1), db_default=date(1, 1, 1))
    valid_to = models.DateField("gäller till")

    class Meta:
        db_table = "person_access"
        verbose_name = "egen åtkomst"
        verbose_name_plural = "egna åtkomster"
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "person", "case"], nulls_distinct=False, name="person_access_once"
            )
        ]

    def __str__(self):
        return f"{self.user_id}"
