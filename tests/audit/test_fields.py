"""What a row tells, so that an export to Inera's Loggtjänst is a mapping (trust.md §2, V16.2.1)."""

from audit import log
from audit.models import AuditEvent
from tests import build


def test_a_staff_row_names_person_unit_and_huvudman_from_the_directory(cast):
    case = build.case(cast)
    build.party(cast, case)
    build.consent(cast, case)
    with cast.acting("party"):
        log.record("cases.read", action=log.READ, case_id=case.pk, person_id=case.person_id, legal_basis="Samtycke")
    with cast.acting("party"):
        row = AuditEvent.objects.filter(event="cases.read").latest("id")
    actor, unit, owner = cast.party, cast.unit("party"), cast.unit("owner")
    assert (row.action, row.purpose, row.legal_basis) == ("Läsa", actor.purpose, "Samtycke")
    assert (row.user_id, row.staff_id, row.assignment_id) == (actor.user_id, actor.staff_id, actor.assignment_id)
    assert (row.actor_name, row.actor_title, row.actor_hsa_id) == (
        actor.name, actor.title, cast.staff("party").hsa_id,
    )  # fmt: skip
    assert (row.unit_id, row.unit_name, row.unit_hsa_id) == (unit.pk, unit.name, unit.hsa_id)
    assert (row.provider_id, row.provider_name) == (unit.acts_for_id, unit.acts_for.name)
    assert (row.case_id, row.person_id) == (case.pk, case.person_id)
    assert (row.owner_unit_id, row.owner_unit_name) == (owner.pk, owner.name)
    assert row.owner_provider_name == owner.acts_for.name
    assert (row.system, row.log_id.version) == ("SIP-stödet", 4)


def test_a_citizens_row_has_no_unit(book):
    with book.cast.acting("citizen"):
        log.record("citizen.listed", action=log.READ, persons=[])
    row = AuditEvent.objects.using("admin").latest("pk")
    assert (row.actor_kind, row.unit_name, row.provider_name, row.owner_unit_name) == ("citizen", "", "", "")


def test_the_names_are_those_of_the_day(book):
    """A unit that is renamed later keeps its old name in the log, and the digest still holds."""
    unit = book.cast.unit("owner")
    book.sql("update organisations_unit set name = 'Nytt namn' where id = %s", unit.pk)
    try:
        rows = book.sql("select distinct unit_name from audit_event where unit_id = %s", unit.pk)
        assert (rows, book.found()) == ([(unit.name,)], set())
    finally:
        book.sql("update organisations_unit set name = %s where id = %s", unit.name, unit.pk)
