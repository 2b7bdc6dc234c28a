"""Two guardians as two identities, each answering on a day of its own; the case is ready when all have (SAM-6)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.models import Case
from consent import coverage, givers, services
from consent.models import Consent, ConsentGiver
from organisations.errors import Conflict, RuleBroken
from tests import build

CHILD = "202309052393"
TODAY = build.today()


def sees(cast, who, case):
    with cast.acting(who):
        return Case.objects.filter(pk=case.pk).exists()


@pytest.fixture
def family(cast):
    """A child's case with a party, and two guardians written in."""
    case = build.case(cast, number=CHILD)
    build.party(cast, case)
    return case, build.representative(cast, case, "Vera Sagodal"), build.representative(cast, case, "Ture Sagodal")


def states(cast, case):
    with cast.acting("owner"):
        return [giver.state for giver in coverage.current(case).givers.order_by("pk")]


def test_two_guardians_answer_on_two_days(cast, family):
    case, vera, ture = family
    build.guardians_say(cast, case, build.answer_of(vera), units=("party",), given_on=TODAY - timedelta(1))
    assert states(cast, case) == ["yes", "missing"]
    assert build.reread(cast, case).state == "initiated" and not sees(cast, "party", case)
    with cast.acting("owner"):
        assert "Svar saknas från Ture Sagodal" in coverage.why_no_call(coverage.current(case))
    build.guardians_say(cast, case, build.answer_of(ture), units=("party",), form="written")
    assert states(cast, case) == ["yes", "yes"]
    assert build.reread(cast, case).state == "consented" and sees(cast, "party", case)
    with cast.acting("owner"):
        first, second = Consent.objects.filter(case=case).order_by("pk")
        assert (first.share_answer, first.superseded_at is None) == ("waiting", False)
        days = list(second.givers.order_by("pk").values_list("answered_on", flat=True))
        assert days == [TODAY - timedelta(1), TODAY]
        assert ConsentGiver.objects.filter(case=case).count() == 4


YES, NO, GONE = ("yes", "yes"), ("no", "yes"), ("unavailable", "yes")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([YES, YES], "consented"), ([YES, NO], "declined"), ([NO, YES], "declined"), ([NO, NO], "declined"),
        ([YES, GONE], "initiated"), ([GONE, GONE], "initiated"), ([YES, None], "initiated"), ([None, NO], "declined"),
        ([YES, ("yes", "no")], "declined"), ([GONE, NO], "declined"),
    ],
)  # fmt: skip
def test_what_two_answers_make(cast, family, said, state):
    case, *rows = family
    answers = [build.answer_of(row, *answer) for row, answer in zip(rows, said, strict=True) if answer]
    build.guardians_say(cast, case, *answers)
    assert build.reread(cast, case).state == state


@pytest.mark.parametrize(
    ("given", "together"),
    [
        (["yes"], "yes"), (["yes", "waived"], "yes"), (["yes", "missing"], "waiting"), (["no", "missing"], "no"),
        (["unavailable", "yes"], "unavailable"), (["missing", "unavailable"], "waiting"), (["waived"], "unavailable"),
    ],
)  # fmt: skip
def test_answers_put_together(given, together):
    assert givers.together(given) == together


BOARD = {"waiver": "board", "reason": "Nämnden har beslutat om kontaktperson."}


@pytest.mark.parametrize(
    ("waiver", "ok"),
    [
        ({"waiver": "absent", "reason": "Till sjöss i tre månader, beslutet kan inte vänta."}, True),
        ({"waiver": "absent", "reason": ""}, False),
        ({"waiver": "whim", "reason": "Vill inte fråga."}, False),
        (BOARD, False),
        (BOARD | {"decided_on": TODAY}, False),
        (BOARD | {"decided_on": TODAY, "decided_scope": "Kontaktperson"}, True),
        ({"waiver": "other", "reason": "Vårdnaden är avbruten."}, True),
    ],
)
def test_a_guardian_need_not_answer_only_for_a_stated_reason(cast, family, waiver, ok):
    case, vera, ture = family
    answers = (build.answer_of(vera), givers.waived(ture, **waiver))
    if ok:
        build.guardians_say(cast, case, *answers)
        assert states(cast, case) == ["yes", "waived"] and build.reread(cast, case).state == "consented"
    else:
        with pytest.raises(RuleBroken):
            build.guardians_say(cast, case, *answers)


