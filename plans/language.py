"""The plain-language check on a plan: hints at each text, goal and measure, and the score of it all (PLA-1)."""

from functools import cached_property

from organisations import swedish, words
from plainlanguage.check import Hint, Report, check, check_measure
from plainlanguage.score import Score, score
from plainlanguage.smart import GoalHint, check_goal
from plans import documents
from plans.models import BlockKey, Doer
from plans.rules import all_measures

# What the person says, and whom to ring: neither is rewritten.
OWN_WORDS = frozenset(
    {
        BlockKey.WHAT_MATTERS, BlockKey.PERSON_OPINION, BlockKey.CRISIS_CALL, BlockKey.CRISIS_GREEN_CALL,
        BlockKey.CRISIS_RED_CALL,
    }
)  # fmt: skip
MOST_SHOWN = 8
GOAL_TEXTS = ("text", "how_noticed")
# What may be sent to be looked at while it is written: the texts of the plan, of a goal and of a measure.
FIELDS = frozenset({*BlockKey.values, *GOAL_TEXTS})


class Reader:
    """Looks at texts with the words of the writer's organisation.

    The name of a person with protected identity is not looked for: a hint on it would tell that it is the name.
    """

    def __init__(self, by, case=None):
        self.by = by
        self.done: dict = {}
        hidden = case is None or case.is_protected
        self.name = {} if hidden else {"given_name": case.given_name, "family_name": case.family_name}

    @cached_property
    def words(self):
        return words.word_list(self.by)

    def text(self, key: str, whole: str) -> Report:
        """What a text of the plan, or of a goal, gave."""
        own = key in OWN_WORDS
        if (own, whole) not in self.done:
            self.done[own, whole] = check(whole, words=self.words, own_words=own, **self.name)
        return self.done[own, whole]

    def measure(self, measure) -> Report:
        """What a measure gave; its fields may say who and when."""
        when = documents.measure_when(measure)
        return check_measure(measure.text, who=who_of(measure), when=when, words=self.words, **self.name)

    def block(self, block, plan) -> list[Hint]:
        """What to show at a block, of the texts that the reader may see."""
        seen = {key: plan.rows[key].text for key in block.texts if key in plan.rows}
        return shown(*(self.text(key, whole) for key, whole in seen.items()))

    def goal(self, goal) -> list[Hint]:
        return shown(*(self.text(name, getattr(goal, name)) for name in GOAL_TEXTS))

    def form(self, form) -> dict[str, list[Hint]]:
        """Field → what to show at it, for what stands in the form that is open."""
        names = [name for name in form.fields if name in FIELDS] if form is not None else []
        return {name: shown(self.text(name, str(form[name].value() or ""))) for name in names}

    def score(self, plan) -> Score | None:
        """Of everything that the reader may see of the plan."""
        texts = [self.text(key, row.text) for key, row in plan.rows.items()]
        texts += [self.text(name, getattr(goal, name)) for goal in plan.goals.all() for name in GOAL_TEXTS]
        return score([*texts, *(self.measure(measure) for measure in all_measures(plan))])


def smart(goal) -> tuple[GoalHint, ...]:
    """What a goal leaves open; the last day of its measures says when (PLA-7)."""
    ends = [measure.ends_on for measure in goal.measures.all() if measure.ends_on]
    return check_goal(
        goal.text, how_noticed=goal.how_noticed, when=f"senast {swedish.short_date(max(ends))}" if ends else ""
    )


def who_of(measure) -> str:
    """Who does a measure by its fields, in words; empty when nobody is named."""
    if measure.doer == Doer.SELF:
        return "du"
    return measure.doer_name or (measure.unit.name if measure.unit_id else "")


def shown(*reports: Report) -> list[Hint]:
    """The hints to show, each once, and not more than somebody reads."""
    found = {}
    for report in reports:
        for hint in report.hints:
            found.setdefault((hint.kind, hint.excerpt.lower(), hint.suggestion), hint)
    return list(found.values())[:MOST_SHOWN]
