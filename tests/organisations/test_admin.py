"""An organisation's administrator keeps its own units, staff and assignments, and sees no case (GUI-1, GUI-2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import Case, CaseAccess
from consent import services as consent
from organisations import admin_services as services
from organisations.errors import RuleBroken
from organisations.models import Assignment, Staff, Unit
from tests import build

BASE = "/administration/"
UNIT = {
    "name": "Korttidsboendet Provgården", "short_name": "Provgården", "kind": "home_care", "acts_for": "",
    "committee": "", "parent": "", "hsa_id": "", "phone": "023-820 00", "email": "", "contact_note": "",
}  # fmt: skip
STAFF = {"name": "Nora Provén", "title": "enhetschef", "hsa_id": "", "phone": ""}


@pytest.fixture
def admin(browse):
    return browse("anders.falun")


def own(cast, name) -> Unit:
    return Unit.objects.filter(organisation=cast.unit("admin").organisation, name=name).first()


def test_every_page_opens(cast, admin):
    unit, person = cast.unit("owner"), cast.staff("owner")
    assignment = cast.assignment("owner")
    for rest in (
        "", "enheter/", "enheter/ny/", f"enheter/{unit.pk}/", f"enheter/{unit.pk}/aktiv/", "medarbetare/",
        "medarbetare/ny/", f"medarbetare/{person.pk}/", f"medarbetare/{person.pk}/aktiv/", "uppdrag/",
        "uppdrag/nytt/", f"uppdrag/{assignment.pk}/avsluta/", "riktlinjer/",
    ):  # fmt: skip
        assert admin.get(BASE + rest).status_code == 200, rest


def test_the_administrator_sees_no_case(cast, admin):
    case = build.case(cast)
    with cast.acting("admin"):
        assert not Case.objects.exists()
    assert admin.get("/arenden/").status_code == 403
    assert admin.get(f"/arenden/{case.pk}/").status_code == 403


@pytest.mark.parametrize("username", ["amira.falun", "yusuf.falun", "helena.falun", "gunilla.dalarna"])
def test_nobody_else_administers(browse, username):
    client = browse(username)
    for rest in ("enheter/", "enheter/ny/", "medarbetare/", "uppdrag/nytt/"):
        assert client.get(BASE + rest).status_code == 403
    assert client.post(BASE + "enheter/ny/", UNIT).status_code == 403


def test_the_guideline_administrator_reads_the_guidelines(browse):
    client = browse("gunilla.dalarna")
    assert client.get(BASE).status_code == 200
    html = client.get(BASE + "riktlinjer/").content.decode()
    assert "Er riktlinje" in html and "Kallelse efter utskrivningsklar" in html
    assert browse("amira.falun").get(BASE + "riktlinjer/").status_code == 403


def test_another_organisations_things_do_not_exist(cast, admin):
    theirs = cast.assignment("party")
    for rest in (
        f"enheter/{theirs.unit_id}/", f"enheter/{theirs.unit_id}/aktiv/", f"medarbetare/{theirs.staff_id}/",
        f"medarbetare/{theirs.staff_id}/aktiv/", f"uppdrag/{theirs.pk}/avsluta/",
    ):  # fmt: skip
        assert admin.get(BASE + rest).status_code == 404
        assert admin.post(BASE + rest, {}).status_code == 404
    data = {"staff": theirs.staff_id, "unit": theirs.unit_id, "role": "handler", "valid_from": "2026-01-01"}
    assert admin.post(BASE + "uppdrag/nytt/", data).status_code == 200
    assert not Assignment.objects.filter(staff=theirs.staff_id, valid_from="2026-01-01").exists()


def test_the_services_refuse_another_organisations_things_themselves(cast):
    theirs, by = cast.assignment("party"), cast.actor("admin")
    for change in (
        lambda: services.save_unit(by=by, unit=theirs.unit, **dict.fromkeys(services.UNIT_FIELDS, "x")),
        lambda: services.save_staff(by=by, person=theirs.staff, **dict.fromkeys(services.STAFF_FIELDS, "x")),
        lambda: services.set_active(by=by, thing=theirs.unit, active=False),
        lambda: services.assign(
            by=by, staff=theirs.staff, unit=theirs.unit, role="reader", valid_from=timezone.localdate()
        ),
        lambda: services.end_assignment(by=by, assignment=theirs),
    ):
        with pytest.raises(RuleBroken, match="din egen organisation"), cast.acting("admin"):
            change()


def test_a_unit_is_made_changed_and_switched_off_but_never_deleted(cast, admin):
    assert admin.post(BASE + "enheter/ny/", UNIT).status_code == 302
    unit = own(cast, UNIT["name"])
    assert unit.organisation_id == cast.unit("admin").organisation_id
    changed = UNIT | {"phone": "023-820 01", "hsa_id": "se2120002221-x900", "parent": cast.unit("owner").pk}
    assert admin.post(f"{BASE}enheter/{unit.pk}/", changed).status_code == 302
    unit.refresh_from_db()
    assert (unit.hsa_id, unit.parent_id) == ("SE2120002221-X900", cast.unit("owner").pk)
    assert admin.post(f"{BASE}enheter/{unit.pk}/aktiv/").status_code == 302
    unit.refresh_from_db()
    assert not unit.is_active
    assert admin.post(f"{BASE}enheter/{unit.pk}/aktiv/").status_code == 302
    with cast.acting("admin"):
        events = set(
            AuditEvent.objects.filter(object_type="unit", object_id=str(unit.pk)).values_list("event", flat=True)
        )
    assert events == {f"organisations.unit_{e}" for e in ("made", "changed", "deactivated", "activated")}


def test_sending_the_unit_twice_gives_one(admin):
    assert admin.post(BASE + "enheter/ny/", UNIT).status_code == 302
    again = admin.post(BASE + "enheter/ny/", UNIT)
    assert again.status_code == 200 and "Det finns redan en enhet med det namnet." in again.content.decode()
    assert Unit.objects.filter(name=UNIT["name"]).count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "Skriv enhetens namn."),
        ({"kind": ""}, "Välj typ av enhet."),
        ({"hsa_id": "SE 123 !"}, "Skriv HSA-id med bokstäver"),
        ({"email": "inte en adress"}, "Skriv en e-postadress"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(admin, values, sentence):
    response = admin.post(BASE + "enheter/ny/", UNIT | values)
    assert response.status_code == 200 and sentence in response.content.decode()


def test_a_unit_never_lies_below_itself(cast, admin):
    assert admin.post(BASE + "enheter/ny/", UNIT).status_code == 302
    below = own(cast, UNIT["name"])
    admin.post(f"{BASE}enheter/{below.pk}/", UNIT | {"parent": cast.unit("owner").pk})
    top = cast.unit("owner")
    values = {name: getattr(top, name) or "" for name in UNIT} | {"acts_for": top.acts_for_id, "parent": below.pk}
    response = admin.post(f"{BASE}enheter/{top.pk}/", values)
    assert response.status_code == 200 and "kan inte ligga under sig själv" in response.content.decode()


def test_moving_a_unit_moves_what_the_consent_covers(cast, admin):
    """A yes to a unit and all below it follows the tree; the database rebuilds the access itself."""
    top, moved = cast.unit("reception"), cast.unit("same_kommun")
    case = build.case(cast)
    with cast.acting("owner"):
        consent.record(
            case=case, form="written", given_on=timezone.localdate(), by=cast.owner, share_answer="yes",
            planning_answer="yes", units=[cast.unit("owner")], trees=[top],
        )  # fmt: skip
        case = Case.objects.get(pk=case.pk)
        consent.add_if_new(case=case, unit=moved, by=cast.owner)

    def sees() -> bool:
        with cast.acting("same_kommun"):
            return CaseAccess.objects.filter(case_id=case.pk).exists()

    values = {name: getattr(moved, name) or "" for name in UNIT} | {"acts_for": moved.acts_for_id}
    admin.post(f"{BASE}enheter/{moved.pk}/", values | {"parent": ""})
    assert not sees()
    assert admin.post(f"{BASE}enheter/{moved.pk}/", values | {"parent": top.pk}).status_code == 302
    assert sees()


def test_staff_and_assignments(cast, admin):
    assert admin.post(BASE + "medarbetare/ny/", STAFF).status_code == 302
    again = admin.post(BASE + "medarbetare/ny/", STAFF)
    assert again.status_code == 200 and "samma namn och yrke" in again.content.decode()
    person = Staff.objects.get(name=STAFF["name"])
    data = {
        "staff": person.pk,
        "unit": cast.unit("owner").pk,
        "role": "reader",
        "valid_from": "2026-01-01",
        "valid_to": "",
    }
    assert admin.post(BASE + "uppdrag/nytt/", data).status_code == 302
    again = admin.post(BASE + "uppdrag/nytt/", data)
    assert again.status_code == 200 and "har redan det uppdraget" in again.content.decode()
    wrong = data | {"role": "handler", "valid_to": "2025-12-31"}
    assert "Slutdatumet kan inte ligga före" in admin.post(BASE + "uppdrag/nytt/", wrong).content.decode()
    made = Assignment.objects.get(staff=person)
    assert admin.post(f"{BASE}uppdrag/{made.pk}/avsluta/").status_code == 302
    assert admin.post(f"{BASE}uppdrag/{made.pk}/avsluta/").status_code == 409
    made.refresh_from_db()
    assert (made.is_active, made.valid_to) == (False, timezone.localdate())
    assert admin.post(f"{BASE}medarbetare/{person.pk}/aktiv/").status_code == 302
    person.refresh_from_db()
    assert not person.is_active


def test_nobody_shuts_oneself_out(cast, admin):
    me = cast.assignment("admin")
    for rest in (f"enheter/{me.unit_id}/aktiv/", f"medarbetare/{me.staff_id}/aktiv/", f"uppdrag/{me.pk}/avsluta/"):
        assert admin.post(BASE + rest).status_code == 409
    me.refresh_from_db()
    assert me.is_active and Unit.objects.get(pk=me.unit_id).is_active


def test_one_who_loses_the_assignment_is_out_at_once(cast, browse, admin):
    handler = browse("amira.falun")
    assert handler.get("/arenden/").status_code == 200
    admin.post(f"{BASE}uppdrag/{cast.assignment('owner').pk}/avsluta/")
    assert handler.get("/arenden/").status_code == 302


def test_the_number_of_queries_does_not_grow(cast, admin):
    def count(rest):
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(BASE + rest).status_code == 200
        return len(seen)

    lists = ("enheter/", "medarbetare/", "uppdrag/")
    before = [count(rest) for rest in lists]
    with cast.acting("admin"):
        for n in range(20):
            unit = Unit.objects.create(
                organisation=cast.unit("admin").organisation, name=f"Enhet {n}", short_name=f"E{n}", kind="home_care"
            )
            person = Staff.objects.create(organisation=unit.organisation, name=f"Person {n}", title="x")
            Assignment.objects.create(staff=person, unit=unit, role="reader")
    assert [count(rest) for rest in lists] == before
    assert max(before) <= 12
