"""Setting and removing a protection mark."""

from functools import wraps

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases import frame, protection
from cases.access import door
from cases.listing import subpage
from cases.protection_forms import ProtectionForm
from organisations.errors import shown_on


def chosen_first(view):
    """Decorate a form with name, number and address: behind a mark they stand there after a choice that is logged."""

    @wraps(view)
    def behind_choice(request, case):
        if case.is_protected and request.method != "POST":
            return render(request, "cases/edit_protected.html", subpage(case, request.actor, "Ändra uppgifter"))
        if case.is_protected and "reveal" in request.POST:
            protection.reveal(case)
            # The form as it is first shown.
            request.POST = QueryDict()
        return view(request, case)

    return behind_choice


@require_http_methods(["GET", "POST"])
@door("cases.protect")
def protect(request, case):
    form = ProtectionForm(request.POST or None, initial={"protection": case.protection})
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            protection.change(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Sparat. Det gäller i alla personens ärenden.")
            return redirect("casework:case", case.pk)
    page = frame.context(case, request.actor, here="overview") | {"form": form, "letters": protection.letters(case)}
    return render(request, "cases/protect.html", page)
