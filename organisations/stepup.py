"""A login of at most five minutes' age before data is taken out or opened wider (ASVS V7.5.3).

Never before a no, a narrowing or a withdrawal: nothing may stand in the way of those.
"""

from functools import wraps

from django.shortcuts import redirect
from django.urls import reverse

from organisations import held
from organisations import session_rules as rules


class StepUpNeeded(Exception):
    """The login is too old for this; the scope is rolled back and the person asked to prove who they are."""


def is_fresh(request) -> bool:
    return rules.is_fresh(request.session)


def require(request) -> None:
    """Raise StepUpNeeded unless the login is fresh; for a view that asks only under a condition."""
    if not is_fresh(request):
        raise StepUpNeeded


def fresh_login(view):
    """Decorate a view inside its door: it is reached only with a fresh login.

    Put it on the page that leads to a file too: a file that comes after the step-up leaves its page behind.
    """

    @wraps(view)
    def behind_fresh_login(request, *args, **kwargs):
        require(request)
        return view(request, *args, **kwargs)

    return behind_fresh_login


def ask(request, view):
    """Remember the address, and what was typed for it, and lead to the page that asks for a new login."""
    form = held.form_of(request, view)
    if form:
        request.session[held.KEY] = form
    request.session["step_up_to"] = reverse("organisations:resume") if form else request.get_full_path()
    return redirect("organisations:step_up")