def test_nobody_is_not_enough(cast, family):
    case, *rows = family
    with pytest.raises(RuleBroken, match="Någon måste ha svarat"):
        build.guardians_say(cast, case, *(givers.waived(row, waiver="other", reason="x") for row in rows))
    with pytest.raises(RuleBroken, match="minst ett svar"):
        build.guardians_say(cast, case)


def test_a_child_without_guardians_written_in_is_explained(cast):
    case = build.case(cast, number=CHILD)
    with pytest.raises(RuleBroken, match="Skriv först in vårdnadshavarna"):
        build.guardians_say(cast, case)


@pytest.mark.parametrize(
    ("missing", "field"),
    [("child_view", "child_view"), ("maturity_note", "maturity_note"), ("child_mature", "maturity_note")],
)
def test_the_child_is_always_asked(cast, family, missing, field):
    case, vera, _ = family
    with pytest.raises(RuleBroken) as refused:
        build.guardians_say(cast, case, build.answer_of(vera), **{missing: None if missing == "child_mature" else ""})
    assert refused.value.field == field


@pytest.mark.parametrize(("own", "state"), [(None, "initiated"), (YES, "consented"), (NO, "declined")])
def test_a_mature_child_answers_too(cast, family, own, state):
    case, *rows = family
    share, planning = own or ("", "")
    build.guardians_say(
        cast, case, *map(build.answer_of, rows), child_mature=True, share_answer=share, planning_answer=planning
    )
    assert build.reread(cast, case).state == state
    assert states(cast, case)[0] == {None: "missing", YES: "yes", NO: "no"}[own]


def test_an_earlier_yes_does_not_cover_more_than_it_did(cast, family):
    case, vera, ture = family
    build.guardians_say(cast, case, build.answer_of(vera), units=())
    with pytest.raises(RuleBroken, match="mer än när Vera Sagodal svarade"):
        build.guardians_say(cast, case, build.answer_of(ture), units=("party",))
    build.guardians_say(cast, case, build.answer_of(ture), build.answer_of(vera), units=("party",))
    assert sees(cast, "party", case)


def test_the_second_of_two_at_once_is_told_and_nothing_is_lost(cast, family):
    case, vera, ture = family
    build.guardians_say(cast, case, build.answer_of(vera), seen=None)
    with pytest.raises(Conflict):
        build.guardians_say(cast, case, build.answer_of(ture), seen=None)
    assert states(cast, case) == ["yes", "missing"]


def test_one_guardian_withdraws_for_all(cast, family):
    case, *rows = family
    build.guardians_say(cast, case, *map(build.answer_of, rows), units=("party",))
    with cast.acting("party"):
        said = coverage.current(case).givers.order_by("pk")[1]
        services.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.party, giver=said)
    assert build.reread(cast, case).close_reason == "withdrawn"
    assert states(cast, case) == ["yes", "revoked"] and not sees(cast, "party", case)


def test_a_guardian_written_in_later_is_named_and_the_yes_stands(cast, family):
    case, *rows = family
    build.guardians_say(cast, case, *map(build.answer_of, rows), units=("party",))
    build.representative(cast, case, "Siv Sagodal")
    assert sees(cast, "party", case)
    with cast.acting("owner"):
        assert givers.not_asked(case, coverage.current(case)) == ["Siv Sagodal"]


# --- over HTTP ---------------------------------------------------------------------------------------------------


def posted(case, row=None, **changed):
    values = {
        "form": "written", "given_on": TODAY.isoformat(), "child_view": "Jag vill.", "child_mature": "False",
        "maturity_note": "Sju år.",
    }  # fmt: skip
    if row:
        values |= {f"guardian_{row.pk}_share": "yes", f"guardian_{row.pk}_planning": "yes"}
    return values | changed


