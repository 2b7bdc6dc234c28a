import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseMessage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField(verbose_name="meddelande")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                (
                    "to_units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None, verbose_name="till enheter"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="skrivet")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="skrivet av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="från enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "meddelande i ärendet",
                "verbose_name_plural": "meddelanden i ärendet",
            },
        ),
        migrations.CreateModel(
            name="ChannelConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-post"), ("sms", "Sms"), ("letter", "Brev")],
                        max_length=10,
                        verbose_name="kanal",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=254, verbose_name="nummer eller adress")),
                (
                    "given_form",
                    models.CharField(
                        choices=[
                            ("self", "I Min plan"),
                            ("spoken", "Muntligt"),
                            ("written", "Skriftligt"),
                            ("guard", "Skyddade uppgifter"),
                        ],
                        max_length=10,
                        verbose_name="hur",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="från")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="till")),
                (
                    "ended_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self", "I Min plan"),
                            ("spoken", "Muntligt"),
                            ("written", "Skriftligt"),
                            ("guard", "Skyddade uppgifter"),
                        ],
                        max_length=10,
                        verbose_name="hur det togs tillbaka",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
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
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="skrivet av",
                    ),
                ),
            ],
            options={
                "verbose_name": "ja till en kontaktväg",
                "verbose_name_plural": "ja till kontaktvägar",
            },
        ),
        migrations.CreateModel(
            name="MessageReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="läst")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="läst av",
                    ),
                ),
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
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="correspondence.casemessage",
                        verbose_name="meddelande",
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
                "verbose_name": "läst meddelande",
                "verbose_name_plural": "lästa meddelanden",
            },
        ),
        migrations.AddIndex(
            model_name="casemessage",
            index=models.Index(fields=["case", "-at"], name="message_case_latest"),
        ),
        migrations.AddConstraint(
            model_name="casemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text", ""), _negated=True), ("text__length__lte", 1000)),
                name="message_is_short",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelconsent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("case", "channel"), name="channel_consent_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="channelconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("given_at")), _connector="OR"),
                name="channel_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagereading",
            constraint=models.UniqueConstraint(fields=("message", "unit"), name="message_read_once"),
        ),
    ]
