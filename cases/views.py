"""Starting a SIP, the case's own details, and who takes part."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import directory, numbers, services
from cases.access import door
from cases.enums import CloseReason
from cases.forms import (
    ContactForm,
    DischargeReadyForm,
    EditForm,
    LeadForm,
    NewPersonForm,
    NumberForm,
    OutsidePartyForm,
    PartyForm,
    StartForm,
    UnitSearchForm,
)
from cases.listing import parties_page, subpage
from cases.views_protection import chosen_first
from organisations.access import allowed
from organisations.errors import shown_on

STARTED = "SIP {} är startad. Nästa steg är att fråga om samtycke."
ENDED = "Behovet är antecknat som {}, och ärendet är avslutat."


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@allowed("cases.start")
def start(request):
    """Step 1: the number, sent by POST only; the own unit's open case is offered first (INI-1)."""
    refusal = services.why_not_start(by=request.actor)
    form = NumberForm(request.POST or None)
    if request.method == "POST" and not refusal and form.is_valid():
        return after_number(request, form.cleaned_data["number"])
    return render(request, "cases/start.html", {"form": form, "refusal": refusal})


def after_number(request, number):
    known = None if "anyway" in request.POST else services.own_open_case(number=number.canonical, by=request.actor)
    if known:
        return render(request, "cases/start_offer.html", {"known": known, "number": number.canonical})
    form = NewPersonForm(initial={"number": number.canonical})
    return render(request, "cases/start_person.html", {"form": form} | about(number.canonical))


def about(number: str) -> dict:
    today = timezone.localdate()
    return {"number": number, "age": numbers.age(number, today), "minor": numbers.is_minor(number, today)}


@require_POST
@sensitive_post_parameters()
@allowed("cases.start")
def start_person(request):
    """Step 2: who it is about and why; the same form sent twice opens one case."""
    form = NewPersonForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"]
        with shown_on(form):
            case = begin(form, number=number.canonical, id_kind=number.kind, by=request.actor)
    if form.is_valid():
        return begun(request, case)
    number = form.cleaned_data.get("number")
    return render(request, "cases/start_person.html", {"form": form} | (about(number.canonical) if number else {}))


def begin(form, **who):
    """Start the case that the form describes; it ends at once when another plan applies (INI-6, INI-7)."""
    reason = form.ends_as()
    if reason:
        plan = form.cleaned_data["other_plan"] if reason == CloseReason.OTHER_PLAN else ""
        return services.start_and_end(reason=reason, other_plan=plan, **form.case_values(), **who)
    return services.start(**form.case_values(), **who)


def begun(request, case):
    if case.is_open:
        messages.success(request, STARTED.format(case.reference))
        return redirect("casework:case", pk=case.pk)
    reason = case.get_close_reason_display()
    messages.success(request, ENDED.format(f"”{reason}”"))
    # INI-7: the other plan begins where the SIP ends.
    compulsory = case.close_reason == CloseReason.COMPULSORY_PLAN
    return redirect("discharge:plan_from_case" if compulsory else "casework:case", pk=case.pk)


@require_safe
@allowed("cases.start")
def compulsory(request):
    """Why a SIP cannot be made during open compulsory psychiatric care (INI-7, LUS 4:1)."""
    return render(request, "cases/compulsory.html")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@door("cases.link_new")
@chosen_first
def link_new(request, case):
    """A new need after closure: a new case that links to the old one (AVS-3)."""
    if case.is_open:
        messages.info(request, "Ärendet är öppet. Fortsätt i det i stället för att starta ett nytt.")
        return redirect("casework:case", pk=case.pk)
    person = case.person
    form = StartForm.after(case, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            new = begin(form, number=person.number, id_kind=person.id_kind, previous_case=case, by=request.actor)
    if form.is_bound and form.is_valid():
        return begun(request, new)
    known = services.own_open_case(number=person.number, by=request.actor)
    page = subpage(case, request.actor, "Ny SIP") | about(person.number) | {"form": form, "known": known}
    return render(request, "cases/link_new.html", page)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@door("cases.edit")
@chosen_first
def edit(request, case):
    form = EditForm.of(request.POST or None, case)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            changed = services.edit(case=case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Uppgifterna är sparade." if changed else "Ingenting var ändrat.")
        return redirect("casework:case", pk=case.pk)
    return render(request, "cases/edit.html", subpage(case, request.actor, "Ändra uppgifter") | {"form": form})


@require_http_methods(["GET", "POST"])
@door("cases.note_contact")
def note_contact(request, case):
    """The first contact between the huvudmän (TID-1)."""
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.note_contact(case=case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Kontakten är antecknad.")
        return redirect("casework:case", pk=case.pk)
    page = subpage(case, request.actor, "Anteckna kontakt") | {"form": form}
    return render(request, "cases/note_contact.html", page)


@require_http_methods(["GET", "POST"])
@door("cases.discharge_ready")
def discharge_ready(request, case):
    """Any party may tell that the person is utskrivningsklar (UTS-3)."""
    form = DischargeReadyForm.of(request.POST or None, case)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.discharge_ready(case=case, by=request.actor, **form.values())
    if form.is_bound and form.is_valid():
        messages.success(request, "Tiden är sparad. Kallelsen ska skickas inom tre dagar.")
        return redirect("casework:case", pk=case.pk)
    page = subpage(case, request.actor, "Utskrivningsklar") | {"form": form}
    return render(request, "cases/discharge_ready.html", page)


@require_http_methods(["GET", "POST"])
@door("cases.change_lead")
def change_lead(request, case):
    """The role can move at any time, with the person's view (UPP-2)."""
    form = LeadForm(request.POST or None, possible=services.possible_leads(case))
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            term = services.change_lead(case=case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, f"{term.staff.name} är nu huvudansvarig.")
        return redirect("casework:worklist")
    page = subpage(case, request.actor, "Byt huvudansvarig") | {"form": form}
    return render(request, "cases/change_lead.html", page)


@require_safe
@door("cases.view")
def parties(request, case):
    return render(request, "cases/parties.html", parties_page(case, request.actor))


@require_http_methods(["GET", "POST"])
@door("cases.add_party")
def add_party(request, case):
    """Units of the directory; the question in the address holds nothing about the person (KAL-1)."""
    search = UnitSearchForm(request.GET or None)
    found = list(directory.search_units(case=case, **search.question()))
    form = PartyForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            party = services.add_party(case=case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, f"{party.unit.name} är tillagd: {party.get_obligation_display().lower()}.")
        return redirect("cases:parties", pk=case.pk)
    page = subpage(case, request.actor, "Lägg till enhet") | {"form": form, "search": search, "found": found}
    return render(request, "cases/add_party.html", page)


@require_http_methods(["GET", "POST"])
@door("cases.add_party")
def add_outside(request, case):
    """A relative or other without an account (MED-4)."""
    form = OutsidePartyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.add_outside_party(case=case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Deltagaren är tillagd.")
        return redirect("cases:parties", pk=case.pk)
    page = subpage(case, request.actor, "Lägg till närstående eller annan") | {"form": form}
    return render(request, "cases/add_outside.html", page)


@require_http_methods(["GET", "POST"])
@door("cases.end_party")
def remove_outside(request, case, party):
    party = case.outside_parties.present().filter(pk=party).first()
    if party is None:
        raise Http404
    if request.method == "POST":
        services.remove_outside_party(case=case, party=party, by=request.actor)
        messages.success(request, "Deltagaren är borttagen.")
        return redirect("cases:parties", pk=case.pk)
    page = subpage(case, request.actor, "Ta bort deltagare") | {"party": party}
    return render(request, "cases/remove_outside.html", page)
