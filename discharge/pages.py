"""What the pages of a discharge show."""

from django.http import Http404
from django.utils import timezone

from audit import log
from cases import clock_pages, frame
from cases.access import may, steers
from cases.enums import DeadlineKind
from cases.listing import subpage
from cases.payment import AVERAGE
from cases.topics import NOT_SHARED, sees_all
from discharge import care_plan_documents, care_plans, lists, notices, payment, process
from discharge.enums import Decision, DischargeState, WhyBefore
from discharge.models import Discharge, NoticeMessage, NoticeReceiver, PaymentAmount
from organisations import swedish
from organisations.enums import UnitKind
from organisations.models import Authority, DeadlineRule, Guideline, Unit
from plans import services as plans
from preparation import selectors as preparation
from preparation.models import BookingState


def number(text: str, default: int, first: int, last: int) -> int:
    """The number in an address, when it is one that there is."""
    return int(text) if text.isdecimal() and len(text) < 6 and first <= int(text) <= last else default


def note_reveal(about) -> None:
    log.record(
        "cases.revealed", action=log.REVEAL, person_id=about.person_id, object_type="discharge",
        object_id=about.reference,
    )  # fmt: skip


def who(about, *, revealed: bool) -> dict:
    """Name, number and address of an admission or a notice; nothing behind a mark."""
    hidden = about.protected and not revealed
    return {
        "hidden": hidden,
        "name": about.shown_name if hidden else about.full_name,
        "number": "" if hidden else swedish.personnummer(about.number),
        "address": "" if hidden else about.address,
    }


def around(admission, heading: str) -> dict:
    return {"admission": admission, "heading": heading, "who": who(admission, revealed=False)}


def found_units(ward_id: int, words: str, posted) -> list:
    """The units to choose from; what was chosen stays in the list, whatever was searched for."""
    ward = Unit.objects.with_names().get(pk=ward_id)
    found = list(lists.to_choose(ward, words))
    chosen = [int(pk) for pk in posted.getlist("units") if pk.isdecimal() and len(pk) < 10] if posted else []
    more = Unit.objects.active().with_names().filter(pk__in=chosen, acts_for__county_code=ward.acts_for.county_code)
    return found + [unit for unit in more if unit not in found]


def recall_text(receiver) -> str:
    return (
        f"{receiver.unit.name} kan inte läsa meddelandet längre och får veta att det var felsänt. Det antecknas som "
        "ett felaktigt utlämnande."
    )


def admission(admission, actor, *, revealed=False) -> dict:
    """The ward's own page: the clock, who got the notice and has acknowledged, and what to do."""
    notice = notices.Notice.objects.filter(admission=admission).first()
    receivers = NoticeReceiver.objects.filter(notice=notice).select_related(
        "unit", "recalled_by__staff", "handed_on_to"
    )
    messages = NoticeMessage.objects.filter(receiver__notice=notice).select_related("unit", "acknowledged_by__staff")
    discharge = (
        Discharge.objects.filter(notice=notice).select_related("case").order_by("pk").first() if notice else None
    )
    now = timezone.now()
    return {
        "admission": admission,
        "who": who(admission, revealed=revealed),
        "notice": notice,
        "receivers": list(receivers.order_by("sent_at", "pk")) if notice else [],
        "sent": list(messages.order_by("-sent_at", "-pk")) if notice else [],
        "discharge": discharge,
        "known_cases": lists.in_force_of(admission),
        "why": notices.why(admission),
        "in_time": notice.sent_at <= admission.due_at if notice else now <= admission.due_at,
        "may_act": admission.is_open and actor.may("discharge.admit"),
        "next": lists.ward_next(
            admission, discharge, late=notice is None and now > admission.due_at, gone=nobody_left(notice, receivers)
        ),
    }


def nobody_left(notice, receivers) -> bool:
    """Whether every receiver was the wrong one."""
    return notice is not None and not receivers.filter(recalled_at=None).exists()


def notice(notice, actor, *, revealed=False) -> dict:
    """What a receiver may read of a notice, and its own messages; nothing of the other receivers."""
    messages = NoticeMessage.objects.filter(receiver__notice=notice, unit_id=actor.unit_id)
    discharge = Discharge.objects.filter(notice=notice).select_related("case").order_by("pk").first()
    return {
        "notice": notice,
        "who": who(notice, revealed=revealed),
        "sent": list(messages.select_related("acknowledged_by__staff").order_by("-sent_at", "-pk")),
        "discharge": discharge,
        "may_acknowledge": actor.may("discharge.acknowledge"),
        "may_follow": notice.is_open and discharge is None and actor.may("discharge.follow"),
        "may_hand_back": discharge is None and actor.may("discharge.hand_back"),
    }


