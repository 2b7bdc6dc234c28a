"""The citizen's door: own cases only, and every reading is logged like anybody else's (MED-1)."""

from functools import wraps

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404

from audit import log
from cases.enums import Relation
from cases.models import Case, PersonAccess


def own_cases():
    """The cases that the signed-in citizen may read, newest first; the database decides which."""
    mine = PersonAccess.objects.filter(Q(case=None) | Q(case=OuterRef("pk")), person=OuterRef("person"))
    relation = mine.order_by("-relation").values("relation")[:1]
    others = Case.objects.exclude(pk=OuterRef("pk"))
    found = Case.objects.with_names().select_related("lead_authority")
    return found.annotate(relation=Subquery(relation), has_others=Exists(others)).order_by("-opened_at")


def own_case(request, pk) -> Case:
    """Return the case and log that it was read. Raises Http404 when it is not the citizen's."""
    case = own_cases().filter(pk=pk).first()
    if case is None:
        raise Http404
    log.record(
        "citizen.read",
        action=log.READ,
        case_id=case.pk,
        person_id=case.person_id,
        object_type=request.resolver_match.view_name,
    )
    return case


def mine(view):
    """Decorate a citizen's view: it gets the case instead of `pk`."""

    @wraps(view)
    def behind_door(request, pk, *args, **kwargs):
        return view(request, own_case(request, pk), *args, **kwargs)

    return behind_door


def is_guardian(case: Case) -> bool:
    return case.relation == Relation.GUARDIAN


def may_see_place(case: Case) -> bool:
    """A guardian is not told where a person with protected identity can be found."""
    return not (case.is_protected and is_guardian(case))