def test_staff_write_in_two_guardians_and_their_answers(cast, browse):
    case = build.case(cast, number=CHILD)
    client = browse("amira.falun")
    new, record = reverse("consent:representative_new", args=[case.pk]), reverse("consent:record", args=[case.pk])
    assert "Ingen vårdnadshavare är inskriven" in client.get(record).content.decode()
    for name in ("Vera Sagodal", "Ture Sagodal"):
        values = {"ground": "guardian", "name": name, "evidence": "Folkbokföringen", "evidence_on": "i dag",
                  "from_on": "i dag"}  # fmt: skip
        assert client.post(new, values).status_code == 302
    with cast.acting("owner"):
        vera, ture = case.representatives.order_by("pk")
    half = posted(case, **{f"guardian_{vera.pk}_share": "yes"})
    assert "Skriv båda svaren från Vera Sagodal." in client.post(record, half).content.decode()
    text = client.post(record, posted(case, vera), follow=True).content.decode()
    assert "Svar saknas från Ture Sagodal." in text
    page = client.get(record).content.decode()
    assert "Har svarat" in page and "Svar saknas" in page
    with cast.acting("owner"):
        seen = coverage.current(case).pk
    client.post(record, posted(case, ture, seen=seen), follow=True)
    assert build.reread(cast, case).state == "consented"
    who = client.get(reverse("consent:representatives", args=[case.pk])).content.decode()
    assert "Vera Sagodal" in who and "Det här ändras med åldern" in who and "Svar saknas" not in who
    assert client.post(record, posted(case, ture, seen=seen)).status_code == 409


def test_a_reason_needs_words_and_no_answer_beside_it(cast, browse, family):
    case, vera, ture = family
    client, url = browse("amira.falun"), reverse("consent:record", args=[case.pk])
    both = posted(case, vera, **{f"guardian_{vera.pk}_waiver": "absent"})
    text = client.post(url, both).content.decode()
    assert "Vera Sagodal har svarat." in text and "Skriv varför svaret från Vera Sagodal inte behövs." in text
    board = posted(case, vera, **{f"guardian_{ture.pk}_waiver": "board", f"guardian_{ture.pk}_waiver_reason": "Ja."})
    assert "socialnämndens beslut" in client.post(url, board).content.decode()


def test_pages_of_who_may_answer(cast, browse, family):
    case, vera, _ = family
    client = browse("amira.falun")

    def url(name, *more):
        return reverse(f"consent:{name}", args=[case.pk, *more])

    change = client.get(url("representative", vera.pk)).content.decode()
    assert "Vera Sagodal" in change and "Folkbok" not in change.split("<title>")[1].split("</title>")[0]
    assert client.post(url("representative_end", vera.pk)).status_code == 302
    assert client.get(url("representative", vera.pk)).status_code == 404
    bad = client.post(url("age_exception"), {"kind": "extend", "day": "2099-01-01", "reason": "x"}).content.decode()
    assert "Vårdnadshavare läser aldrig efter 18-årsdagen" in bad
    assert (
        client.post(url("age_exception"), {"kind": "block", "day": TODAY.isoformat(), "reason": "Hot"}).status_code
        == 302
    )
    with cast.acting("owner"):
        exception = case.age_exceptions.get()
    assert client.post(url("age_exception_end", exception.pk)).status_code == 302
    assert client.post(url("age_exception_end", exception.pk)).status_code == 404
    text = client.get(url("representatives")).content.decode()
    assert "Tidigare uppgifter" in text and "Upphävt" in text


def test_a_god_man_answers_with_the_person_over_http(cast, browse):
    case = build.case(cast)
    row = build.representative(cast, case, "Rut Provén", ground="god_man", scope="Sörja för person")
    client, url = browse("amira.falun"), reverse("consent:record", args=[case.pk])
    values = {"form": "written", "given_on": TODAY.isoformat(), "share_answer": "yes", "planning_answer": "yes",
              "answered_by": row.pk}  # fmt: skip
    assert "bara tillsammans med personen" in client.post(url, values).content.decode()
    assert client.post(url, values | {"person_agrees": "on"}).status_code == 302
    text = client.get(reverse("consent:history", args=[case.pk])).content.decode()
    assert "Rut Provén" in text and "Ställföreträdare" in text
