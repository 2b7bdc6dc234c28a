"""Payment liability for kommun and region, and what a day costs; references and days, never who (LUS 5 kap.)."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from discharge import pages, payment
from discharge.doors import form_page
from discharge.forms import AmountForm
from organisations.access import allowed


@require_safe
@allowed("discharge.payment")
def payments(request):
    year = pages.number(request.GET.get("ar", ""), timezone.localdate().year, payment.FIRST_YEAR, 2100)
    shown = payment.page(request.actor, year=year, number=pages.number(request.GET.get("sida", ""), 1, 1, 10_000))
    return render(request, "discharge/payment.html", shown)


@require_http_methods(["GET", "POST"])
@allowed("discharge.amounts")
def amounts(request):
    county = pages.county_of(request.actor)
    form = AmountForm(request.POST or None)

    def act(form):
        seen = request.POST.get("seen", "")
        payment.set_amount(county_code=county, seen=seen, by=request.actor, **form.cleaned_data)

    shown = pages.amounts(county)
    done = "Beloppet är sparat för ert län."
    return form_page(request, "discharge/amounts.html", form, act, done=done, to=("discharge:amounts",), context=shown)
