import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("meetings", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deviation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("absent", "En aktör kom inte till mötet"),
                            ("guideline", "Riktlinjen följdes inte"),
                            ("measure", "En överenskommen insats blev inte av"),
                            ("coordination", "Aktörerna samordnade sig inte"),
                        ],
                        max_length=20,
                        verbose_name="slag",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("reported", "Rapporterad"),
                            ("received", "Mottagen"),
                            ("answered", "Besvarad"),
                            ("closed", "Avslutad"),
                        ],
                        default="reported",
                        max_length=50,
                        protected=True,
                        verbose_name="läge",
                    ),
                ),
                ("text", models.TextField(verbose_name="det här fungerade inte")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                ("reported_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="rapporterad")),
                ("received_at", models.DateTimeField(null=True, verbose_name="mottagen")),
                ("answer", models.TextField(blank=True, verbose_name="svar")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="besvarad")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="avslutad")),
                ("closing_note", models.TextField(blank=True, verbose_name="slutkommentar")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="besvarad av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deviations",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="avslutad av",
                    ),
                ),
                (
                    "concerns_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="gäller enhet",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="mottagen av",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="rapporterad av",
                    ),
                ),
                (
                    "reported_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="rapporterad av enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "avvikelse",
                "verbose_name_plural": "avvikelser",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["answered", "closed"]), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="deviation_answered_has_answer",
                    )
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name="AbsenceDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("reported", "Rapporterades"), ("dismissed", "Rapporterades inte")],
                        max_length=10,
                        verbose_name="beslut",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="skäl")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="beslutat")),
                (
                    "attendance",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absence_decision",
                        to="meetings.attendance",
                        verbose_name="närvaro",
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
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="beslutat av",
                    ),
                ),
                (
                    "deviation",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deviations.deviation",
                        verbose_name="avvikelse",
                    ),
                ),
            ],
            options={
                "verbose_name": "ställningstagande till frånvaro",
                "verbose_name_plural": "ställningstaganden till frånvaro",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deviation__isnull", False), ("outcome", "reported"), ("reason", "")),
                            models.Q(
                                ("deviation", None), ("outcome", "dismissed"), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="absence_decision_has_reason",
                    )
                ],
            },
        ),
    ]
