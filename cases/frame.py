"""The frame of every case page: who it is about, which step, which tabs; a protection mark hides who it is."""

from django.urls import reverse
from django.utils import timezone

from cases import protection
from cases.enums import CloseReason, State
from cases.numbers import age
from organisations import swedish

# here → (action, address, text); a tab is shown to those whose role has the action.
TABS = {
    "overview": ("cases.view", "casework:case", "Översikt"),
    "parties": ("cases.view", "cases:parties", "Aktörer"),
    "consent": ("cases.view", "consent:history", "Samtycke"),
    "preparation": ("preparation.view", "preparation:overview", "Förberedelse"),
    "meetings": ("cases.view", "meetings:overview", "Kallelse och möte"),
    "plan": ("plans.view", "plans:plan", "Plan"),
    "follow_up": ("plans.view", "plans:follow_ups", "Uppföljning"),
    "discharge": ("cases.view", "discharge:overview", "Utskrivning"),
    "papers": ("papers.view", "papers:list", "Papper"),
    "messages": ("correspondence.view", "correspondence:messages", "Meddelanden"),
    "deviations": ("cases.view", "deviations:list", "Avvikelser"),
    "log": ("cases.log", "casework:log", "Logg"),
}
# The discharge has a tab while there is one, or on its own page.
ALWAYS = TABS.keys() - {"discharge"}
# Pages of a case that no tab leads to.
OTHER = {"retention": "Gallring", "clocks": "Tidsgränser", "contact": "Så får personen besked"}
ALL_STEPS_DONE = 7
STEP_NOTES = {
    State.CONSENTED: "samtycke finns",
    State.CALLED: "kallelse skickad",
    State.MET: "möte hållet",
    State.PLANNED: "planen gäller",
    State.FOLLOWING_UP: "uppföljning pågår",
}


def context(case, actor, here: str, *, revealed: bool = False) -> dict:
    """The template context of `cases/frame.html`; `here` is a key of TABS. Costs one query (the consent).

    `revealed` shows protected details on this one page; the caller has logged that somebody chose to see them.
    """
    return {"case": case, "actor": actor, "here": here, "frame": frame(case, actor, here, revealed=revealed)}


def frame(case, actor, here: str, *, revealed: bool = False) -> dict:
    hidden = case.is_protected and not revealed
    consent = case.consents.filter(superseded_at=None).first()
    name = case.shown_name if hidden else case.full_name
    return {
        "name": name,
        "first_name": "personen" if case.is_protected else case.given_name,
        "number": "" if hidden else swedish.personnummer(case.person.number),
        "age": None if hidden else age(case.person.number, timezone.localdate()),
        "phone": "" if hidden else case.phone,
        "address": "" if hidden else case.address,
        "reference": case.reference,
        "protected": case.is_protected,
        "letters": protection.letters(case),
        "hidden": hidden,
        "step": case.step if case.is_open else ALL_STEPS_DONE,
        "notes": notes(case),
        "consent": consent,
        "tags": tags(case, consent),
        "tabs": tabs(case, actor, here),
        "crumbs": crumbs(case, name, here),
        "here": name if here == "overview" else TABS[here][2] if here in TABS else OTHER[here],
        "is_overview": here == "overview",
    }


def tabs(case, actor, here: str) -> list[dict]:
    return [
        {"url": address(url, case), "text": text, "current": key == here}
        for key, (action, url, text) in TABS.items()
        if actor.may(action) and (key in (here, *ALWAYS) or case.inpatient or case.discharge_ready_at)
    ]


def address(name: str, case, *more) -> str:
    """The address of a page of the case."""
    return reverse(name, args=[case.pk, *more])


def crumbs(case, name: str, here: str) -> list[dict]:
    way = [{"url": reverse("casework:worklist"), "text": "Mina ärenden"}]
    if here != "overview":
        way.append({"url": address("casework:case", case), "text": name})
    return way


def notes(case) -> dict[int, str]:
    """Short words under the steps; the work is not linear, so only what is certain is said."""
    said = {case.step: STEP_NOTES[case.state]} if case.state in STEP_NOTES else {}
    if case.closed_on:
        said[6] = f"{case.get_state_display().lower()} {swedish.day_month(case.closed_on)}"
    said.setdefault(1, f"behovet sågs {swedish.day_month(case.need_found_on)}")
    return said


def tags(case, consent) -> list[dict]:
    found = [consent_tag(consent)] if case.is_open else []
    if not case.is_open:
        found.append(ended_tag(case))
    if case.interpreter:
        found.append({"text": "Tolk behövs", "kind": "info", "icon": "languages"})
    if case.inpatient:
        found.append({"text": "Inlagd på sjukhus", "kind": "info", "icon": "hospital"})
    return found


def ended_tag(case) -> dict:
    if case.close_reason == CloseReason.MISTAKE:
        return {"text": "Makulerat", "kind": "danger", "icon": "circle-alert"}
    return {"text": case.get_state_display(), "kind": "", "icon": "circle-check"}


def consent_tag(current) -> dict:
    if current is None or not current.both_yes:
        return {"text": "Samtycke saknas", "kind": "warn", "icon": "clock"}
    if current.lapsed(timezone.localdate()):
        return {"text": "Samtycket har gått ut", "kind": "danger", "icon": "circle-alert"}
    return {"text": "Samtycke finns", "kind": "success", "icon": "circle-check"}
