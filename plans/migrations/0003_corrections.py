"""A version that corrects another: written by those who steer, never changed (PDL 3:14)."""

from django.db import migrations

from organisations.rls import STEERS, case_rows, same_case

OF_VISIBLE_PLAN = "exists (select 1 from plans_plan p where p.id = plans_plancorrection.plan_id)"


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_isolation"), ("organisations", "0002_isolation")]
    operations = [
        case_rows("plans_plancorrection", insert=STEERS, update=None, citizen=OF_VISIBLE_PLAN),
        same_case("plans_plancorrection", "plan_id", "plans_plan"),
        same_case("plans_plancorrection", "corrects_id", "plans_plan"),
    ]
