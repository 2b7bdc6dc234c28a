"""The append-only log: plain ids, no foreign keys, so that it outlives what it tells of."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditEvent(models.Model):
    """One row of the log, readable until it is erased; made in SQL by migration 0001 (the chain lies beside it)."""

    id = models.BigIntegerField(primary_key=True)
    log_id = models.UUIDField("logg-id")
    system = models.TextField("system")
    at = models.DateTimeField("tid")
    chain = models.TextField("kedja")
    seq = models.BigIntegerField("nummer i kedjan")
    event = models.TextField("händelse")
    action = models.TextField("åtgärd")
    level = models.TextField("nivå")
    actor_kind = models.TextField("slag")
    actor_name = models.TextField("namn")
    actor_title = models.TextField("titel")
    actor_hsa_id = models.TextField("HSA-id")
    user_id = models.BigIntegerField("inloggning", null=True)
    staff_id = models.BigIntegerField("medarbetare", null=True)
    assignment_id = models.BigIntegerField("uppdrag", null=True)
    unit_id = models.BigIntegerField("enhet", null=True)
    unit_name = models.TextField("enhetens namn")
    unit_hsa_id = models.TextField("enhetens HSA-id")
    organisation_id = models.BigIntegerField("organisation", null=True)
    provider_id = models.BigIntegerField("huvudman", null=True)
    provider_name = models.TextField("huvudmannens namn")
    role = models.TextField("roll")
    purpose = models.TextField("ändamål")
    legal_basis = models.TextField("rättslig grund")
    case_id = models.UUIDField("ärende", null=True)
    person_id = models.BigIntegerField("person", null=True)
    persons = ArrayField(models.BigIntegerField(), verbose_name="visade personer")
    object_type = models.TextField("objekt")
    object_id = models.TextField("objektets id")
    owner_unit_id = models.BigIntegerField("objektets enhet", null=True)
    owner_unit_name = models.TextField("objektets enhets namn")
    owner_provider_name = models.TextField("objektets huvudmans namn")
    details = models.JSONField("uppgifter")

    class Meta:
        managed = False
        db_table = "audit_event"
        verbose_name = "logghändelse"
        verbose_name_plural = "logghändelser"

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
