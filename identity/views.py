"""The pages around a login at an identity provider; none of them has any right to case data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from audit import log
from identity import flow, leaving
from identity.errors import Refused
from organisations import session
from organisations.middleware import unscoped


def refusal(request, provider, error: Refused):
    """One calm page for every login that came to nothing, and one log row that holds nothing personal."""
    details = {"reason": error.reason, "provider": provider.way}
    log.append_unscoped("login.refused", action=log.REFUSED, user_id=error.user_id, details=details)
    shown = {"sentence": error.sentence, "provider": provider, "down": error.status == 503}
    return render(request, "identity/refused.html", shown, status=error.status)


@unscoped
@login_not_required
@require_safe
def start(request, way):
    """To the provider's login page, and back to where the person was going."""
    provider = flow.provider_for(way)
    try:
        return redirect(flow.start(request, provider, what=flow.LOGIN, next_page=session.next_page(request)))
    except Refused as error:
        return refusal(request, provider, error)


@unscoped
@login_not_required
@require_safe
@sensitive_variables()
def callback(request, way):
    """The provider's answer: a session, or a page that says why not."""
    provider = flow.provider_for(way)
    try:
        return redirect(flow.complete(request, provider))
    except Refused as error:
        return refusal(request, provider, error)


@unscoped
@require_safe
def step_up(request):
    """Prove who you are once more, at the provider that you came from."""
    provider = flow.provider_of(request)
    try:
        return redirect(flow.start(request, provider, what=flow.STEP_UP))
    except Refused as error:
        return refusal(request, provider, error)


@unscoped
@login_not_required
@require_POST
def logout(request):
    """Ours is ended at once; the page that follows ends the provider's."""
    form = leaving.leave(request)
    if form is None:
        messages.success(request, "Du är utloggad.")
        return redirect("organisations:login")
    return render(request, "identity/leaving.html", form)


@unscoped
@login_not_required
@require_safe
def left(request, way):
    flow.provider_for(way)
    if leaving.came_back(request):
        messages.success(request, "Du är utloggad, också ur inloggningstjänsten.")
    return redirect("organisations:login")


@unscoped
@login_not_required
@csrf_exempt
@require_POST
@sensitive_variables()
def back_channel(request, way):
    """The provider's own server asks; what it sends is signed, so no session and no form token come with it."""
    provider = flow.provider_for(way)
    try:
        leaving.end_from_provider(provider, request.POST.get("logout_token", ""))
    except Refused as error:
        details = {"reason": error.reason, "provider": provider.way}
        log.append_unscoped("logout.refused", action=log.REFUSED, details=details)
        return HttpResponse(status=400)
    return HttpResponse(status=200)