def units_of_own(actor, notice):
    """The other units of the acting unit's huvudman that a notice can be handed on to."""
    own = Unit.objects.get(pk=actor.unit_id)
    found = Unit.objects.active().with_names().filter(acts_for_id=own.acts_for_id).exclude(pk=own.pk)
    found = found.exclude(kind__in=[UnitKind.WARD, UnitKind.ADMINISTRATION, UnitKind.SCHOOL, UnitKind.SCHOOL_HEALTH])
    return found.order_by("name", "pk") if notice.is_open else found.none()


def current_or_404(case) -> Discharge:
    """The discharge that goes on in the case, or the latest; Http404 when there is none."""
    found = process.current(case)
    if found is None:
        raise Http404
    found.case = case
    return found


def admitted(case, actor) -> dict:
    """What to do when somebody is admitted while a plan is in force (UPP-4); Http404 when none is."""
    if plans.in_force(case) is None:
        raise Http404
    return frame.context(case, actor, here="discharge") | {
        "may_follow_up": may(case, actor, "plans.follow_up"),
        "may_close": may(case, actor, "cases.close"),
    }


def step(case, actor, heading: str, refusal: str = "") -> dict:
    return subpage(case, actor, heading) | {"heading": heading, "refusal": refusal}


def overview(case, actor) -> dict:
    """The discharge with its clocks, people, decision and payment; what the acting unit may do now."""
    discharge = process.current(case)
    shown = frame.context(case, actor, here="discharge") | {"discharge": discharge}
    if discharge is None:
        return shown
    discharge.case = case
    called_at = discharge.called_at()
    clock = case.deadlines.filter(kind=DeadlineKind.CALL_AFTER_READY, cancelled_at=None, met_at=None).first()
    contacts = list(discharge.contacts.filter(ended_at=None).select_related("staff", "unit").order_by("-coordinates"))
    acts = discharge.is_open and may(case, actor, "discharge.act")
    return shown | {
        "contacts": contacts,
        "called_at": called_at,
        "clock": clock_pages.one(clock, now=timezone.now(), today=timezone.localdate()) if clock else None,
        "before": why_before(case, discharge, actor),
        "gaps": list(discharge.gaps.order_by("from_on")),
        "bill": payment.of_discharge(discharge),
        "roles": roles(case, discharge, contacts),
        "next": next_step(discharge, contacts, called_at),
        "may_act": acts,
        "may_ward": acts and (actor.unit_id == discharge.ward_unit_id or steers(case, actor)),
        "may_name": acts and not process.why_not_name(discharge, actor),
        "may_decide": discharge.state != DischargeState.BROKEN and may(case, actor, "discharge.decide"),
        "may_call": called_at is None and discharge.call_is_due and may(case, actor, "meetings.call"),
        "may_book": acts and preparation.interpreter(case)["state"] == BookingState.NEEDED
        and actor.unit_id == discharge.ward_unit_id,
    }  # fmt: skip


def decided(discharge) -> dict:
    """What was decided before, for the form that changes it."""
    if not discharge.decision:
        return {}
    both = "yes" if discharge.both_needed else "no"
    return {"both_needed": both, "decision": discharge.decision, "why_none": discharge.why_none}


def why_before(case, discharge, actor) -> list[str]:
    """The decision's reasons, or that they are not shared with the reader (SAM-3)."""
    key = process.REASON_KEY.format(discharge.pk)
    if not discharge.decision:
        return []
    if key not in case.rows:
        return [] if sees_all(case.pk, actor) else [f"{NOT_SHARED}."]
    first, _, rest = case.said(key).partition("\n")
    if discharge.decision != Decision.BEFORE:
        return [case.said(key)] if case.said(key) else []
    return [*(WhyBefore(code).label for code in first.split()), *([rest] if rest else [])]


