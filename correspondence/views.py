"""Messages of a case, the person's channels as staff write them in, and the unit's letters to post."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import frame
from cases.access import door, may
from correspondence import channels, letters, selectors, services
from correspondence.forms import MessageForm, PostedForm, StaffChannelForm
from correspondence.models import PERSON_CHANNELS
from organisations.access import allowed
from organisations.errors import shown_on
from organisations.models import Unit


@require_safe
@door("correspondence.view")
def case_messages(request, case):
    shown = selectors.page(case, request.actor, number=request.GET.get("sida", "1"))
    rights = {"may_write": may(case, request.actor, "correspondence.write")}
    page = frame.context(case, request.actor, here="messages") | shown | rights
    return render(request, "correspondence/messages.html", page)


@require_http_methods(["GET", "POST"])
@door("correspondence.write")
def write(request, case):
    units = Unit.objects.filter(pk__in=selectors.receivers(case, request.actor)).order_by("name")
    form = MessageForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.send(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Meddelandet är skickat.")
            return redirect("correspondence:messages", case.pk)
    page = frame.context(case, request.actor, here="messages") | {"form": form, "nobody": not units}
    return render(request, "correspondence/write.html", page)


@require_POST
@door("correspondence.read")
def read(request, case):
    services.read(case=case, by=request.actor)
    return redirect("correspondence:messages", case.pk)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("address")
@door("correspondence.channels")
def contact(request, case):
    form = StaffChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            channels.choose(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Sparat. Personen får besked den vägen från och med nu.")
            return redirect("correspondence:contact", case.pk)
    shown = {
        "form": form,
        "rows": channels.rows(case),
        "history": channels.history(case),
    }
    return render(request, "correspondence/contact.html", frame.context(case, request.actor, here="contact") | shown)


@require_POST
@door("correspondence.end_channel")
def end_contact(request, case, way):
    if way not in dict(PERSON_CHANNELS):
        raise Http404
    channels.end(case=case, channel=way, form="spoken", by=request.actor)
    messages.success(request, "Borttaget. Det som inte har hunnit skickas den vägen skickas inte.")
    # The form asks for an open case; a no does not.
    return redirect("correspondence:contact" if case.is_open else "casework:case", case.pk)


@require_safe
@allowed("correspondence.letters")
def letter_list(request):
    posted, number = request.GET.get("visa") == "postade", request.GET.get("sida", "1")
    shown = letters.page(request.actor, posted=posted, number=number)
    form = {"form": PostedForm(), "may_post": request.actor.may("correspondence.post")}
    return render(request, "correspondence/letters.html", shown | form)


@require_safe
@allowed("correspondence.post")
def letter_pdf(request, pk):
    _, case = letters.letter(pk, request.actor)
    data = letters.pdf(case, url=settings.SIP_PUBLIC_URL, citizen_url=settings.SIP_CITIZEN_URL)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="brev.pdf"'
    return response


@require_POST
@allowed("correspondence.post")
def letter_posted(request, pk):
    found, case = letters.letter(pk, request.actor)
    form = PostedForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            letters.posted(letter=found, case=case, by=request.actor, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, "Brevet är markerat som postat.")
        return redirect("correspondence:letters")
    return render(request, "correspondence/letter.html", {"form": form, "letter": found, "case": case})
