import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("dedupe_key", models.CharField(max_length=200, unique=True, verbose_name="nyckel")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-post")], default="email", max_length=10, verbose_name="kanal"
                    ),
                ),
                ("template", models.CharField(max_length=40, verbose_name="mall")),
                ("case_id", models.UUIDField(null=True, verbose_name="ärende")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Ska skickas"),
                            ("sending", "Skickas"),
                            ("sent", "Skickad"),
                            ("failed", "Misslyckades"),
                            ("cancelled", "Inställd"),
                            ("expired", "För sen"),
                        ],
                        default="due",
                        max_length=10,
                        verbose_name="läge",
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ska skickas")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="för sent efter")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="upptagen till")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="försök")),
                ("last_error", models.CharField(blank=True, max_length=200, verbose_name="senaste fel")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="skapad")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="skickad")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="till enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "utskick",
                "verbose_name_plural": "utskick",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["due", "sending"])), fields=["due_at"], name="delivery_due"
                    ),
                    models.Index(condition=models.Q(("state", "due")), fields=["case_id"], name="delivery_case_due"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.UUIDField(verbose_name="ärende")),
                ("reference", models.CharField(max_length=20, verbose_name="ärendenummer")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Kallelse"),
                            ("moved", "Ny mötestid"),
                            ("cancelled", "Möte inställt"),
                            ("answer", "Svar på kallelse"),
                            ("plan", "Plan godkänd"),
                            ("handed_over", "Ni har tagit över ärendet"),
                            ("consent_ended", "Samordningen är avslutad"),
                            ("closed", "SIP avslutad"),
                            ("deviation", "Avvikelse"),
                            ("deadline", "Tidsgräns"),
                            ("deadline_manager", "Tidsgränsen har passerat. Enhetschefen behöver agera"),
                            ("consent_lapses", "Samtycket går snart ut"),
                            ("consent_lapsed", "Samtycket har gått ut"),
                            ("delivery_failed", "E-post kom inte fram. Ring i stället"),
                            ("party", "Ni är aktör i en SIP"),
                            ("call_reminder", "Svara på kallelsen"),
                            ("left", "En aktör har lämnat"),
                            ("other_sip", "Personen har en SIP till"),
                            ("consent_changed", "Samtycket har ändrats"),
                            ("glass_broken", "Planen är nödöppnad"),
                            ("birthday", "Barnet har fyllt år. Läs vad som ändras"),
                            ("adult", "Har fyllt 18. Fråga den vuxna om samtycke"),
                            ("corrected", "Planen är rättad"),
                            ("voided", "Ett ärende är makulerat"),
                            ("recalled", "Återkallat. Förstör papperskopior"),
                            ("protection", "Skyddade personuppgifter har ändrats"),
                            ("admitted", "Inlagd på sjukhus. Följ upp eller börja om"),
                        ],
                        max_length=20,
                        verbose_name="slag",
                    ),
                ),
                ("dedupe_key", models.CharField(max_length=200, unique=True, verbose_name="nyckel")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="kom")),
                ("read_at", models.DateTimeField(null=True, verbose_name="läst")),
                ("read_by", models.BigIntegerField(null=True, verbose_name="läst av uppdrag")),
                ("done_at", models.DateTimeField(null=True, verbose_name="hanterad")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "inkommet",
                "verbose_name_plural": "inkommet",
                "indexes": [models.Index(fields=["unit", "-created_at"], name="inbox_unit_latest")],
            },
        ),
    ]