def roles(case, discharge, contacts) -> list[dict]:
    """Who does what, as the law and the county's agreement say (UTS-6)."""
    caller = next((f"{c.staff.name}, {c.unit.name}" for c in contacts if c.coordinates), "Inte utsedd än")
    ward_approves = case.guideline.approver_at_discharge == "ward" and discharge.decision == Decision.BEFORE
    said = preparation.interpreter(case)
    booked = "" if said["state"] == BookingState.NEEDED else said["label"]
    return [
        {"term": "Samordnar och kallar", "text": caller},
        {"term": "Tolk", "text": booked or f"{discharge.ward_unit.name} bokar"},
        {"term": "Godkänner planen", "text": discharge.ward_unit.name if ward_approves else "Den som kallar"},
        {"term": "Lämnar över", "text": f"{discharge.ward_unit.name}, samma dag som hemgången"},
    ]


def next_step(discharge, contacts, called_at) -> str:
    """The one thing that the process waits for."""
    if discharge.state == DischargeState.BROKEN:
        return ""
    if not discharge.decision:
        missing = discharge.is_open and not contacts
        return "Öppenvården utser fast vårdkontakt" if missing else "Bestäm om SIP före, hemma eller ingen"
    if discharge.state == DischargeState.PLANNING:
        return "Avdelningen underrättar när personen är utskrivningsklar"
    if discharge.call_is_due and called_at is None:
        return "Den fasta vårdkontakten kallar till SIP"
    return "Skriv in när personen åker hem" if discharge.is_open else ""


def county_of(actor) -> str:
    """The county of the acting organisation's huvudman."""
    return Authority.objects.filter(organisation_id=actor.organisation_id).order_by("code").first().county_code


def amounts(county: str) -> dict:
    found = PaymentAmount.objects.filter(county_code__in=["", county]).order_by("-year", "county_code")
    guideline = Guideline.objects.for_county(county, timezone.localdate())
    rules = DeadlineRule.objects.valid_on(timezone.localdate()).filter(guideline=guideline, kind=DeadlineKind.PAYMENT)
    average = guideline.settings.get("payment_model") == AVERAGE
    shown = {"amounts": list(found), "seen": payment.own_amounts(county)}
    return shown | {"rules": list(rules.order_by("-care_type")), "average": average}


def new_plan(actor) -> dict:
    return {"refusal": care_plans.why_not_make(by=actor)}


def plan_texts(plan) -> dict:
    return {"plan": plan, "began_from": care_plans.seen(plan), "saved": care_plans.texts_of(plan)}


def plan_initial(case) -> dict:
    """What is known of the person already; behind a mark it is written anew."""
    if case.is_protected:
        return {}
    return {"number": case.person.number, "given_name": case.given_name, "family_name": case.family_name}


def care_plan(plan, actor, *, revealed=False) -> dict:
    """The plan with its parts, who has adjusted what, and what the acting unit may do."""
    units = list(plan.units.select_related("unit__acts_for", "adjusted_by__staff").order_by("pk"))
    for row in units:
        row.current = row.adjusted_revision == plan.revision
    mine = next((row for row in units if row.unit_id == actor.unit_id), None)
    makes = plan.maker_unit_id == actor.unit_id and actor.may("discharge.write_plan")
    hidden = plan.protected and not revealed
    return {
        "plan": plan,
        "units": units,
        "measures": list(plan.measures.select_related("unit").order_by("unit__name", "pk")),
        "hidden": hidden,
        "name": plan.shown_name if hidden else f"{plan.given_name} {plan.family_name}",
        "number": "" if hidden else swedish.personnummer(plan.number),
        "missing": care_plans.missing(plan) if plan.is_draft else [],
        "may_write": plan.is_draft and makes,
        "may_add": plan.is_draft and mine is not None and actor.may("discharge.write_plan"),
        "may_adjust": plan.is_draft and mine is not None and not mine.current and actor.may("discharge.adjust"),
        "may_end": plan.state != "ended" and makes,
    }


def plan_units(actor, query, posted) -> list:
    """Units of kommun and region in the maker's county; the one that was sent stays in the list."""
    own = Unit.objects.with_names().get(pk=actor.unit_id)
    found = list(lists.to_choose(own, query.get("q", "")))
    chosen = posted.get("unit", "")
    if chosen.isdecimal() and len(chosen) < 10:
        found += [unit for unit in Unit.objects.active().with_names().filter(pk=chosen) if unit not in found]
    return found


def document(plan) -> dict:
    """The plan as PDF: not ordered, waiting, ready or failed."""
    found = care_plan_documents.latest(plan)
    return {
        "plan": plan,
        "document": found,
        "waiting": found is not None and found.state == "queued",
        "ordered": swedish.clock(found.created_at) if found else "",
    }
