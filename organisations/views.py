"""Login, logout, choice of acting assignment, and the open pages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisations import login as login_rules
from organisations import session
from organisations.enums import UserKind
from organisations.forms import ActingForm, LoginForm
from organisations.middleware import unscoped


@unscoped
@require_safe
def home(request):
    if request.user.kind == UserKind.CITIZEN:
        return redirect("citizen:plan")
    if request.acting is None:
        return redirect("organisations:acting")
    if request.acting.role in {"org_admin", "guideline_admin"}:
        return redirect("organisations:admin")
    return redirect("casework:worklist")


@unscoped
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request):
    """Somebody who is signed in already goes on; an expired session leads here and back (`next`)."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect("organisations:home")
    if request.method == "POST" and not settings.DEMO_LOGIN:
        raise Http404
    form = LoginForm(request.POST or None) if settings.DEMO_LOGIN else None
    if form and form.is_valid() and login_rules.password_login(request, form, method=session.DEMO):
        return redirect(session.next_page(request))
    shown = {"form": form, "accounts": login_rules.shown_accounts(), "next": request.GET.get("next", "")}
    return render(request, "organisations/login.html", shown | {"password": settings.DEMO_PASSWORD})


@unscoped
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def emergency(request):
    """The operators' own way in, when the identity provider does not answer. Does not exist unless switched on."""
    if not settings.EMERGENCY_LOGIN:
        raise Http404
    form = LoginForm(request.POST or None)
    if form.is_valid() and login_rules.password_login(request, form, method=session.EMERGENCY):
        return redirect("organisations:home")
    return render(request, "organisations/emergency.html", {"form": form})


@unscoped
@login_not_required
@require_POST
def logout(request):
    """Also for a session that has ended already: one who wants out always gets out."""
    if request.session.get("method") == session.OIDC:
        return redirect("identity:logout", preserve_request=True)
    session.finish(request)
    messages.success(request, "Du är utloggad.")
    return redirect("organisations:login")


@unscoped
@require_http_methods(["GET", "POST"])
def acting(request):
    """Choose or switch the acting assignment: a new session id and a log row each time."""
    if request.user.kind == UserKind.CITIZEN:
        raise Http404
    assignments = session.own_assignments(request)
    now = {"assignment": request.acting.pk} if request.acting else {}
    form = ActingForm(request.POST or None, assignments=assignments, initial=now)
    if request.method == "POST" and form.is_valid():
        session.act_in(request, form.cleaned_data["assignment"])
        return redirect(session.next_page(request))
    return render(request, "organisations/acting.html", {"form": form, "assignments": assignments})


@unscoped
@login_not_required
@require_safe
def accessibility(request):
    return render(request, "organisations/accessibility.html")


@unscoped
@login_not_required
@require_safe
def privacy(request):
    return render(request, "organisations/privacy.html")
