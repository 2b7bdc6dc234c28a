"""Letting a clock of a case stand still, and go on."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases import clock_services, frame
from cases.access import door
from cases.enums import PauseReason
from organisations.errors import shown_on


class PauseForm(forms.Form):
    reason = forms.ChoiceField(label="Varför pausas tidsgränsen?", choices=PauseReason, widget=forms.RadioSelect)


@require_http_methods(["GET", "POST"])
@door("cases.pause_clock")
def pause(request, case, number):
    deadline = get_object_or_404(case.deadlines, pk=number)
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            clock_services.pause(case=case, deadline=deadline, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Tidsgränsen är pausad. Ingen påminns om den förrän du startar den igen.")
            return redirect("casework:clocks", case.pk)
    page = frame.context(case, request.actor, here="clocks") | {"form": form, "deadline": deadline}
    return render(request, "cases/pause_clock.html", page)


@require_POST
@door("cases.pause_clock")
def resume(request, case, number):
    deadline = get_object_or_404(case.deadlines, pk=number)
    clock_services.resume(case=case, deadline=deadline, by=request.actor)
    messages.success(request, "Tidsgränsen löper igen. De pausade dagarna är tillagda.")
    return redirect("casework:clocks", case.pk)
