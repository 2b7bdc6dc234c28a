"""Pages that want a fresh login, behind the real middleware: one to read, one form that keeps what is typed."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from organisations import held, stepup
from organisations.access import allowed
from sip.urls import *  # noqa: F403
from sip.urls import urlpatterns as real

saved = []


class WishForm(forms.Form):
    heading = forms.CharField()
    who = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(widget=forms.Textarea)


@allowed("casework.help")
@stepup.fresh_login
def extract(request):
    return HttpResponse("utdraget")


@allowed("casework.help")
@held.refills
def wish(request):
    """Asks for a fresh login for more, and never for less."""
    form = WishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["heading"] == "mer":
            stepup.require(request)
        saved.append(form.cleaned_data)
        return redirect("organisations:home")
    return render(request, "components/confirm.html", {"form": form, "heading": "Önskan", "submit": "Spara"})


@allowed("casework.help")
@stepup.fresh_login
def plain(request):
    """A form page that has not been made to show what was typed."""
    form = WishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved.append(form.cleaned_data)
        return redirect("organisations:home")
    return render(request, "components/confirm.html", {"form": form, "heading": "Önskan", "submit": "Spara"})


urlpatterns = [path("utdrag/", extract), path("onskan/", wish), path("vanlig/", plain), *real]
