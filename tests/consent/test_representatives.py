"""Who may answer for the person: each ground with each question and answer, and what must be known (SAM-6)."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from cases import services as cases
from consent import coverage, representatives
from consent.models import Representative, RepresentativeContact
from organisations.errors import Conflict, RuleBroken
from tests import build

CHILD, ADULT = "202309052393", "198501012382"
TODAY, DAY = build.today(), timedelta(days=1)
KNOWN = {"scope": "Bevaka rätt och sörja för person", "understands_note": "Läkarsamtal", "understands_on": TODAY}
GROUNDS = ["forvaltare", "god_man", "future_power", "power", "ombud"]


def answered(cast, case, row, share, planning, **values):
    return build.consent(
        cast, case, units=(), share_answer=share, planning_answer=planning, answered_by=row.pk, **values
    )


@pytest.mark.parametrize("answers", [("yes", "yes"), ("no", "yes"), ("yes", "no"), ("unavailable", "yes")])
@pytest.mark.parametrize("ground", GROUNDS)
def test_what_each_ground_may_answer(cast, ground, answers):
    case = build.case(cast)
    row = build.representative(cast, case, "Rut Provén", ground=ground, **KNOWN)
    state = "consented" if answers == ("yes", "yes") else "declined" if "no" in answers else "initiated"
    if ground == "ombud":
        with pytest.raises(RuleBroken, match="får inte svara"):
            answered(cast, case, row, *answers)
        return
    if ground == "god_man" and "yes" in answers:
        with pytest.raises(RuleBroken, match="bara tillsammans med personen") as refused:
            answered(cast, case, row, *answers)
        assert refused.value.field == "person_agrees"
    answered(cast, case, row, *answers, person_agrees=True)
    assert build.reread(cast, case).state == state
    if state == "consented":
        with cast.acting("owner"):
            kinds = [giver.kind for giver in coverage.current(case).givers.order_by("pk")]
            assert kinds == (["person", "representative"] if ground == "god_man" else ["representative"])


@pytest.mark.parametrize(
    ("number", "values", "field"),
    [
        (ADULT, {"ground": "guardian"}, "ground"),
        (CHILD, {"ground": "forvaltare"}, "ground"),
        (CHILD, {"ground": "power"}, "ground"),
        (ADULT, {"ground": "forvaltare", "scope": ""}, "scope"),
        (ADULT, {"ground": "god_man", "scope": ""}, "scope"),
        (ADULT, {"ground": "power", "understands_note": ""}, "understands_note"),
        (ADULT, {"ground": "power", "understands_on": None}, "understands_note"),
        (ADULT, {"ground": "power", "understands_on": TODAY + DAY}, "understands_on"),
        (ADULT, {"ground": "future_power", "from_on": TODAY + DAY}, "from_on"),
        (ADULT, {"ground": "ombud", "evidence": ""}, "evidence"),
        (ADULT, {"ground": "ombud", "evidence_on": TODAY + DAY}, "evidence_on"),
        (ADULT, {"ground": "ombud", "from_on": TODAY, "to_on": TODAY - DAY}, "to_on"),
        (ADULT, {"ground": "ombud", "number": ADULT}, "number"),
    ],
)
def test_what_must_be_known_is_asked_for(cast, number, values, field):
    case = build.case(cast, number=number)
    with pytest.raises(RuleBroken) as refused:
        build.representative(cast, case, "Rut Provén", **(KNOWN | values))
    assert refused.value.field == field
    with cast.acting("owner"):
        assert not Representative.objects.exists()


@pytest.mark.parametrize(("from_in", "to_in", "may"), [(-9, 0, True), (-9, -1, False), (1, 9, False), (0, None, True)])
def test_a_right_holds_from_its_first_day_to_its_last(cast, from_in, to_in, may):
    case = build.case(cast)
    row = build.representative(
        cast, case, "Rut Provén", ground="forvaltare", scope="Allt", from_on=TODAY + from_in * DAY,
        to_on=None if to_in is None else TODAY + to_in * DAY,
    )  # fmt: skip
    if may:
        answered(cast, case, row, "yes", "yes")
    else:
        with pytest.raises(RuleBroken, match="den dagen"):
            answered(cast, case, row, "yes", "yes")


def test_one_number_is_written_in_once_and_a_change_is_a_new_row(cast):
    case = build.case(cast, number=CHILD)
    vera = build.representative(cast, case, "Vera Sagodal", number="198505122393", phone="070-174 06 37")
    with pytest.raises(RuleBroken, match="redan inskriven"):
        build.representative(cast, case, "Vera S", number="198505122393")
    with cast.acting("owner"):
        details = representatives.Details(
            ground="guardian", name="Vera Sagodal", evidence="Samma utdrag", evidence_on=TODAY, from_on=TODAY,
            number="198505122393", phone="070-174 06 38", contact_hidden=True,
        )  # fmt: skip
        new = representatives.change(case=case, representative=vera, details=details, by=cast.owner)
        assert new.line == vera.line
        with pytest.raises(Conflict):
            representatives.change(case=case, representative=vera, details=details, by=cast.owner)
    with cast.acting("owner"):
        rows = list(Representative.objects.filter(line=vera.line).order_by("pk"))
        assert [(row.ended_at is None, row.contact.phone) for row in rows] == [
            (False, "070-174 06 37"), (True, "070-174 06 38"),
        ]  # fmt: skip
        said = [event.text for event in case.events.filter(kind="representative").order_by("pk")]
        assert said == ["Vårdnadshavare skrevs in", "Uppgifter om vårdnadshavare ändrades"]


def test_somebody_who_is_shown_nothing_is_taken_away_and_gets_no_kallelse(cast):
    case = build.case(cast, number=CHILD)
    with cast.acting("owner"):
        ture = cases.add_outside_party(case=case, kind="guardian", name="Ture Sagodal", tell_by="phone", by=cast.owner)
    build.representative(cast, case, "Ture Sagodal", no_sharing="Kontaktförbud")
    with cast.acting("owner"):
        ture.refresh_from_db()
        assert ture.removed_at is not None
        with pytest.raises(RuleBroken, match="ture sagodal ska inte få veta något"):
            representatives.check_may_be_told(case, ["ture sagodal"])


@pytest.mark.parametrize("who", ["party", "reader", "same_kommun"])
def test_only_those_who_steer_write_representatives(cast, who):
    case = build.consented(cast)
    row = build.representative(cast, case, "Rut Provén", ground="ombud")
    for statement in (
        "insert into consent_representativecontact (representative_id, case_id, number, phone, address, no_sharing,"
        f" user_ids) values ({row.pk}, '{case.pk}', '', '', '', '', '{{}}')",
        f"update consent_representative set ended_at = now() where id = {row.pk}",
    ):
        with cast.acting(who):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement)
                    assert cursor.rowcount == 0
            except Error as error:
                assert error.__cause__.sqlstate == "42501"


def test_staff_cannot_tie_a_login_to_a_guardian(cast):
    case = build.case(cast, number=CHILD)
    with cast.acting("owner"):
        other = Representative.objects.create(
            case=case, ground="guardian", name="A", evidence="B", evidence_on=TODAY, from_on=TODAY,
            evidence_by_id=cast.owner.assignment_id, recorded_by_id=cast.owner.assignment_id,
        )  # fmt: skip
        contact = RepresentativeContact.objects.create(
            representative=other, case=case, user_ids=[cast.user("citizen").pk]
        )
        contact.refresh_from_db()
        assert contact.user_ids == []
