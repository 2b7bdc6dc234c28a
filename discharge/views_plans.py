"""Samordnad vårdplan at open compulsory care: INI-7's exit goes on here (LPT 7 a §, LRV 12 a §)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.access import door as case_door
from discharge import care_plan_documents, care_plans, lists, pages
from discharge.doors import door, form_page
from discharge.forms import AdjustForm, CarePlanForm, CarePlanNewForm, CarePlanUnitForm, MeasureForm
from discharge.models import CarePlan
from organisations.access import allowed
from organisations.middleware import polling

page_or_form = require_http_methods(["GET", "POST"])


@require_safe
@allowed("discharge.plans")
def plans(request):
    shown = lists.plans_page(request.actor, request.GET.get("sida", "1"))
    may_make = request.actor.may("discharge.write_plan") and not care_plans.why_not_make(by=request.actor)
    return render(request, "discharge/plans.html", shown | {"may_make": may_make})


@page_or_form
@sensitive_post_parameters()
@allowed("discharge.write_plan")
def plan_new(request):
    form = CarePlanNewForm(request.POST or None)

    def act(form):
        care_plans.make(by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:plan", request.POST.get("plan_id")), pages.new_plan(request.actor)
    done = "Den samordnade vårdplanen är påbörjad."
    return form_page(request, "discharge/plan_new.html", form, act, done=done, to=to, context=shown)


@require_safe
@case_door("discharge.view")
def plan_from_case(request, case):
    """The need was met by INI-7: why no SIP, and the plan that is made instead, with what is known filled in."""
    form = CarePlanNewForm(initial=pages.plan_initial(case))
    shown = pages.new_plan(request.actor) | {"form": form, "case": case}
    return render(request, "discharge/plan_new.html", shown)


@require_safe
@door(CarePlan, "discharge.plans")
def plan(request, plan):
    return render(request, "discharge/plan.html", pages.care_plan(plan, request.actor))


@require_POST
@door(CarePlan, "discharge.plans")
def plan_reveal(request, plan):
    """Who it is behind a protection mark, on this answer alone, by a choice that is logged."""
    pages.note_reveal(plan)
    return render(request, "discharge/plan.html", pages.care_plan(plan, request.actor, revealed=True))


@polling
@page_or_form
@door(CarePlan, "discharge.print_plan")
def plan_pdf(request, plan):
    if request.method == "POST":
        care_plan_documents.order(plan=plan, by=request.actor)
        return redirect("discharge:plan_pdf", plan.pk)
    shown = pages.document(plan)
    response = render(request, "discharge/plan_pdf.html", shown)
    if shown["waiting"]:
        response.headers["Refresh"] = "3"
    return response


@require_safe
@door(CarePlan, "discharge.print_plan")
def plan_download(request, plan):
    content = care_plan_documents.pdf_of(plan=plan, by=request.actor)
    if content is None:
        raise Http404
    # A neutral name: the file may lie in a shared folder.
    headers = {"Content-Disposition": 'attachment; filename="plan.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@page_or_form
@door(CarePlan, "discharge.write_plan")
def plan_edit(request, plan):
    form = CarePlanForm(request.POST or None, initial={name: getattr(plan, name) for name in CarePlanForm.base_fields})

    def act(form):
        began_from = request.POST.get("began_from", "")
        care_plans.write(plan=plan, began_from=began_from, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:plan", plan.pk), pages.plan_texts(plan) | {"heading": "Skriv i planen"}
    return form_page(request, "discharge/plan_step.html", form, act, done="Planen är sparad.", to=to, context=shown)


@page_or_form
@door(CarePlan, "discharge.write_plan")
def plan_unit(request, plan):
    form = CarePlanUnitForm(request.POST or None, found=pages.plan_units(request.actor, request.GET, request.POST))

    def act(form):
        care_plans.add_unit(plan=plan, by=request.actor, **form.cleaned_data)

    to = ("discharge:plan", plan.pk)
    shown = {"plan": plan, "heading": "Lägg till enhet", "search": True, "q": request.GET.get("q", "")}
    return form_page(request, "discharge/plan_step.html", form, act, done="Enheten är med.", to=to, context=shown)


@page_or_form
@door(CarePlan, "discharge.write_plan")
def plan_measure(request, plan):
    form = MeasureForm(request.POST or None)

    def act(form):
        care_plans.add_measure(plan=plan, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:plan", plan.pk), {"plan": plan, "heading": "Lägg till en insats"}
    return form_page(request, "discharge/plan_step.html", form, act, done="Insatsen är sparad.", to=to, context=shown)


@require_POST
@door(CarePlan, "discharge.write_plan")
def plan_unmeasure(request, plan, number):
    measure = get_object_or_404(plan.measures.select_related("plan"), pk=number)
    care_plans.remove_measure(measure=measure, by=request.actor)
    messages.success(request, "Insatsen är borttagen.")
    return redirect("discharge:plan", plan.pk)


@require_POST
@door(CarePlan, "discharge.adjust")
def plan_adjust(request, plan):
    form = AdjustForm(request.POST)
    revision = form.cleaned_data["revision"] if form.is_valid() else 0
    done = care_plans.adjust(plan=plan, revision=revision, by=request.actor)
    text = "Planen är upprättad: alla enheter har justerat den." if done else "Er justering är sparad."
    messages.success(request, text)
    return redirect("discharge:plan", plan.pk)


@require_POST
@door(CarePlan, "discharge.write_plan")
def plan_end(request, plan):
    care_plans.end(plan=plan, by=request.actor)
    messages.success(request, "Planen är avslutad. Personen kan nu erbjudas en SIP.")
    return redirect("discharge:plan", plan.pk)
