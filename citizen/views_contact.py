"""The citizen's page about how to be told."""

from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from citizen import contact, pages
from citizen.door import mine
from organisations.errors import shown_on


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("address")
@mine
def channels(request, case):
    form = contact.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            contact.choose(case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            return redirect("citizen:channels", case.pk)
    return render(request, "citizen/channels.html", pages.frame(case) | contact.page(case) | {"form": form})


@require_POST
@mine
def end_channel(request, case, way):
    contact.end(case, way, by=request.actor)
    return redirect("citizen:channels", case.pk)
