"""What the pages about a case and its parties show."""

from cases import access, services
from cases.frame import address, context, crumbs


def subpage(case, actor, here: str) -> dict:
    """The case's frame around a page that is none of its tabs."""
    around = context(case, actor, "overview")
    frame = around["frame"]
    tabs = [tab | {"current": False} for tab in frame["tabs"]]
    return around | {
        "frame": frame | {"is_overview": False, "here": here, "tabs": tabs, "crumbs": crumbs(case, frame["name"], here)}
    }


def parties_page(case, actor) -> dict:
    """Units with their part and whether they see the case; relatives and others; who is huvudansvarig."""
    seen_by = services.units_with_access(case)
    rows = [
        {
            "party": party,
            "unit": party.unit,
            "sees": party.unit_id in seen_by,
            "leads": party.unit_id == case.lead_unit_id,
        }
        for party in case.participations.with_names().select_related("contact_staff").order_by("unit__name", "pk")
    ]
    return context(case, actor, "parties") | {
        "rows": [row for row in rows if row["party"].ended_on is None],
        "ended": [row for row in rows if row["party"].ended_on],
        "outside": list(case.outside_parties.present()),
        "lead_terms": list(case.lead_terms.select_related("staff", "unit").order_by("-from_on", "-pk")),
        "may_add": access.may(case, actor, "cases.add_party"),
        "may_end": access.may(case, actor, "cases.end_party"),
        "may_change_lead": case.lead_unit_id is not None and access.may(case, actor, "cases.change_lead"),
        "leave_url": leave_url(case, actor),
    }


def leave_url(case, actor) -> str:
    """Where a party that does not steer leaves the case."""
    leaves = access.may(case, actor, "cases.leave") and not access.steers(case, actor)
    return address("plans:leave", case) if leaves else ""
