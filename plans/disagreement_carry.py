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


KEPT = ("whose", "unit_id", "name", "view", "topics", "written_at", "written_by_id")
