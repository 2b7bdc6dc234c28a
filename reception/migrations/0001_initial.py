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
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="ordning")),
                ("area", models.CharField(blank=True, max_length=200, verbose_name="område")),
                ("profession", models.CharField(blank=True, max_length=200, verbose_name="yrke")),
                ("sample_area", models.CharField(blank=True, max_length=200, verbose_name="exempel: område")),
                ("sample_profession", models.CharField(blank=True, max_length=200, verbose_name="exempel: yrke")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="tillagd")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="avslutad")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="tillagd av",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="avslutad av",
                    ),
                ),
                (
                    "listed_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="listad på",
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
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="mottagande enhet",
                    ),
                ),
                (
                    "sample_listed",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="exempel: listad på",
                    ),
                ),
            ],
            options={
                "verbose_name": "fördelningsregel",
                "verbose_name_plural": "fördelningsregler",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["organisation", "position"],
                        name="routing_rule_order",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("area", ""), _negated=True),
                            models.Q(("profession", ""), _negated=True),
                            ("listed_unit__isnull", False),
                            _connector="OR",
                        ),
                        name="routing_rule_asks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("ended_by__isnull", False), _connector="XOR"),
                        name="routing_rule_ended_by",
                    ),
                ],
            },
        ),
    ]
