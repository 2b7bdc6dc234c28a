import datetime
import uuid

import django.contrib.postgres.fields
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
            name="NoticeChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channels", models.JSONField(default=dict, verbose_name="kanaler")),
                ("quiet_from", models.TimeField(default=datetime.time(18, 0), verbose_name="tyst från")),
                ("quiet_to", models.TimeField(default=datetime.time(8, 0), verbose_name="tyst till")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sparad")),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="uppdrag",
                    ),
                ),
            ],
            options={
                "verbose_name": "val av aviseringar",
                "verbose_name_plural": "val av aviseringar",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("dedupe_key", models.CharField(max_length=200, unique=True, verbose_name="nyckel")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-post"),
                            ("sms", "Sms"),
                            ("letter", "Brev"),
                            ("in_app", "I systemet"),
                            ("sdk", "Säker digital kommunikation"),
                        ],
                        default="email",
                        max_length=10,
                        verbose_name="kanal",
                    ),
                ),
                ("template", models.CharField(max_length=40, verbose_name="mall")),
                ("to_person", models.BooleanField(db_default=False, default=False, verbose_name="till personen")),
                ("case_id", models.UUIDField(null=True, verbose_name="ärende")),
                ("item_id", models.BigIntegerField(null=True, verbose_name="inkommet")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Ska skickas"),
                            ("to_post", "Ska postas"),
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
                ("read_at", models.DateTimeField(null=True, verbose_name="läst")),
                ("receipt_at", models.DateTimeField(null=True, verbose_name="kvitto")),
                ("posted_on", models.DateField(null=True, verbose_name="postat")),
                (
                    "assignment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="till medarbetare",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="postat av",
                    ),
                ),
                ("calendar", models.JSONField(null=True, verbose_name="kalenderpost")),
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
                    models.Index(
                        condition=models.Q(("channel", "letter")),
                        fields=["unit", "-created_at"],
                        name="delivery_letters",
                    ),
                    models.Index(
                        condition=models.Q(("channel", "in_app")),
                        fields=["assignment", "-created_at"],
                        name="delivery_notices",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.UUIDField(null=True, verbose_name="ärende")),
                ("reference", models.CharField(max_length=20, verbose_name="ärendenummer")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Kallelse"),
                            ("moved", "Ny mötestid"),
                            ("cancelled", "Möte inställt"),
                            ("calls", "Mötet i dag är inställt. Ring dem som skulle ha kommit"),
                            ("answer", "Svar på kallelse"),
                            ("handed_call", "Kallelse, lämnad vidare till er"),
                            ("handed_on", "Kallelsen är lämnad vidare"),
                            ("plan", "Plan godkänd"),
                            ("proposed", "Insatser att svara på"),
                            ("answered_part", "Svar på insatser i planen"),
                            ("handed_over", "Ni har tagit över ärendet"),
                            ("consent_ended", "Samordningen är avslutad"),
                            ("closed", "SIP avslutad"),
                            ("deviation", "Avvikelse"),
                            ("deadline", "Tidsgräns"),
                            ("deadline_manager", "Tidsgränsen har passerat. Enhetschefen behöver agera"),
                            ("consent_lapses", "Samtycket går snart ut"),
                            ("consent_lapsed", "Samtycket har gått ut"),
                            ("delivery_failed", "Ett meddelande kom inte fram. Ring i stället"),
                            ("message", "Meddelande i ärendet"),
                            ("party", "Ni är aktör i en SIP"),
                            ("call_reminder", "Svara på kallelsen"),
                            ("premeeting", "Inbjudan till förmöte"),
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
                            ("letter", "Ett brev att posta"),
                            ("notice", "Inskrivningsmeddelande"),
                            ("notice_changed", "Nytt om en inskrivning"),
                        ],
                        max_length=20,
                        verbose_name="slag",
                    ),
                ),
                ("dedupe_key", models.CharField(max_length=200, unique=True, verbose_name="nyckel")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="kom")),
                ("read_at", models.DateTimeField(null=True, verbose_name="läst")),
                ("read_by", models.BigIntegerField(null=True, verbose_name="läst av uppdrag")),
                ("done_at", models.DateTimeField(null=True, verbose_name="kvitterad")),
                ("done_by", models.BigIntegerField(null=True, verbose_name="kvitterad av uppdrag")),
                ("escalated", models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="bevakning")),
                ("passed_at", models.DateTimeField(null=True, verbose_name="passerat")),
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
                "indexes": [
                    models.Index(fields=["unit", "-created_at"], name="inbox_unit_latest"),
                    models.Index(
                        condition=models.Q(("done_at", None), ("read_at", None)),
                        fields=["created_at"],
                        name="inbox_unread",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("case_id", None),
                            models.Q(("kind__in", ["notice", "notice_changed"]), _negated=True),
                            _connector="XOR",
                        ),
                        name="inbox_has_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxRoutine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="veckodagar, måndag är 1"
                    ),
                ),
                (
                    "times",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TimeField(), size=None, verbose_name="klockslag"
                    ),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sparad")),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="sparad av",
                    ),
                ),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "rutin för bevakning",
                "verbose_name_plural": "rutiner för bevakning",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("times__len__gte", 1),
                            ("times__len__lte", 12),
                            ("weekdays__len__gte", 1),
                            ("weekdays__len__lte", 7),
                        ),
                        name="inbox_routine_watches",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxWatcher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="uppdrag",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "bevakar inkommet",
                "verbose_name_plural": "bevakar inkommet",
                "constraints": [models.UniqueConstraint(fields=("unit", "assignment"), name="inbox_watcher_once")],
            },
        ),
    ]
