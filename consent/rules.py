"""What must hold of an answer before it is recorded; each check raises RuleBroken with the sentence to show."""

from django.utils import timezone

from consent import coverage
from consent.models import WAITING, Answer, Form
from organisations.errors import RuleBroken

SPOKEN = {Form.SPOKEN, Form.PRESUMED}


def check_answer(before, answers, answer) -> None:
    """How and when the answer was given (SAM-2), and until when it holds (SAM-4)."""
    today = timezone.localdate()
    if answer.form in SPOKEN and not answer.informed_how:
        raise RuleBroken("Skriv hur personen fick information, och av vem.", field="informed_how")
    if answer.given_on > today:
        raise RuleBroken("Samtycket kan inte vara lämnat framåt i tiden.", field="given_on")
    if answer.valid_to and (answer.valid_to < today or answer.valid_to < answer.given_on):
        raise RuleBroken("Slutdatumet har passerat. Välj ett datum från och med i dag.", field="valid_to")
    if {Answer.UNAVAILABLE, WAITING} & set(answers) and Answer.NO not in answers and coverage.stands(before):
        raise RuleBroken("Det finns redan ett ja. Det gäller tills personen tar tillbaka det eller det går ut.")


def check_own_unit(case, *, units, trees, by, before) -> None:
    """A unit that steers without owning may not cut itself off in passing."""
    if by.unit_id == case.owner_unit_id or by.unit_id not in coverage.covered_by(before):
        return
    if by.unit_id not in coverage.covered_ids(units, trees):
        raise RuleBroken("Din egen enhet måste vara med i samtycket så länge den håller i ärendet.", field="units")
