"""The förmöte: only with the person's yes, and only for the units that take part (KAL-8)."""

import re

import pytest
from django.db import connection
from django.urls import reverse
from django_fsm import TransitionNotAllowed

from audit.models import AuditEvent
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from plans import endings
from plans.models import BlockKey
from preparation import premeetings
from preparation.models import PreMeeting, PreMeetingState, PreMeetingText
from tests import build
from tests.preparation import prepared

MARKER = "ZQXMARKER"
STATES = {"held": {"planned"}, "cancelled": {"planned"}}


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def at(case, rest="") -> str:
    return f"/arenden/{case.pk}/forberedelse/formote/{rest}"


def told(cast, **values):
    today = build.today().isoformat()
    return {
        "consent_form": "spoken", "consent_on": today, "about": ["costs"], "day": today, "starts": "23.59",
        "place": "Provgatan 4", "units": [cast.unit("party").pk],
    } | values  # fmt: skip


def test_no_transition_is_missing_in_the_table():
    assert {found.name for found in PreMeeting().get_all_state_transitions()} == set(STATES)


@pytest.mark.parametrize("state", PreMeetingState.values)
@pytest.mark.parametrize("name", STATES)
def test_every_transition_from_every_state(name, state):
    row = PreMeeting(state=state)
    if state in STATES[name]:
        getattr(row, name)()
        assert row.state == name
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(row, name)()


def test_planned_with_the_persons_yes_and_told_to_those_who_take_part(cast, browse):
    case, client = build.consented(cast), browse("amira.falun")
    answer = client.post(at(case), told(cast))
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    for words in ("Förmöte om kostnader", "Muntligt", "Personens samtycke", "Ansvarig enhet"):
        assert words in page
    with cast.acting("party"):
        assert InboxItem.objects.filter(kind="premeeting", case_id=case.pk).count() == 1
    assert client.post(at(case), told(cast)).status_code == 200
    with cast.acting("owner"):
        assert PreMeeting.objects.count() == 1


@pytest.mark.parametrize(("values", "words"), [
    ({"consent_form": ""}, "Utan personens ja blir det inget förmöte"),
    ({"consent_on": ""}, "Skriv vilken dag personen sa ja"),
    ({"consent_on": "2099-01-01"}, "har inte varit än"),
    ({"consent_on": "2001-01-01"}, "före den dag då behovet upptäcktes"),
    ({"about": []}, "handlar om kostnader eller ansvar"),
    ({"units": []}, "Välj minst en annan enhet"),
    ({"place": "x" * 400}, "Skriv högst"),
])  # fmt: skip
def test_what_is_missing_is_said_at_the_field(cast, browse, values, words):
    case = build.consented(cast)
    answer = browse("amira.falun").post(at(case), told(cast, **values))
    assert answer.status_code == 200
    assert words in text(answer)
    with cast.acting("owner"):
        assert not PreMeeting.objects.exists()


def test_no_unit_outside_the_consent_and_none_before_it(cast):
    case = build.case(cast)
    build.party(cast, case)
    with pytest.raises(RuleBroken, match="svar saknas"):
        prepared.premeeting(cast, case)
    case = build.consented(cast, number="194201077098")
    with pytest.raises(RuleBroken, match="har inte varit"):
        prepared.premeeting(cast, case, consent_on=build.today() + build.timedelta(days=1))
    with pytest.raises(RuleBroken, match="ingår inte i samtycket"):
        prepared.premeeting(cast, case, units=("same_kommun",))


def test_a_party_that_takes_no_part_sees_nothing_of_it(cast, browse):
    case = build.consented(cast, parties=("party", "same_kommun"))
    row = prepared.held(cast, case, notes=MARKER, outcome=f"{MARKER} utfall")
    shown = text(browse("hanna.dalarna").get(at(case, f"{row.pk}/")))
    assert MARKER in shown
    for who, code in (("maria.falun", 404), ("linda.kalmar", 404)):
        assert browse(who).get(at(case, f"{row.pk}/")).status_code == code
    for address in ("", "forberedelse/", "handelser/", "moten/", "logg/"):
        assert MARKER not in text(browse("maria.falun").get(f"/arenden/{case.pk}/{address}"))
    with cast.acting("same_kommun"):
        assert not PreMeeting.objects.exists() and not PreMeetingText.objects.exists()
    assert browse("hanna.dalarna").post(at(case, f"{row.pk}/stall-in/")).status_code == 403


def test_held_once_and_not_before_its_time(cast, browse):
    case, client = build.consented(cast), browse("amira.falun")
    later = prepared.premeeting(cast, case, starts_at=build.timezone.now() + build.timedelta(days=1))
    form = {"notes": "Vi delar på det.", "outcome": ""}
    assert "har inte varit än" in text(client.post(at(case, f"{later.pk}/hallet/"), form))
    assert client.post(at(case, f"{later.pk}/stall-in/")).status_code == 302
    now = prepared.premeeting(cast, case)
    assert "Skriv vad ni kom fram till." in text(client.post(at(case, f"{now.pk}/hallet/"), {"notes": ""}))
    assert client.post(at(case, f"{now.pk}/hallet/"), form).status_code == 302
    assert client.post(at(case, f"{now.pk}/hallet/"), form).status_code == 409
    assert client.post(at(case, f"{now.pk}/stall-in/")).status_code == 409


