"""How long the session lasts, proving oneself again, and the form that waited."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisations import held, session, session_window
from organisations import login as login_rules
from organisations import session_rules as rules
from organisations.forms import PasswordForm
from organisations.middleware import polling, unscoped


def state(request) -> JsonResponse:
    """What the page's warning needs: time left, whose session it is, and a token for the forms of an older page."""
    shown = session_window.shown(request)
    return JsonResponse({name: shown[name] for name in ("left", "limit", "who")} | {"token": get_token(request)})


@unscoped
@polling
@require_safe
def status(request):
    return state(request)


@unscoped
@require_POST
def prolong(request):
    return state(request)


@unscoped
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def step_up(request):
    """Ask for a new login before something that opens or takes out data; then go on to where it was asked."""
    if request.session["method"] == session.OIDC:
        return redirect("identity:step_up")
    form = PasswordForm(request.POST or None)
    if form.is_valid() and login_rules.prove_again(request, form):
        return redirect(session.stepped_up(request, auth_time=rules.now()))
    waits = held.waiting(request.session, request.user)
    return render(request, "organisations/step_up.html", {"form": form, "waits": waits})


@unscoped
@require_http_methods(["GET", "POST"])
def resume(request):
    """The form that waited: filled in again by its own page, or offered for sending; POST throws it away."""
    kept = held.waiting(request.session, request.user)
    if request.method == "POST" or kept is None:
        held.drop(request.session)
        return redirect("organisations:home")
    elsewhere = kept["assignment"] != request.session.get(rules.ACTING)
    if kept["refills"] and not elsewhere:
        return redirect(kept["path"])
    shown = {"kept": kept, "texts": held.texts(kept["pairs"]), "elsewhere": elsewhere}
    return render(request, "organisations/resume.html", shown)
