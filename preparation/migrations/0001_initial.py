import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models

import cases.text_models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PreMeeting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("planned", "Bestämt"), ("held", "Hållet"), ("cancelled", "Inställt")],
                        default="planned",
                        max_length=50,
                        protected=True,
                        verbose_name="läge",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="börjar")),
                ("place", models.CharField(max_length=300, verbose_name="plats eller länk")),
                ("about_costs", models.BooleanField(verbose_name="om kostnader")),
                ("about_responsibility", models.BooleanField(verbose_name="om ansvar")),
                (
                    "consent_form",
                    models.CharField(
                        choices=[
                            ("spoken", "Muntligt"),
                            ("written", "Skriftligt"),
                            ("other", "På annat sätt, till exempel med bilder eller tecken"),
                        ],
                        max_length=10,
                        verbose_name="hur personen sa ja",
                    ),
                ),
                ("consent_on", models.DateField(verbose_name="dag då personen sa ja")),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="enheter"
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="bestämt")),
                ("agenda_at", models.DateTimeField(null=True, verbose_name="utfallet till mötet")),
                ("plan_at", models.DateTimeField(null=True, verbose_name="utfallet till planen")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="premeetings",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="bestämt av",
                    ),
                ),
            ],
            options={
                "verbose_name": "förmöte",
                "verbose_name_plural": "förmöten",
            },
            bases=(cases.text_models.WithTexts, django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PreMeetingText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[("notes", "Anteckningar från förmötet"), ("outcome", "Utfall")],
                        max_length=10,
                        verbose_name="text",
                    ),
                ),
                ("text", models.TextField(verbose_name="innehåll")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "premeeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="preparation.premeeting",
                        verbose_name="förmöte",
                    ),
                ),
            ],
            options={
                "verbose_name": "text från förmöte",
                "verbose_name_plural": "texter från förmöten",
            },
        ),
        migrations.CreateModel(
            name="PreMeetingUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("basis", models.CharField(max_length=200, verbose_name="grund")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "premeeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guests",
                        to="preparation.premeeting",
                        verbose_name="förmöte",
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
                "verbose_name": "enhet på förmöte",
                "verbose_name_plural": "enheter på förmöte",
            },
        ),
        migrations.CreateModel(
            name="PreparationText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("what_matters", "Vad är viktigt för dig?"),
                            ("strengths", "Det som fungerar bra"),
                            ("question", "Frågeställning"),
                            ("age", "Med tanke på åldern"),
                            ("disability", "Med tanke på funktionsnedsättning"),
                            ("language", "Språk och sätt att förstå"),
                            ("place", "Plats, resa och tid"),
                            ("relatives", "Närstående"),
                        ],
                        max_length=20,
                        verbose_name="text",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="innehåll")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                ("revision", models.PositiveIntegerField(db_default=1, default=1, verbose_name="revision")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sparad")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preparation_texts",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="sparad av",
                    ),
                ),
            ],
            options={
                "verbose_name": "text i förberedelsen",
                "verbose_name_plural": "texter i förberedelsen",
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("interpreter", "Tolk"), ("adaptation", "Anpassningar")],
                        max_length=15,
                        verbose_name="slag",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("needed", "Behövs"),
                            ("booked", "Bokad"),
                            ("confirmed", "Bekräftad"),
                            ("not_needed", "Behövs inte"),
                        ],
                        default="needed",
                        max_length=50,
                        protected=True,
                        verbose_name="läge",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=60, verbose_name="språk")),
                (
                    "form",
                    models.CharField(
                        blank=True,
                        choices=[("on_site", "På plats"), ("phone", "Telefon"), ("video", "Video")],
                        max_length=10,
                        verbose_name="hur",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="bokningsnummer")),
                ("booked_at", models.DateTimeField(null=True, verbose_name="bokad")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="bekräftad")),
                (
                    "booked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="bokad av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookings",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
            ],
            options={
                "verbose_name": "bokning inför mötet",
                "verbose_name_plural": "bokningar inför mötet",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "kind"), name="booking_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["booked", "confirmed"]), _negated=True),
                            models.Q(("booked_at__isnull", False), ("booked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="booking_says_who",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name="GuestWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wanted", models.BooleanField(verbose_name="ska komma")),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="namn eller roll")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                ("said_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="skrivet")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="borttaget")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guest_wishes",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="skrivet av",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "önskemål om vem som kommer",
                "verbose_name_plural": "önskemål om vilka som kommer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("unit__isnull", True), ("name", ""), _connector="XOR"),
                        name="guest_wish_names_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None), ("unit__isnull", False)),
                        fields=("case", "unit"),
                        name="guest_wish_unit_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None), models.Q(("name", ""), _negated=True)),
                        fields=("case", "name"),
                        name="guest_wish_name_once",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="premeeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "planned")), fields=("case",), name="premeeting_one_planned"
            ),
        ),
        migrations.AddConstraint(
            model_name="premeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("about_costs", True), ("about_responsibility", True), _connector="OR"),
                name="premeeting_is_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="premeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "held"), models.Q(("agenda_at", None), ("plan_at", None)), _connector="OR"
                ),
                name="premeeting_held_before_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="premeetingtext",
            constraint=models.UniqueConstraint(fields=("premeeting", "key"), name="premeeting_text_once"),
        ),
        migrations.AddConstraint(
            model_name="premeetingunit",
            constraint=models.UniqueConstraint(fields=("premeeting", "unit"), name="premeeting_unit_once"),
        ),
        migrations.AddConstraint(
            model_name="preparationtext",
            constraint=models.UniqueConstraint(fields=("case", "key"), name="preparation_text_once"),
        ),
    ]
