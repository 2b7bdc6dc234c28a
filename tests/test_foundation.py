"""The foundation holds: scope, door, database function, log."""

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from audit.models import AuditEvent
from cases import services
from cases.models import Case, CaseAccess
from organisations.models import Unit
from organisations.scope import NestedScope, acting_for


def start(by, number="198501012382"):
    return services.start(
        number=number,
        id_kind="personnummer",
        given_name="Test",
        family_name="Provström",
        reasons=["coordination"],
        need_found_on=date(2026, 11, 1),
        by=by,
    )


def test_start_gives_the_owner_access_and_nobody_else(cast):
    with cast.acting("owner"):
        case = start(cast.owner)
        assert CaseAccess.objects.filter(case=case).count() == 1
        assert case.deadlines.count() == 2
    with cast.acting("party"):
        assert not Case.objects.filter(pk=case.pk).exists()
    with cast.acting("same_kommun"):
        assert not Case.objects.filter(pk=case.pk).exists()
    with cast.acting("admin"):
        assert not Case.objects.filter(pk=case.pk).exists()


def test_outside_a_scope_the_login_has_no_right_to_case_data(cast):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(Case.objects.all())


def test_a_scope_does_not_nest(cast):
    with cast.acting("owner"), pytest.raises(NestedScope), acting_for(cast.party):
        pass


def test_the_log_row_is_written_with_the_scope_and_chained(cast):
    with cast.acting("owner"):
        case = start(cast.owner)
    with cast.acting("owner"):
        row = AuditEvent.objects.get(case_id=case.pk, event="cases.started")
        assert (row.unit_id, row.person_id, row.seq) == (cast.owner.unit_id, case.person_id, 1)


def test_a_reader_cannot_open_a_case(cast):
    with pytest.raises(ProgrammingError), cast.acting("reader"):
        start(cast.actor("reader"))


def test_staff_cannot_write_access_rows(cast):
    with cast.acting("outsider"), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into case_access select * from case_access")


def test_another_unit_cannot_be_given_ownership_by_update(cast):
    with cast.acting("owner"):
        case = start(cast.owner)
        other = Unit.objects.exclude(pk=case.owner_unit_id).first()
        with pytest.raises(ProgrammingError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(owner_unit=other)
