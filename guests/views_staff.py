"""Staff's pages about a link: make it, note that the code is given, end it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cases import frame
from cases.access import door
from guests import codes, pages, services
from guests.forms import CodeGivenForm, LinkForm
from meetings.models import Invitation
from notifications import links
from organisations.errors import shown_on


def invitation_of(case, meeting, invitation) -> Invitation:
    """An invitation of one without an account to a meeting of this case, or 404."""
    found = Invitation.objects.select_related("meeting", "outside_party").filter(
        pk=invitation, case=case, meeting=meeting, outside_party__isnull=False
    )
    if (one := found.first()) is None:
        raise Http404
    return one


def page(request, case, template: str, found, **values):
    shown = pages.page(case, found) | values | frame.context(case, request.actor, here="meetings")
    return render(request, f"guests/{template}.html", shown)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("email")
@door("guests.link")
def link(request, case, meeting, invitation):
    """Make a link. What is shown once stands in the answer itself: no redirect, since nothing keeps it."""
    found = invitation_of(case, meeting, invitation)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            made = services.make(case=case, invitation=found, by=request.actor, **form.values())
        if form.is_valid():
            address = links.address(made.secret, url=settings.SIP_CITIZEN_URL) if made.secret else ""
            code = codes.shown(made.code)
            return page(request, case, "made", found, form=CodeGivenForm(link=made.link), address=address, code=code)
    return page(request, case, "link", found, form=form)


def standing(found):
    """The link that an invitation has now, or 404."""
    if (known := pages.link_of(found)) is None:
        raise Http404
    return known


@require_http_methods(["GET", "POST"])
@door("guests.link")
def code_given(request, case, meeting, invitation):
    """Note how and when the code was given."""
    found = invitation_of(case, meeting, invitation)
    known = standing(found)
    form = CodeGivenForm(request.POST or None, link=known)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.give_code(case=case, link=known, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Noterat.")
            return redirect("guests:link", case.pk, meeting, invitation)
    return page(request, case, "code_given", found, form=form)


@require_POST
@door("guests.link")
def revoke(request, case, meeting, invitation):
    """The link opens nothing any more."""
    services.revoke(case=case, link=standing(invitation_of(case, meeting, invitation)), by=request.actor)
    messages.success(request, "Länken är spärrad.")
    return redirect("guests:link", case.pk, meeting, invitation)
