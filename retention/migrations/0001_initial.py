"""Rules, exemptions, stops, batches and the ledger of retention."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "Förberedd"),
                            ("approved", "Godkänd"),
                            ("exported", "Exporterad"),
                            ("done", "Genomförd"),
                            ("cancelled", "Avbruten"),
                        ],
                        default="prepared",
                        max_length=10,
                        verbose_name="läge",
                    ),
                ),
                ("prepared_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="förberedd")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="godkänd")),
                ("exported_at", models.DateTimeField(null=True, verbose_name="exporterad")),
                ("export_name", models.CharField(blank=True, max_length=100, verbose_name="exportfil")),
                ("export_digest", models.CharField(blank=True, max_length=64, verbose_name="exportens kontrollsumma")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="avslutad")),
                ("last_error", models.CharField(blank=True, max_length=200, verbose_name="senaste fel")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="godkänd av",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="organisations.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="förberedd av",
                    ),
                ),
            ],
            options={
                "verbose_name": "gallringsomgång",
                "verbose_name_plural": "gallringsomgångar",
            },
        ),
        migrations.CreateModel(
            name="RetentionExemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "record",
                    models.CharField(
                        choices=[
                            ("health", "Hälso- och sjukvård"),
                            ("social", "Socialtjänst"),
                            ("school", "Skola"),
                            ("other", "Annan verksamhet"),
                            ("log", "Logg"),
                        ],
                        max_length=10,
                        verbose_name="slag av handling",
                    ),
                ),
                ("slug", models.SlugField(max_length=30, verbose_name="kod")),
                ("text", models.CharField(max_length=200, verbose_name="undantag")),
                (
                    "county_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None, verbose_name="län"
                    ),
                ),
                (
                    "kommun_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="kommuner"
                    ),
                ),
                (
                    "birth_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name="födda den"
                    ),
                ),
                ("legal_source", models.CharField(max_length=200, verbose_name="källa")),
                ("valid_from", models.DateField(verbose_name="gäller från")),
                ("valid_to", models.DateField(null=True, verbose_name="gäller till")),
            ],
            options={
                "verbose_name": "undantag från gallring",
                "verbose_name_plural": "undantag från gallring",
                "constraints": [models.UniqueConstraint(fields=("slug", "valid_from"), name="exemption_once")],
            },
        ),
        migrations.CreateModel(
            name="RetentionHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.UUIDField(verbose_name="ärende")),
                ("reference", models.CharField(max_length=20, verbose_name="ärendenummer")),
                ("person_id", models.BigIntegerField(null=True, verbose_name="person")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("placed", "Placerat barn"),
                            ("adoption", "Adoption"),
                            ("paternity", "Faderskap eller föräldraskap"),
                            ("dispute", "Tvist, tillsyn eller begäran om handlingar"),
                        ],
                        max_length=20,
                        verbose_name="slag",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="skäl")),
                ("from_on", models.DateField(verbose_name="från")),
                ("to_on", models.DateField(null=True, verbose_name="till")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="infört")),
                ("end_note", models.CharField(blank=True, max_length=300, verbose_name="varför det avslutades")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="avslutat av",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="infört av",
                    ),
                ),
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
                "verbose_name": "gallringsstopp",
                "verbose_name_plural": "gallringsstopp",
            },
        ),
        migrations.CreateModel(
            name="RetentionProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "record",
                    models.CharField(
                        choices=[
                            ("health", "Hälso- och sjukvård"),
                            ("social", "Socialtjänst"),
                            ("school", "Skola"),
                            ("other", "Annan verksamhet"),
                            ("log", "Logg"),
                        ],
                        max_length=10,
                        verbose_name="slag av handling",
                    ),
                ),
                ("years", models.PositiveSmallIntegerField(verbose_name="antal år")),
                (
                    "counted_from",
                    models.CharField(
                        choices=[
                            ("record", "Sista anteckningen i handlingen"),
                            ("file", "Sista anteckningen om personen hos huvudmannen"),
                        ],
                        max_length=10,
                        verbose_name="räknas från",
                    ),
                ),
                ("must_erase", models.BooleanField(default=False, verbose_name="ska gallras senast året efter")),
                ("legal_source", models.CharField(max_length=200, verbose_name="källa")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="skäl")),
                ("valid_from", models.DateField(verbose_name="gäller från")),
                ("valid_to", models.DateField(null=True, verbose_name="gäller till")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="beslutat")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="beslutat av",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="organisations.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "gallringsregel",
                "verbose_name_plural": "gallringsregler",
            },
        ),
        migrations.CreateModel(
            name="RetentionLedger",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("case", "Avslutat ärende"),
                            ("copy", "Enhetens egna kopior och meddelanden"),
                            ("log", "Loggens uppgifter, en månad"),
                        ],
                        max_length=10,
                        verbose_name="vad",
                    ),
                ),
                ("rows", models.PositiveIntegerField(verbose_name="antal rader")),
                ("reference_hash", models.CharField(max_length=64, verbose_name="ärendets avtryck")),
                ("years", models.PositiveSmallIntegerField(verbose_name="antal år")),
                ("legal_source", models.CharField(max_length=200, verbose_name="källa")),
                ("due_from", models.DateField(verbose_name="fick gallras från")),
                ("erased_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gallrad")),
                ("export_name", models.CharField(max_length=100, verbose_name="exportfil")),
                ("export_digest", models.CharField(max_length=64, verbose_name="exportens kontrollsumma")),
                ("content_digest", models.CharField(max_length=64, verbose_name="postens kontrollsumma")),
                ("log_until", models.DateTimeField(null=True, verbose_name="loggens uppgifter före")),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="godkänd av",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="retention.retentionbatch",
                        verbose_name="gallringsomgång",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="retention.retentionprofile",
                        verbose_name="gallringsregel",
                    ),
                ),
            ],
            options={
                "verbose_name": "rad i gallringsliggaren",
                "verbose_name_plural": "rader i gallringsliggaren",
            },
        ),
        migrations.CreateModel(
            name="RetentionItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("case", "Avslutat ärende"),
                            ("copy", "Enhetens egna kopior och meddelanden"),
                            ("log", "Loggens uppgifter, en månad"),
                        ],
                        max_length=10,
                        verbose_name="vad",
                    ),
                ),
                ("key", models.CharField(max_length=40, verbose_name="nyckel")),
                ("reference", models.CharField(max_length=20, verbose_name="ärendenummer")),
                ("due_from", models.DateField(verbose_name="får gallras från")),
                ("due_by", models.DateField(null=True, verbose_name="ska vara gallrad")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Ska gallras"), ("exported", "Exporterad"), ("refused", "Gallras inte")],
                        default="planned",
                        max_length=10,
                        verbose_name="läge",
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="exportens kontrollsumma")),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="skäl")),
                ("log_until", models.DateTimeField(null=True, verbose_name="loggens uppgifter före")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="retention.retentionbatch",
                        verbose_name="gallringsomgång",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="retention.retentionprofile",
                        verbose_name="gallringsregel",
                    ),
                ),
            ],
            options={
                "verbose_name": "post i gallringsomgång",
                "verbose_name_plural": "poster i gallringsomgång",
            },
        ),
        migrations.AddConstraint(
            model_name="retentionbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["prepared", "approved", "exported"])),
                fields=("organisation",),
                name="batch_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["prepared", "cancelled"]), ("approved_by__isnull", False), _connector="OR"
                ),
                name="batch_approved_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="retentionhold",
            index=models.Index(fields=["case_id"], name="hold_case"),
        ),
        migrations.AddIndex(
            model_name="retentionhold",
            index=models.Index(fields=["person_id"], name="hold_person"),
        ),
        migrations.AddConstraint(
            model_name="retentionprofile",
            constraint=models.UniqueConstraint(
                fields=("record", "organisation", "valid_from"), name="profile_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                name="profile_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("years__gte", 1), ("years__lte", 200)), name="profile_years"
            ),
        ),
        migrations.AddIndex(
            model_name="retentionledger",
            index=models.Index(fields=["organisation", "-erased_at"], name="ledger_latest"),
        ),
        migrations.AddConstraint(
            model_name="retentionitem",
            constraint=models.UniqueConstraint(fields=("batch", "kind", "unit", "key"), name="item_once"),
        ),
    ]
