"""The organisation's own words in the plain-language check: add, end, list (PLA-1)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from organisations import words
from organisations.access import allowed
from organisations.admin_forms import WordForm
from organisations.errors import shown_on

PER_PAGE = 50
page_or_form = require_http_methods(["GET", "POST"])


@require_safe
@allowed("words.administer")
def word_list(request):
    page = Paginator(words.own_words(request.actor), PER_PAGE).get_page(request.GET.get("sida"))
    return render(request, "organisations/admin/words.html", {"page": page})


@page_or_form
@allowed("words.administer")
def add_word(request):
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            words.add_word(by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Ordet är tillagt. Det gäller från och med nu.")
            return redirect("organisations:words")
    return render(request, "organisations/admin/word.html", {"form": form})


@page_or_form
@allowed("words.administer")
def end_word(request, number):
    found = get_object_or_404(words.own_words(request.actor), pk=number)
    if request.method == "POST":
        words.end_word(word=found, by=request.actor)
        messages.success(request, "Ordet är avslutat. Raden står kvar i listan.")
        return redirect("organisations:words")
    return render(request, "organisations/admin/end_word.html", {"word": found})
