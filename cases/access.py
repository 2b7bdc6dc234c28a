"""The one door to a case: 404 when invisible, 403 when not allowed, else the case, and the reading is logged."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404

from audit import log
from cases.models import Case
from organisations import roles


def case_for(request, pk, *, to: str) -> Case:
    """Return the case `pk` for the action `to` of `roles.ACTIONS`.

    Raises Http404 when the acting unit does not see it, PermissionDenied when the role or the unit's part in the
    case does not allow the action, or the case is closed.
    """
    return case_by(request.actor, pk, to=to)


def door(action: str):
    """Decorate a case view: it gets the case instead of `pk`, or nobody gets in. `view.action` names the rule."""

    def decorate(view):
        @wraps(view)
        def behind_door(request, pk, *args, **kwargs):
            return view(request, case_for(request, pk, to=action), *args, **kwargs)

        behind_door.action = action
        return behind_door

    return decorate


def case_by(actor, pk, *, to: str) -> Case:
    """`case_for` without a request, for the API and commands."""
    if not actor.may(to):
        raise PermissionDenied("Ditt uppdrag ger inte rätt till det här.")
    case = Case.objects.with_names().filter(pk=pk).first()
    if case is None:
        raise Http404
    refusal = why_not(case, actor, to)
    if refusal:
        raise PermissionDenied(refusal)
    log.record("cases.read", action=log.READ, case_id=case.pk, person_id=case.person_id, object_type=to)
    return case


def why_not(case: Case, actor, action: str) -> str:
    """The sentence that says why `actor` may not do `action` in a visible case, or an empty string."""
    rule = roles.ACTIONS[action]
    if not actor.may(action):
        return "Ditt uppdrag ger inte rätt till det här."
    if rule.steers and not (steers(case, actor) or (rule.ward and is_discharging_ward(case, actor))):
        return "Bara den ansvariga enheten eller huvudansvarigs enhet kan göra det här."
    if rule.open_only and not case.is_open:
        return "Ärendet är avslutat och går bara att läsa."
    return ""


def steers(case: Case, actor) -> bool:
    return actor.unit_id in {case.owner_unit_id, case.lead_unit_id}


def is_discharging_ward(case: Case, actor) -> bool:
    """The acting unit is the ward where the person lies, in a county where the ward approves the plan (UTS-6)."""
    lies_here = case.inpatient and case.ward_unit_id is not None and case.ward_unit_id == actor.unit_id
    return lies_here and case.guideline.approver_at_discharge == "ward"


def may(case: Case, actor, action: str) -> bool:
    """For templates: show the button only to those whom the door would let in."""
    return not why_not(case, actor, action)