def test_only_the_outcome_is_carried_by_a_choice_that_is_logged(cast, browse):
    case = build.called(cast, build.consented(cast), days_ahead=0)
    row = prepared.held(cast, case, notes=MARKER, outcome="Kommunen och regionen delar på kostnaden.")
    client = browse("amira.falun")
    assert "delar på kostnaden" not in text(client.get(f"/arenden/{case.pk}/moten/"))
    button = reverse("meetings:carry_outcome", args=[case.pk, row.pk])
    assert client.post(button).status_code == 302
    assert client.post(button).status_code == 409
    assert browse("hanna.dalarna").post(button).status_code == 403
    shown = text(browse("hanna.dalarna").get(f"/arenden/{case.pk}/moten/"))
    assert "delar på kostnaden" in shown and MARKER not in shown
    draft = build.drafted(cast, build.held(cast, case), whole=False)
    button = reverse("plans:carry_outcome", args=[case.pk, row.pk])
    assert client.post(button).status_code == 302
    assert client.post(button).status_code == 409
    with cast.acting("owner"):
        assert draft.blocks.get(key=BlockKey.SITUATION).text == "Kommunen och regionen delar på kostnaden."
        assert AuditEvent.objects.filter(event="premeetings.carried", case_id=case.pk).count() == 2


def test_an_outcome_waits_for_the_next_kallelse(cast, browse):
    case = build.consented(cast)
    row = prepared.held(cast, case, outcome="Regionen ansvarar.")
    client = browse("amira.falun")
    assert "Regionen ansvarar." not in text(client.get(f"/arenden/{case.pk}/moten/kalla/"))
    client.post(reverse("meetings:carry_outcome", args=[case.pk, row.pk]))
    assert "Regionen ansvarar." in text(client.get(f"/arenden/{case.pk}/moten/kalla/"))


def test_nothing_is_carried_when_there_is_no_outcome(cast, browse):
    case = build.consented(cast)
    row = prepared.held(cast, case)
    assert browse("amira.falun").post(reverse("meetings:carry_outcome", args=[case.pk, row.pk])).status_code == 409


@pytest.mark.parametrize("how", ["closed", "withdrawn", "voided"])
def test_nobody_meets_when_the_sip_has_ended(cast, how):
    case = build.consented(cast)
    found = prepared.premeeting(cast, case)
    with cast.acting("owner"), connection.cursor() as cursor:
        if how == "closed":
            endings.close(case=prepared.again(case), reason="not_needed", by=cast.owner)
        elif how == "withdrawn":
            withdrawn = "select withdraw_consent(%s, 'spoken', 'Astrid', null, %s::jsonb)"
            cursor.execute(withdrawn, [case.pk, '{"parts": []}'])
        else:
            cursor.execute("select void_case(%s, 'Fel person')", [case.pk])
    with cast.acting("owner"):
        assert PreMeeting.objects.get(pk=found.pk).state == "cancelled"


def test_one_that_was_held_stays_held_when_the_sip_ends(cast):
    case = build.consented(cast)
    found = prepared.held(cast, case)
    with cast.acting("owner"):
        endings.close(case=prepared.again(case), reason="not_needed", by=cast.owner)
        assert PreMeeting.objects.get(pk=found.pk).state == "held"


def test_of_two_who_carry_the_outcome_at_once_one_is_told(cast):
    case = build.consented(cast)
    row = prepared.held(cast, case, outcome="Regionen ansvarar.")
    with cast.acting("owner"):
        first, second = (PreMeeting.objects.select_related("case").get(pk=row.pk) for _ in range(2))
        premeetings.carried(premeeting=first, to="agenda", by=cast.owner)
        with pytest.raises(RuleBroken, match="redan"):
            premeetings.carried(premeeting=second, to="agenda", by=cast.owner)


def test_a_planned_one_can_be_called_off_by_those_who_steer_now_and_only_that(cast, browse):
    """The case has another lead since: it was not asked, and cannot be stuck with what it does not see."""
    case = build.met(cast, build.consented(cast, parties=("party", "same_kommun")), parties=("party", "same_kommun"))
    held = prepared.premeeting(cast, case, units=("same_kommun",))
    with cast.acting("owner"):
        now = PreMeeting.objects.select_related("case").get(pk=held.pk)
        premeetings.hold(premeeting=now, notes=MARKER, by=cast.owner)
    planned = prepared.premeeting(cast, case, units=("same_kommun",))
    hanna = browse("hanna.dalarna")
    assert hanna.get(at(case, f"{planned.pk}/")).status_code == 404
    build.planned(cast, build.reread(cast, case), lead="party")
    page = text(hanna.get(at(case, f"{planned.pk}/")))
    assert "Ställ in förmötet" in page and "Skriv in att det hölls" not in page
    assert "En enhet som var med" in text(hanna.post(at(case, f"{planned.pk}/hallet/"), {"notes": "Nytt."}))
    assert hanna.get(at(case, f"{held.pk}/")).status_code == 404
    assert hanna.post(at(case, f"{planned.pk}/stall-in/")).status_code == 302
    assert hanna.post(at(case), told(cast, units=[cast.unit("same_kommun").pk])).status_code == 302
