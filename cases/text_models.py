"""The free texts of a case: a row for each, so that what a party may not see is not there for it (SAM-3)."""

from django.db import models
from django.utils import timezone

from cases.topics import ALL


class TextKey(models.TextChoices):
    REASONS = "reasons", "Skäl"
    REASON_NOTE = "reason_note", "Beskrivning av behovet"
    CLOSE_NOTE = "close_note", "Kommentar till avslut"
    OTHER_PLAN = "other_plan", "Annan plan som räcker"


# Each term of a huvudansvarig has the person's view of it.
VIEW_OF_LEAD = "view_of_lead:{}"


class CaseText(models.Model):
    """One text of a case with its topics; the case itself holds only what every party needs to act."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="texts", verbose_name="ärende")
    key = models.CharField("text", max_length=40)
    text = models.TextField("innehåll", blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    saved_at = models.DateTimeField("sparad", default=timezone.now)
    saved_by = models.ForeignKey(
        "organisations.Assignment", models.PROTECT, null=True, related_name="+", verbose_name="sparad av"
    )

    class Meta:
        verbose_name = "text i ärendet"
        verbose_name_plural = "texter i ärendet"
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="case_text_once")]

    def __str__(self):
        return self.key


class WithTexts:
    """The texts that the reader may see, by key; one query, the first time that one of them is asked for.

    What is not there reads as nothing; `rows` tells whether it is shared.
    """

    @property
    def rows(self) -> dict:
        if "_rows" not in self.__dict__:
            self.__dict__["_rows"] = {row.key: row for row in self.texts.all()}
        return self.__dict__["_rows"]

    def said(self, key: str) -> str:
        row = self.rows.get(key)
        return row.text if row else ""

    def topics_of(self, key: str) -> int:
        row = self.rows.get(key)
        return row.topics if row else ALL

    def forget_texts(self) -> None:
        """After a text was written: read them anew."""
        self.__dict__.pop("_rows", None)
        getattr(self, "_prefetched_objects_cache", {}).pop("texts", None)
