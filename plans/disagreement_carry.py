"""A new version begins with the disagreements that stood in the one before: nobody has agreed since (MOT-4)."""

from plans.disagreement_models import Disagreement


def carry(before, plan) -> None:
    """Copy them, each to the goal in the same place; one on a goal that is not there any more is about the plan."""
    goals = {goal.position: goal.pk for goal in plan.goals.all()}
    Disagreement.objects.bulk_create(
        Disagreement(
            case_id=plan.case_id, plan=plan, goal_id=goals.get(row.goal.position) if row.goal_id else None,
            **{name: getattr(row, name) for name in KEPT},
        )
        for row in before.disagreements.select_related("goal").order_by("pk")
    )  # fmt: skip


def loosen(goal) -> None:
    """Those on a goal that is taken away stand as about the plan: nobody has agreed by that."""
    Disagreement.objects.bulk_create(
        Disagreement(case_id=goal.case_id, plan_id=goal.plan_id, **{name: getattr(row, name) for name in KEPT})
        for row in Disagreement.objects.filter(goal=goal).order_by("pk")
    )


KEPT = ("whose", "unit_id", "name", "view", "topics", "written_at", "written_by_id")
