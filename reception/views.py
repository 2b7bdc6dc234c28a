"""Administration of the reception's rules: thin, the rules about rules are in the services."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisations.access import allowed
from organisations.errors import RuleBroken, shown_on
from reception import rules as kept
from reception import services
from reception.forms import RuleForm

page_or_form = require_http_methods(["GET", "POST"])


def rule_of(request, number):
    return get_object_or_404(kept.own_rules(request.actor), pk=number)


@require_safe
@allowed("reception.administer")
def rules(request):
    """The rules in the order in which they are asked."""
    return render(request, "reception/rules.html", {"rules": kept.own_rules(request.actor)})


@page_or_form
@allowed("reception.administer")
def rule(request, number=None):
    """A new rule, or an own one; saved when its sample lands where it should."""
    found = rule_of(request, number) if number else None
    form = RuleForm(request.POST or None, by=request.actor, rule=found)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.save(by=request.actor, rule=found, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Regeln är provad och sparad. Den gäller från och med nu.")
            return redirect("reception:rules")
    return render(request, "reception/rule.html", {"form": form, "rule": found})


@require_POST
@allowed("reception.administer")
def move(request, number):
    """One step up or down; refused with the reason when a rule would never be used."""
    try:
        services.move(by=request.actor, rule=rule_of(request, number), up=request.POST.get("till") != "ner")
        messages.success(request, "Ordningen är ändrad.")
    except RuleBroken as refused:
        messages.error(request, str(refused))
    return redirect("reception:rules")


@page_or_form
@allowed("reception.administer")
def end(request, number):
    found = rule_of(request, number)
    if request.method == "POST":
        services.end(by=request.actor, rule=found)
        messages.success(request, "Regeln är avslutad.")
        return redirect("reception:rules")
    return render(request, "reception/end.html", {"rule": found})
