"""The API walks the whole journey through the same door and services as the pages; plans by ETag."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from cases.api import CaseApi
from cases.models import Case
from consent.api import ConsentApi
from meetings.api import MeetingApi
from organisations import roles
from plans.api import PlanApi
from tests import build

STAFF = "amira.falun"
PARTY = "hanna.dalarna"
START = {
    "number": "850101-2382", "given_name": "Astrid", "family_name": "Testholm", "reasons": ["early", "coordination"],
    "need_found_on": "2026-11-01",
}  # fmt: skip


def today() -> str:
    return timezone.localdate().isoformat()


def record(cast, case_id) -> dict:
    return {
        "case": str(case_id), "form": "written", "given_on": today(), "share_answer": "yes", "planning_answer": "yes",
        "units": [cast.unit("owner").pk], "new_units": [cast.unit("party").pk],
    }  # fmt: skip


def call(cast, case_id, **values) -> dict:
    at = timezone.now() + timedelta(days=7)
    return {
        "case": str(case_id), "units": [cast.unit("party").pk], "starts_at": at.isoformat(),
        "ends_at": (at + timedelta(hours=1)).isoformat(), "form": "physical", "place": "Hemma", "agenda": "Planen",
    } | values  # fmt: skip


def ok(response, code=200) -> dict:
    assert response.status_code == code, response.content.decode()
    return response.json()


def test_the_whole_journey(cast, api):
    owner, party = api(STAFF), api(PARTY)
    case = ok(owner.post("cases/", START), 201)
    assert (case["state"], case["number"], case["name"]) == ("initiated", "198501012382", "Astrid Testholm")
    assert [d["kind"] for d in case["deadlines"]] == ["first_contact", "meeting"]
    assert party.get(f"cases/{case['id']}/").status_code == 404
    consent = ok(owner.post("consents/", record(cast, case["id"])), 201)
    assert {row["unit"]["id"] for row in consent["units"]} == {cast.unit("owner").pk, cast.unit("party").pk}
    meeting = ok(owner.post("meetings/", call(cast, case["id"])), 201)
    assert (meeting["state"], meeting["chair"]["name"]) == ("called", cast.staff("owner").name)
    answered = ok(
        party.post(
            f"meetings/{meeting['id']}/answer/",
            {"answer": "coming", "attendee_name": "Hanna", "attendee_title": "läkare"},
        )
    )
    assert answered["invitations"][0]["attendee_name"] == "Hanna"
    assert ok(owner.post(f"meetings/{meeting['id']}/cancel/", {"why": "Sjuk"}))["state"] == "cancelled"
    assert ok(owner.get(f"cases/{case['id']}/"))["state"] == "consented"
    closed = ok(owner.post(f"cases/{case['id']}/close/", {"reason": "not_needed"}))
    assert (closed["state"], closed["close_reason"]) == ("closed", "not_needed")
    assert owner.post(f"cases/{case['id']}/close/", {"reason": "not_needed"}).status_code == 403


def test_a_meeting_is_moved_and_held(cast, api):
    case = build.consented(cast)
    owner = api(STAFF)
    meeting = ok(owner.post("meetings/", call(cast, case.pk)), 201)
    at = timezone.now() + timedelta(days=9)
    new = call(cast, case.pk, starts_at=at.isoformat(), ends_at=(at + timedelta(hours=1)).isoformat(), why="Krock")
    moved = ok(owner.post(f"meetings/{meeting['id']}/move/", new), 201)
    assert ok(owner.get(f"meetings/{meeting['id']}/"))["state"] == "moved"
    early = owner.post(f"meetings/{moved['id']}/hold/", {"came": [], "person_came": True})
    assert early.status_code == 409 and "inte varit än" in early.json()["detail"]


def test_a_held_meeting_gives_a_plan_that_is_written_approved_and_followed_up(cast, api):
    case = build.called(cast)
    owner = api(STAFF)
    listed = ok(owner.get("meetings/"))["results"][0]
    held = {"came": [row["id"] for row in listed["invitations"]], "person_came": True, "others": ["Ingrid"]}
    assert ok(owner.post(f"meetings/{listed['id']}/hold/", held))["state"] == "held"
    response = owner.post("plans/", {"case": str(case.pk)})
    plan, tag = ok(response, 201), response["ETag"]
    path = f"plans/{plan['id']}/"
    response = owner.post(f"{path}goals/", {"text": "Du går ut varje dag."}, **{"If-Match": tag})
    goal, tag = ok(response, 201)["goals"][0]["id"], response["ETag"]
    measure = {
        "goal": goal,
        "text": "Vi går ut med dig.",
        "doer": "unit",
        "unit": cast.unit("owner").pk,
        "ongoing": True,
    }
    response = owner.post(f"{path}measures/", measure, **{"If-Match": tag})
    written, tag = ok(response, 201), response["ETag"]
    told = written["goals"][0]["measures"][0]
    assert told["authority"]["name"] == cast.unit("owner").acts_for.name
    assert (told["state"], told["declined_why"]) == ("confirmed", "") and told["confirmed_at"]
    theirs = measure | {"unit": cast.unit("party").pk}
    response = owner.post(f"{path}measures/", theirs, **{"If-Match": tag})
    assert [row["state"] for row in ok(response, 201)["goals"][0]["measures"]] == ["confirmed", "proposed"]
    own = {"goal": goal, "text": "Du går ut.", "doer": "self"}
    response = owner.post(f"{path}measures/", own, **{"If-Match": response["ETag"]})
    rows, tag = ok(response, 201)["goals"][0]["measures"], response["ETag"]
    assert [row["state"] for row in rows] == ["confirmed", "proposed", None]
    with cast.acting("owner"):
        draft = build.plans.draft_of(case)
    build.confirmed(cast, draft)
    tag = owner.get(path)["ETag"]
    refused = owner.post(f"{path}approve/", {"agreed_how": "Ja"}, **{"If-Match": tag})
    assert refused.status_code == 409
    block = {
        "others_nobody": True, "lead_staff": cast.staff("owner").pk, "lead_unit": cast.unit("owner").pk,
        "follow_up_on": (timezone.localdate() + timedelta(days=60)).isoformat(), "what_matters": "Att gå ut.",
    }  # fmt: skip
    response = owner.patch(path, block, **{"If-Match": tag})
    assert ok(response)["what_matters"] == "Att gå ut."
    response = owner.post(f"{path}approve/", {"agreed_how": "Hon sa ja"}, **{"If-Match": response["ETag"]})
    approved = ok(response)
    assert approved["state"] == "approved" and approved["lead_authority"]["name"] == cast.unit("owner").acts_for.name
    found = {"held_on": today(), "how_it_went": "Bra", "outcome": "revise", "next_on": block["follow_up_on"]}
    found["statuses"] = [{"measure": approved["goals"][0]["measures"][0]["id"], "status": "ongoing"}]
    assert ok(owner.post(f"{path}follow-up/", found), 201)["outcome"] == "revise"
    assert ok(owner.get(f"cases/{case.pk}/"))["state"] == "following_up"


def test_withdrawal_gives_a_receipt_and_ends_the_partys_access(cast, api):
    case = build.consented(cast)
    party = api(PARTY)
    consent = ok(party.get("consents/"))["results"][0]
    assert ok(party.post(f"consents/{consent['id']}/withdraw/", {"form": "spoken"}))["reference"] == case.reference
    assert party.get(f"consents/{consent['id']}/").status_code == 404
    assert ok(party.get("cases/"))["count"] == 0


def test_a_party_is_added_and_discharge_starts_the_clock(cast, api):
    case = build.case(cast)
    owner, path = api(STAFF), f"cases/{case.pk}/"
    added = ok(owner.post(f"{path}parties/", {"unit": cast.unit("party").pk}), 201)
    assert [row["unit"]["id"] for row in added["parties"]] == [cast.unit("party").pk]
    assert owner.post(f"{path}parties/", {"unit": cast.unit("party").pk}).status_code == 409
    ready = ok(owner.post(f"{path}discharge-ready/", {"at": timezone.now().isoformat()}))
    assert ready["inpatient"] and "call_after_ready" in [row["kind"] for row in ready["deadlines"]]
    late = (timezone.now() + timedelta(days=1)).isoformat()
    assert owner.post(f"{path}discharge-ready/", {"at": late}).status_code == 409


# --- concurrency -------------------------------------------------------------


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


@pytest.mark.parametrize(
    ("method", "rest", "data"),
    [
        ("patch", "", {"what_matters": "Nytt"}),
        ("post", "goals/", {"text": "Mål"}),
        ("post", "measures/", {"goal": 1, "text": "x", "doer": "self"}),
        ("post", "approve/", {"agreed_how": "Ja"}),
    ],
)
def test_a_plan_is_written_only_with_the_etag_that_was_read(api, draft, method, rest, data):
    owner, path = api(STAFF), f"plans/{draft.pk}/"
    write = getattr(owner, method)
    missing = write(path + rest, data)
    assert missing.status_code == 428 and "If-Match" in missing.json()["detail"]
    for stale in ('"0"', "*", "rubbish", f'W/"{draft.revision}"'):
        assert write(path + rest, data, **{"If-Match": stale}).status_code == 412
    assert ok(owner.get(path))["revision"] == int(owner.get(path)["ETag"].strip('"'))


def test_two_writers_the_second_is_told(api, draft):
    one, two, path = api(STAFF), api("johan.falun"), f"plans/{draft.pk}/"
    tag = one.get(path)["ETag"]
    assert one.patch(path, {"what_matters": "Ett"}, **{"If-Match": tag}).status_code == 200
    late = two.patch(path, {"what_matters": "Två"}, **{"If-Match": tag})
    assert late.status_code == 412 and "Någon annan" in late.json()["detail"]
    assert ok(one.get(path))["what_matters"] == "Ett"


# --- who gets in -------------------------------------------------------------

PATHS = ("cases/", "consents/", "meetings/", "plans/", "schema/")


@pytest.mark.parametrize("path", PATHS)
def test_who_gets_in(api, path):
    anonymous = api(None).get(path)
    assert anonymous.status_code == 403 and anonymous["Content-Type"].endswith("json")
    assert api("elsa.medborgare").get(path).status_code == 404
    assert api(STAFF).get(path).status_code == 200


@pytest.mark.parametrize("path", PATHS[:4])
def test_an_administrator_gets_no_case_data(api, path):
    refused = api("anders.falun").get(path)
    assert refused.status_code == 403 and "uppdrag" in refused.json()["detail"]


def test_a_coordinator_gets_the_flow_without_names_and_no_content(cast, api):
    case = build.consented(cast)
    coordinator = api("helena.falun")
    rows = ok(coordinator.get("cases/"))["results"]
    assert [(row["id"], row["name"]) for row in rows] == [(str(case.pk), "")]
    assert coordinator.get(f"cases/{case.pk}/").status_code == 403
    for path in PATHS[1:4]:
        assert coordinator.get(path).status_code == 403


def test_a_reader_reads_and_writes_nothing(cast, api):
    case = build.consented(cast)
    reader = api("mattias.falun")
    assert ok(reader.get(f"cases/{case.pk}/"))["reference"] == case.reference
    for path, data in (
        ("cases/", START),
        (f"cases/{case.pk}/close/", {"reason": "not_needed"}),
        ("consents/", record(cast, case.pk)),
        ("meetings/", call(cast, case.pk)),
        ("plans/", {"case": str(case.pk)}),
    ):
        assert reader.post(path, data).status_code == 403, path


@pytest.mark.parametrize("username", ["maria.falun", "linda.kalmar"])
def test_other_units_get_404_on_every_object(cast, api, username):
    plan = build.drafted(cast)
    stranger = api(username)
    with cast.acting("owner"):
        case = Case.objects.get(pk=plan.case_id)
        consent, meeting = case.consents.get(superseded_at=None), case.meetings.get()
    for path in (f"cases/{case.pk}/", f"consents/{consent.pk}/", f"meetings/{meeting.pk}/", f"plans/{plan.pk}/"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"cases/{case.pk}/close/", {"reason": "not_needed"}).status_code == 404
    assert stranger.post("meetings/", call(cast, case.pk)).status_code == 404
    assert stranger.patch(f"plans/{plan.pk}/", {"why": "x"}, **{"If-Match": '"1"'}).status_code == 404


def test_a_party_does_not_steer(cast, api):
    case = build.consented(cast)
    party = api(PARTY)
    assert party.post(f"cases/{case.pk}/close/", {"reason": "not_needed"}).status_code == 403
    assert party.post("meetings/", call(cast, case.pk)).status_code == 403


def test_without_a_csrf_token_nothing_is_written(cast, api):
    client = api(STAFF, csrf=True)
    refused = client.post("cases/", START)
    assert refused.status_code == 403 and "CSRF" in refused.json()["detail"]
    with cast.acting("owner"):
        assert not Case.objects.exists()


# --- answers -----------------------------------------------------------------


def test_what_is_wrong_is_said_in_swedish_per_field(api):
    wrong = START | {"number": "850101-2383", "reasons": [], "given_name": "A\u202eB"}
    del wrong["family_name"]
    errors = api(STAFF).post("cases/", wrong)
    assert errors.status_code == 400
    said = errors.json()
    assert "Kontrollsiffran stämmer inte" in said["number"][0]
    assert "tecken som inte går att läsa" in said["given_name"][0]
    assert set(said) == {"number", "reasons", "given_name", "family_name"}


def test_the_same_person_twice_is_refused_unless_meant(api):
    client = api(STAFF)
    ok(client.post("cases/", START), 201)
    again = client.post("cases/", START)
    assert again.status_code == 409 and again.json()["field"] == "number"
    assert client.post("cases/", START | {"even_if_open": True}).status_code == 201


def test_a_second_kallelse_is_refused(cast, api):
    case = build.called(cast)
    again = api(STAFF).post("meetings/", call(cast, case.pk))
    assert again.status_code == 409 and "redan kallat" in again.json()["detail"]


def test_steps_out_of_order_are_refused(cast, api):
    case = build.case(cast)
    client = api(STAFF)
    assert client.post("meetings/", call(cast, case.pk)).status_code == 409
    assert client.post("plans/", {"case": str(case.pk)}).status_code == 409


def test_a_protection_mark_hides_who_it_is(cast, api):
    case = build.case(cast, protection="marked", phone="070-174 06 12", address="Gatan 1")
    said = ok(api(STAFF).get(f"cases/{case.pk}/"))
    assert (said["name"], said["number"], said["phone"], said["address"]) == ("Skyddade personuppgifter", "", "", "")


def test_every_reading_is_logged(cast, api):
    case = build.consented(cast)
    client = api(STAFF)
    with cast.acting("owner"):
        before = AuditEvent.objects.filter(action="Läsa").count()
    client.get(f"cases/{case.pk}/")
    client.get("consents/")
    with cast.acting("owner"):
        rows = list(AuditEvent.objects.filter(action="Läsa").order_by("id"))[before:]
    assert [row.person_id for row in rows] == [case.person_id, None]
    assert rows[1].persons == [case.person_id]


def test_pages_are_limited(cast, api):
    for number in ("198501012382", "199002222397", "194201077098"):
        build.case(cast, number=number)
    said = ok(api(STAFF).get("cases/?limit=2"))
    assert (said["count"], len(said["results"])) == (3, 2) and "offset=2" in said["next"]


def test_the_number_of_queries_does_not_grow(cast, api):
    client = api(STAFF)

    def count(path):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    lists = ("cases/", "consents/", "meetings/", "plans/")
    build.drafted(cast)
    before = [count(path) for path in lists]
    for number in ("199002222397", "194201077098", "196109732393"):
        build.drafted(cast, build.met(cast, build.consented(cast, number=number)))
    assert [count(path) for path in lists] == before


# --- the contract ------------------------------------------------------------


def test_the_schema_has_no_warnings(tmp_path):
    path = tmp_path / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(path))
    paths = json.loads(path.read_text())["paths"]
    assert {"/api/v1/cases/", "/api/v1/plans/{id}/approve/", "/api/v1/consents/{id}/withdraw/"} <= set(paths)


@pytest.mark.parametrize("endpoint", [CaseApi, ConsentApi, MeetingApi, PlanApi])
def test_every_method_names_its_rule(endpoint):
    methods = {"list", "retrieve", "create", *(m.__name__ for m in endpoint.get_extra_actions())}
    methods |= {"partial_update"} & set(dir(endpoint))
    assert methods == set(endpoint.actions_required)
    assert set(endpoint.actions_required.values()) <= set(roles.ACTIONS)
