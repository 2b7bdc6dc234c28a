"""A version that corrects another: written by those who steer, never changed (PDL 3:14)."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from organisations.rls import STEERS, case_rows, same_case

OF_VISIBLE_PLAN = "exists (select 1 from plans_plan p where p.id = plans_plancorrection.plan_id)"


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_isolation"), ("organisations", "0002_isolation")]
    operations = [
        migrations.CreateModel(
            name="PlanCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong", "En uppgift var fel"),
                            ("missing", "En uppgift saknades"),
                            ("other_person", "En uppgift gällde någon annan"),
                            ("wording", "Texten gick att missförstå"),
                        ],
                        max_length=15,
                        verbose_name="vad som var fel",
                    ),
                ),
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
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.plan",
                        verbose_name="rättar version",
                    ),
                ),
                (
                    "plan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="correction",
                        to="plans.plan",
                        verbose_name="rättad version",
                    ),
                ),
            ],
            options={"verbose_name": "rättelse av planen", "verbose_name_plural": "rättelser av planen"},
        ),
        case_rows("plans_plancorrection", insert=STEERS, update=None, citizen=OF_VISIBLE_PLAN),
        same_case("plans_plancorrection", "plan_id", "plans_plan"),
        same_case("plans_plancorrection", "corrects_id", "plans_plan"),
    ]
