import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
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
            name="AgeRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=30, verbose_name="regel")),
                ("age", models.PositiveSmallIntegerField(verbose_name="ålder")),
                ("valid_from", models.DateField(verbose_name="gäller från")),
                ("valid_to", models.DateField(null=True, verbose_name="gäller till")),
                ("source", models.CharField(max_length=200, verbose_name="källa")),
                ("effect", models.TextField(verbose_name="vad som ändras")),
                ("task", models.CharField(max_length=300, verbose_name="att göra")),
            ],
            options={
                "verbose_name": "åldersregel",
                "verbose_name_plural": "åldersregler",
                "constraints": [models.UniqueConstraint(fields=("key", "valid_from"), name="age_rule_once")],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "share_answer",
                    models.CharField(
                        choices=[
                            ("yes", "Ja"),
                            ("no", "Nej"),
                            ("unavailable", "Går inte att få svar"),
                            ("waiting", "Väntar på fler svar"),
                        ],
                        max_length=12,
                        verbose_name="dela uppgifter",
                    ),
                ),
                (
                    "planning_answer",
                    models.CharField(
                        choices=[
                            ("yes", "Ja"),
                            ("no", "Nej"),
                            ("unavailable", "Går inte att få svar"),
                            ("waiting", "Väntar på fler svar"),
                        ],
                        max_length=12,
                        verbose_name="planera tillsammans",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("written", "Skriftligt"),
                            ("spoken", "Muntligt"),
                            ("gesture", "Med en gest, till exempel en nick"),
                            ("presumed", "Presumerat: informerad och inga tecken på att säga nej"),
                        ],
                        max_length=10,
                        verbose_name="form",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="lämnat")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="gäller till")),
                (
                    "may_tell_other_sip",
                    models.BooleanField(default=False, verbose_name="får berätta att det finns en annan SIP"),
                ),
                ("child_mature", models.BooleanField(null=True, verbose_name="barnet är moget att svara själv")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="dokumenterat")),
                ("superseded_at", models.DateTimeField(null=True, verbose_name="ersatt")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="återkallat")),
                (
                    "withdrawn_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("written", "Skriftligt"),
                            ("spoken", "Muntligt"),
                            ("gesture", "Med en gest, till exempel en nick"),
                            ("presumed", "Presumerat: informerad och inga tecken på att säga nej"),
                        ],
                        max_length=10,
                        verbose_name="återkallat hur",
                    ),
                ),
                (
                    "withdrawn_who",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "Personen själv"),
                            ("guardian", "Vårdnadshavare"),
                            ("representative", "Ställföreträdare"),
                        ],
                        max_length=20,
                        verbose_name="vem som återkallade",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="dokumenterat av",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="återkallelse dokumenterad av",
                    ),
                ),
            ],
            options={
                "verbose_name": "samtycke",
                "verbose_name_plural": "samtycken",
            },
            bases=(cases.text_models.WithTexts, models.Model),
        ),
        migrations.CreateModel(
            name="ConsentExemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topics", models.BigIntegerField(verbose_name="ämnen som inte delas")),
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
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exemptions",
                        to="consent.consent",
                        verbose_name="samtycke",
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
                "verbose_name": "ämnen som en enhet inte får se",
                "verbose_name_plural": "ämnen som enheter inte får se",
            },
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("informed_how", "Så informerades personen"),
                            ("excluded_note", "Det här får inte delas"),
                            ("child_view", "Barnets syn"),
                            ("maturity_note", "Bedömning av mognad"),
                        ],
                        max_length=20,
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
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="consent.consent",
                        verbose_name="samtycke",
                    ),
                ),
            ],
            options={
                "verbose_name": "text i samtycket",
                "verbose_name_plural": "texter i samtycket",
            },
        ),
        migrations.CreateModel(
            name="ConsentUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("whole_tree", models.BooleanField(default=False, verbose_name="även underliggande enheter")),
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
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="consent.consent",
                        verbose_name="samtycke",
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
                "verbose_name": "enhet i samtycket",
                "verbose_name_plural": "enheter i samtycket",
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.CharField(max_length=200, verbose_name="till")),
                ("what", models.CharField(max_length=200, verbose_name="vad")),
                ("how", models.CharField(max_length=60, verbose_name="hur")),
                ("legal_basis", models.CharField(max_length=100, verbose_name="rättslig grund")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="när")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disclosures",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="till enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "utlämnande",
                "verbose_name_plural": "utlämnanden",
            },
        ),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="varför")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="från")),
                ("ends_at", models.DateTimeField(verbose_name="till")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="avslutad")),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="öppnat av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emergencies",
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
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "nödöppning",
                "verbose_name_plural": "nödöppningar",
            },
        ),
        migrations.CreateModel(
            name="LegalGround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("statute", models.CharField(max_length=100, verbose_name="stöd i lag")),
                ("topics", models.BigIntegerField(verbose_name="ämnen")),
                ("facts", models.TextField(verbose_name="vilka uppgifter")),
                ("reason", models.TextField(verbose_name="varför det behövs")),
                ("from_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="från")),
                ("valid_to", models.DateField(verbose_name="till")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="dokumenterat")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="upphävt")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_grounds",
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
                        verbose_name="upphävt av",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="beslutat av",
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
                "verbose_name": "annan rättslig grund",
                "verbose_name_plural": "andra rättsliga grunder",
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.CharField(max_length=200, verbose_name="mottagare")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong", "Skickat till fel mottagare"),
                            ("voided", "Ärendet var öppnat på fel person"),
                        ],
                        max_length=10,
                        verbose_name="slag",
                    ),
                ),
                ("reason", models.TextField(verbose_name="varför")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="när")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recalls",
                        to="cases.case",
                        verbose_name="ärende",
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
                "verbose_name": "återkallat utlämnande",
                "verbose_name_plural": "återkallade utlämnanden",
            },
        ),
        migrations.CreateModel(
            name="ReceivedVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.UUIDField(verbose_name="ärende")),
                ("reference", models.CharField(max_length=20, verbose_name="ärendenummer")),
                ("person_id", models.BigIntegerField(verbose_name="person")),
                ("kind", models.CharField(max_length=20, verbose_name="vid")),
                ("content", models.JSONField(verbose_name="innehåll")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="mottagen")),
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
                "verbose_name": "mottagen version",
                "verbose_name_plural": "mottagna versioner",
            },
        ),
        migrations.CreateModel(
            name="Representative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.UUIDField(default=uuid.uuid4, verbose_name="samma företrädare")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("guardian", "Vårdnadshavare"),
                            ("forvaltare", "Förvaltare"),
                            ("god_man", "God man"),
                            ("future_power", "Framtidsfullmakt"),
                            ("power", "Fullmakt"),
                            ("ombud", "Personligt ombud"),
                        ],
                        max_length=20,
                        verbose_name="med vilken rätt",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="namn")),
                ("relation", models.CharField(blank=True, max_length=100, verbose_name="relation")),
                ("scope", models.TextField(blank=True, verbose_name="omfattning")),
                ("evidence", models.CharField(max_length=300, verbose_name="underlag")),
                ("evidence_on", models.DateField(verbose_name="underlaget sett")),
                ("understands_note", models.TextField(blank=True, verbose_name="personen förstår fullmakten")),
                ("understands_on", models.DateField(null=True, verbose_name="bedömt")),
                ("from_on", models.DateField(verbose_name="från")),
                ("to_on", models.DateField(null=True, verbose_name="till")),
                ("contact_hidden", models.BooleanField(default=False, verbose_name="kontaktuppgifter döljs för andra")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="dokumenterat")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="inte längre")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="representatives",
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
                    "evidence_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="underlaget sett av",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="dokumenterat av",
                    ),
                ),
            ],
            options={
                "verbose_name": "företrädare",
                "verbose_name_plural": "företrädare",
            },
        ),
        migrations.CreateModel(
            name="ConsentGiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Personen själv"),
                            ("guardian", "Vårdnadshavare"),
                            ("representative", "Ställföreträdare"),
                        ],
                        max_length=20,
                        verbose_name="vem",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="namn")),
                (
                    "share_answer",
                    models.CharField(
                        choices=[
                            ("missing", "Har inte svarat"),
                            ("yes", "Ja"),
                            ("no", "Nej"),
                            ("unavailable", "Går inte att få svar"),
                            ("waived", "Behövs inte"),
                        ],
                        max_length=12,
                        verbose_name="dela uppgifter",
                    ),
                ),
                (
                    "planning_answer",
                    models.CharField(
                        choices=[
                            ("missing", "Har inte svarat"),
                            ("yes", "Ja"),
                            ("no", "Nej"),
                            ("unavailable", "Går inte att få svar"),
                            ("waived", "Behövs inte"),
                        ],
                        max_length=12,
                        verbose_name="planera tillsammans",
                    ),
                ),
                ("answered_on", models.DateField(null=True, verbose_name="svarade")),
                (
                    "form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("written", "Skriftligt"),
                            ("spoken", "Muntligt"),
                            ("gesture", "Med en gest, till exempel en nick"),
                            ("presumed", "Presumerat: informerad och inga tecken på att säga nej"),
                        ],
                        max_length=10,
                        verbose_name="form",
                    ),
                ),
                (
                    "waiver",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("absent", "Borta eller sjuk, och beslutet kan inte vänta (FB 6 kap. 13 § andra stycket)"),
                            ("board", "Socialnämnden har beslutat (FB 6 kap. 13 a §)"),
                            ("other", "Annat stöd i lag"),
                        ],
                        max_length=10,
                        verbose_name="varför svaret inte behövs",
                    ),
                ),
                ("waiver_reason", models.TextField(blank=True, verbose_name="skäl")),
                ("decided_on", models.DateField(null=True, verbose_name="beslutsdatum")),
                ("decided_scope", models.CharField(blank=True, max_length=300, verbose_name="vad beslutet gäller")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="återkallat")),
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
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="givers",
                        to="consent.consent",
                        verbose_name="samtycke",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.representative",
                        verbose_name="företrädare",
                    ),
                ),
            ],
            options={
                "verbose_name": "den som samtycker",
                "verbose_name_plural": "de som samtycker",
            },
        ),
        migrations.CreateModel(
            name="RepresentativeContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(blank=True, max_length=12, verbose_name="personnummer")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telefon")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="adress")),
                ("no_sharing", models.TextField(blank=True, verbose_name="visas ingenting, därför att")),
                (
                    "user_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None, verbose_name="inloggningar"
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
                    "representative",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact",
                        to="consent.representative",
                        verbose_name="företrädare",
                    ),
                ),
            ],
            options={
                "verbose_name": "företrädares kontaktuppgifter",
                "verbose_name_plural": "företrädares kontaktuppgifter",
            },
        ),
        migrations.CreateModel(
            name="AgeException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("extend", "Vårdnadshavare får läsa längre"),
                            ("block", "Vårdnadshavare får inte läsa"),
                            ("early", "Barnet får läsa tidigare"),
                        ],
                        max_length=10,
                        verbose_name="undantag",
                    ),
                ),
                ("day", models.DateField(verbose_name="datum")),
                ("reason", models.TextField(verbose_name="varför")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="dokumenterat")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="upphävt")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="age_exceptions",
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
                        verbose_name="upphävt av",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="beslutat av",
                    ),
                ),
            ],
            options={
                "verbose_name": "undantag från åldersgräns",
                "verbose_name_plural": "undantag från åldersgränser",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("case", "kind"), name="age_exception_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="age_exception_says_why"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("superseded_at", None), ("withdrawn_at", None)),
                fields=["valid_to"],
                name="consent_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)), fields=("case",), name="consent_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to", None), ("valid_to__gte", models.F("given_on")), _connector="OR"),
                name="consent_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentexemption",
            constraint=models.UniqueConstraint(fields=("consent", "unit"), name="consent_exemption_once"),
        ),
        migrations.AddConstraint(
            model_name="consentexemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("topics__gt", 0)), name="consent_exemption_names_topics"
            ),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.UniqueConstraint(fields=("consent", "key"), name="consent_text_once"),
        ),
        migrations.AddConstraint(
            model_name="consentunit",
            constraint=models.UniqueConstraint(fields=("consent", "unit"), name="consent_unit_once"),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="emergency_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("started_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("started_at"), "+", models.Value(datetime.timedelta(days=7))
                        ),
                    ),
                ),
                name="emergency_at_most_a_week",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalground",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("from_on"))), name="legal_ground_dates"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalground",
            constraint=models.CheckConstraint(condition=models.Q(("topics__gt", 0)), name="legal_ground_names_topics"),
        ),
        migrations.AddConstraint(
            model_name="legalground",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("facts", ""), _negated=True)),
                name="legal_ground_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["unit", "case"], name="recall_unit_case"),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="recall_says_why"
            ),
        ),
        migrations.AddIndex(
            model_name="receivedversion",
            index=models.Index(fields=["unit", "-received_at"], name="received_unit_latest"),
        ),
        migrations.AddConstraint(
            model_name="representative",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("case", "line"), name="representative_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="representative",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on", None), ("to_on__gte", models.F("from_on")), _connector="OR"),
                name="representative_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="representative",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("evidence", ""), _negated=True)),
                name="representative_is_evident",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentgiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("share_answer", "waived"), ("planning_answer", "waived")),
                    ("waiver", ""),
                    _connector="XOR",
                ),
                name="giver_waiver_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentgiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("waiver", ""), models.Q(("waiver_reason", ""), _negated=True), _connector="OR"),
                name="giver_waiver_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentgiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("waiver", "board"), _negated=True),
                    models.Q(("decided_on__isnull", False), models.Q(("decided_scope", ""), _negated=True)),
                    _connector="OR",
                ),
                name="giver_board_decision_dated",
            ),
        ),
        migrations.AddIndex(
            model_name="representativecontact",
            index=models.Index(
                condition=models.Q(("number", ""), _negated=True), fields=["number"], name="representative_number"
            ),
        ),
    ]
