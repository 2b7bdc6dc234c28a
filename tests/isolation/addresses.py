"""Every address of the product, with what it takes: one list, which must name each pattern of the URLconf."""

from datetime import timedelta

from django.utils import timezone

from tests.isolation import addresses_forwarding as way
from tests.isolation import addresses_times as times
from tests.isolation.addresses_care_plans import of_care_plans
from tests.isolation.addresses_guests import GUESTS, of_guests
from tests.isolation.addresses_meeting import of_meeting_mode
from tests.isolation.addresses_papers import of_papers
from tests.isolation.atlas import CITIZENS, NUMBERS, STAFF, Atlas, Target
from tests.isolation.before_meeting import of_preparation

MOVED, MADE, NOT_FOUND, REFUSED = (302,), (200, 201), (404,), (403,)
OWN = (302, 409)  # Whether there is something of one's own to take back depends on who wrote last.
# Pages without a rule in roles.ACTIONS: open, or about the one who is signed in.
OPEN = {
    "healthz", "readyz", "organisations:home", "organisations:login", "organisations:logout", "organisations:acting",
    "organisations:emergency", "organisations:session_status", "organisations:session_prolong",
    "organisations:step_up", "organisations:resume",
    "organisations:accessibility", "organisations:privacy", "api:schema",
    "identity:start", "identity:callback", "identity:left", "identity:back_channel", "identity:step_up",
    "identity:logout", *GUESTS,
}  # fmt: skip
# What a page asks for while somebody looks at it, and puts in its own place.
PIECES = {"plans:now"}


def everybody(status, *, anonymous=None):
    answers = dict.fromkeys((*STAFF, *CITIZENS), status)
    return answers | {"anonymous": anonymous or status}


def open_pages() -> list[Target]:
    staff_only = dict.fromkeys(STAFF, (200,)) | dict.fromkeys(CITIZENS, NOT_FOUND)
    return [
        Target("healthz", instead=everybody((200,))),
        Target("readyz", instead=everybody((200, 503))),
        Target("organisations:home", instead=everybody(MOVED)),
        Target("organisations:login", instead=everybody(MOVED, anonymous=(200,))),
        Target("organisations:logout", method="post", instead=everybody(MOVED)),
        Target("organisations:emergency", instead=everybody(NOT_FOUND)),
        Target("organisations:session_status", instead=everybody((200,), anonymous=MOVED)),
        Target("organisations:session_prolong", method="post", instead=everybody((200,), anonymous=REFUSED)),
        Target("organisations:step_up", instead=everybody((200,), anonymous=MOVED)),
        Target("organisations:resume", instead=everybody(MOVED)),
        Target("organisations:acting", instead=staff_only | {"anonymous": MOVED}),
        Target("organisations:accessibility", instead=everybody((200,))),
        Target("organisations:privacy", instead=everybody((200,))),
        Target("api:schema", instead=staff_only | {"anonymous": REFUSED}, api=True),
        *identity(),
    ]


def identity() -> list[Target]:
    """Without an identity provider its addresses do not exist; `tests/identity` walks them with one."""
    way = {"way": "personal"}
    pages = ("start", "callback", "left")
    return [
        *(Target(f"identity:{name}", way, instead=everybody(NOT_FOUND)) for name in pages),
        Target("identity:back_channel", way, "post", instead=everybody(NOT_FOUND)),
        Target("identity:step_up", instead=everybody(NOT_FOUND, anonymous=MOVED)),
        Target("identity:logout", method="post", instead=everybody(MOVED)),
    ]


def lists(atlas: Atlas) -> list[Target]:
    ids = atlas.ids
    others = {who: NOT_FOUND for who in ("owner", "colleague", "same_kommun", "outsider", "reader", "manager",
                                         "reception")}  # fmt: skip
    handlers = {who: NOT_FOUND for who in ("owner", "colleague", "same_kommun", "outsider", "manager", "reception")}
    number = {"number": NUMBERS["new"]}
    return [
        Target("casework:worklist"),
        Target("casework:inbox"),
        Target("casework:open_item", {"item": ids["item"]}, "post", allowed=MOVED, instead=handlers),
        Target("casework:finish_item", {"item": ids["item"]}, "post", allowed=MOVED, instead=handlers),
        Target("casework:followups"),
        Target("casework:average"),
        Target("casework:search"),
        Target("casework:search", method="post", data={"q": NUMBERS["main"]}),
        Target("casework:help"),
        Target("cases:start"),
        Target("cases:start", method="post", data=number),
        Target("cases:start_person", method="post", data=number),
        Target("cases:compulsory"),
        Target("consent:receipt"),
        Target("consent:received"),
        Target("consent:received_one", {"pk": ids["received"]}, instead=others),
        Target("consent:received_one", {"pk": ids["received"]}, "post", instead=others, data={"reason": "Tillsyn"}),
        Target("deviations:unit_list"),
        *attention(atlas),
        *times.standing_times(atlas),
    ]


def attention(atlas: Atlas) -> list[Target]:
    """Own notices, the unit's routine and its letters."""
    letter, unit = {"pk": atlas.letter}, {"number": atlas.cast.unit("owner").pk}
    others = {who: NOT_FOUND for who in ("party", "same_kommun", "outsider", "reception")}
    return [
        Target("notifications:notices"),
        Target("notifications:read", method="post", allowed=MOVED),
        Target("notifications:choices"),
        Target("notifications:routine", unit),
        Target("correspondence:letters"),
        Target("correspondence:letter_pdf", letter, instead=others),
        Target("correspondence:letter_posted", letter, "post", instead=others),
    ]


def of_messages(atlas: Atlas) -> list[Target]:
    moved = {"case": "main", "method": "post", "allowed": MOVED}
    return [
        *about_one("main", atlas, "correspondence:messages", "correspondence:write", "correspondence:contact"),
        Target("correspondence:read", atlas.of("main"), **moved),
        Target("correspondence:end_contact", atlas.of("main", way="sms"), **moved),
    ]


def administration(atlas: Atlas) -> list[Target]:
    ids, name = atlas.ids, "organisations:"
    pages = ["admin", "units", "unit_new", "staff", "person_new", "assignments", "assign", "guidelines", "break_glass"]
    one = {"unit": "unit", "unit_active": "unit", "person": "staff", "person_active": "staff",
           "person_sessions": "staff", "end_assignment": "assignment"}  # fmt: skip
    single = [Target(name + page, {"number": ids[key]}, method)
              for page, key in one.items() for method in ("get",)]  # fmt: skip
    words = [
        Target(name + "words"),
        Target(name + "add_word"),
        Target(name + "add_word", method="post", data={"pattern": "", "kind": "jargon"}),
        Target(name + "end_word", {"number": 0}, allowed=NOT_FOUND),
    ]
    return [Target(name + page) for page in pages] + single + words + way.reception_rules(atlas)


def retention(atlas: Atlas) -> list[Target]:
    ids, moved = atlas.ids, {"method": "post", "allowed": MOVED}
    not_own = {who: NOT_FOUND for who in ("owner", "colleague", "same_kommun", "outsider")}
    others = {who: NOT_FOUND for who in ("party", "same_kommun", "outsider")}
    batch = {"number": ids["batch"]}
    return [
        *(Target(f"retention:{name}") for name in ("overview", "rules", "ledger")),
        Target("retention:records", {"name": "gallras"}),
        Target("retention:prepare", **moved),
        *(Target(f"retention:{name}", batch) for name in ("batch", "cancel")),
        # Asks for a new login when the one that the matrix began with has grown old.
        Target("retention:approve", batch, allowed=(200, 302)),
        Target("retention:received_holds", {"pk": ids["received"]}, instead=not_own),
        Target("retention:end_hold", {"number": ids["hold"]}, instead=others),
        *about_one("closed", atlas, "retention:case_holds"),
    ]


def logbook(atlas: Atlas) -> list[Target]:
    ids = atlas.ids
    review = {"number": ids["review"]}
    # Taking the log out asks for a new login when the one that the matrix began with has grown old.
    fresh = {"case": "main", "allowed": (200, 302)}
    return [
        Target("logbook:reviews"),
        Target("logbook:review", review),
        Target("logbook:judge", review | {"pick": ids["pick"]}),
        Target("logbook:finish", review, "post"),
        Target("logbook:extract", atlas.of("main"), **fresh),
        Target("logbook:download", atlas.of("main", extract=ids["unit_extract"]), **fresh),
    ]


def about_one(case: str, atlas: Atlas, *names, **kwargs) -> list[Target]:
    return [Target(name, atlas.of(case, **kwargs), case=case) for name in names]


def of_case(atlas: Atlas) -> list[Target]:
    """The case itself, its parties and its consent."""
    ids = atlas.ids
    party = {"party": ids["participation"]}
    return [
        *about_one(
            "main", atlas, "casework:case", "casework:events", "casework:log", "cases:edit", "cases:note_contact",
            "cases:discharge_ready", "casework:clocks", "cases:change_lead", "cases:parties", "cases:add_party",
            "cases:add_outside", "consent:history", "consent:record", "plans:withdraw", "plans:leave", "plans:close",
        ),
        *about_one("main", atlas, "cases:pause_clock", number=ids["clock"]),
        Target("cases:resume_clock", atlas.of("main", number=ids["clock"]), "post", case="main", allowed=(409,)),
        *about_one("main", atlas, "consent:void", "cases:protect", "consent:ground_new"),
        Target("consent:ground_end", atlas.of("main", ground=ids["ground"]), "post", case="main", allowed=MOVED),
        Target("consent:recall", atlas.of("main", disclosure=ids["disclosure"]), case="main"),
        *about_one("main", atlas, "consent:representatives", "consent:representative_new", "consent:age_exception"),
        *about_one("main", atlas, "consent:representative", "consent:representative_end", number=ids["ombud"]),
        Target("consent:age_exception_end", atlas.of("main", number=ids["exception"]), "post", case="main",
               allowed=MOVED),
        Target("casework:reveal", atlas.of("main"), "post", case="main", allowed=MOVED),
        Target("cases:link_new", atlas.of("main"), case="main", allowed=MOVED),
        Target("cases:remove_outside", atlas.of("main", party=ids["outside"]), case="main"),
        Target("plans:end_party", atlas.of("main", **party), case="main"),
    ]  # fmt: skip


def of_meetings(atlas: Atlas) -> list[Target]:
    one = {"meeting": atlas.meeting("invited")}
    letter = one | {"invitation": atlas.ids["invitation"]}
    own = {"owner": NOT_FOUND, "colleague": NOT_FOUND}
    return [
        *about_one("invited", atlas, "meetings:overview", "meetings:call"),
        *about_one("invited", atlas, "meetings:move", "meetings:cancel", "meetings:phone_list", "meetings:hold",
                   "meetings:letter", **one),
        Target("meetings:answer", atlas.of("invited", **one), case="invited", instead=own),
        *about_one("invited", atlas, "meetings:answer_for", **letter),
        *times.of_entries(atlas, one, letter),
        Target("meetings:propose", atlas.of("invited", **one), case="invited", instead=own),
        *about_one("invited", atlas, "meetings:use_time", proposal=atlas.way.proposal, **one),
        *way.on_its_way(atlas),
    ]  # fmt: skip


def of_plans(atlas: Atlas) -> list[Target]:
    ids = atlas.ids
    goal, measure = {"goal": ids["goal"]}, {"measure": ids["measure"]}
    moved = {"case": "main", "method": "post", "allowed": MOVED}
    return [
        *about_one("main", atlas, "plans:plan", "plans:preview", "plans:approve", "plans:pdf", "plans:versions",
                   "plans:edit", "plans:add_goal", "plans:follow_ups", "plans:follow_up", "plans:disagreements"),
        # Nothing is broken here: the page says so, and there is nothing to read or to end.
        Target("plans:language", method="post", data={"field": "text", "text": "Du går en promenad."}),
        Target("plans:break_glass"), Target("plans:emergency", atlas.of("main"), allowed=NOT_FOUND),
        Target("plans:end_emergency", atlas.of("main"), "post", allowed=(409,)),
        *about_one("main", atlas, "plans:emergencies", "plans:correct", "plans:changes", "plans:now"),
        # The draft there is no correction.
        Target("plans:finish_correction", atlas.of("main"), case="main", allowed=NOT_FOUND),
        Target("plans:start", atlas.of("met"), **(moved | {"case": "met"})),
        *about_one("main", atlas, "plans:version", "plans:pdf", "plans:download", "plans:hand_out", version=1),
        *about_one("main", atlas, "plans:compare", older=1, newer=2),
        # Own measures: behind a fresh login, and not there for a unit that has none, or while no PDF is drawn.
        Target("plans:export", atlas.of("main"), case="main", allowed=(200, 302)),
        *(Target(f"plans:export_{kind}", atlas.of("main"), case="main", allowed=(200, 302, 404))
          for kind in ("text", "json", "pdf")),
        *about_one("main", atlas, "plans:goal", "plans:delete_goal", "plans:add_measure", **goal),
        *about_one("main", atlas, "plans:measure", "plans:delete_measure", **measure),
        *about_one("main", atlas, "plans:block", name="viktigt"),
        Target("plans:move_goal", atlas.of("main", **goal, way="upp"), **moved),
        Target("plans:move_measure", atlas.of("main", **measure, way="ner"), **moved),
        *about_one("main", atlas, "plans:report", measure=ids["own_measure"]),
        *(Target(name, atlas.of("main", **about), **(moved | {"allowed": said})) for name, said, about in (
            ("plans:part", MOVED, {}), ("plans:undo_block", OWN, {"name": "viktigt"}), ("plans:undo_goal", OWN, goal),
            ("plans:undo_measure", OWN, measure), ("plans:put_back", (409,), {"step": ids["step"]}),
            ("plans:confirm", (409,), measure), ("plans:agree", NOT_FOUND, {"number": 0}))),
    ]  # fmt: skip


def of_deviations(atlas: Atlas) -> list[Target]:
    number, owners = atlas.deviation, {"owner": REFUSED, "colleague": REFUSED, "manager": REFUSED}
    return [
        *about_one("main", atlas, "deviations:list", "deviations:report"),
        Target("deviations:receive", atlas.of("main", number=number["reported"]), "post", case="main", allowed=MOVED,
               instead=owners),
        Target("deviations:answer", atlas.of("main", number=number["received"]), case="main", instead=owners),
        Target("deviations:close", atlas.of("main", number=number["answered"]), case="main",
               instead={"party": REFUSED}),
    ]  # fmt: skip


def of_discharge(atlas: Atlas) -> list[Target]:
    """The ward's own pages, the receivers' (owner and party), and the discharge in the case."""
    ids, name = atlas.ids, "discharge:"
    stay, notice = {"pk": atlas.notice.admission_id}, {"pk": atlas.notice.pk}
    handlers = {who: NOT_FOUND for who in ("same_kommun", "outsider")}
    others = handlers | {"reception": NOT_FOUND}
    acts, moved = {"method": "post"}, {"method": "post", "allowed": MOVED}
    clash = {"case": "main", "method": "post", "allowed": (409,)}
    wards = ("admission", "send", "add_receivers", "new_day", "judged", "break_off", "end")
    return [
        *(Target(name + page) for page in ("ward", "admit", "notices", "payment", "amounts", "plans", "plan_new")),
        # Nobody of the cast works at the ward.
        *(Target(name + page, stay, allowed=NOT_FOUND) for page in wards),
        *(Target(name + page, stay, allowed=NOT_FOUND, **acts) for page in ("admission_reveal", "open_case")),
        Target(name + "recall", stay | {"receiver": ids["receiver"]}, allowed=NOT_FOUND),
        Target(name + "notice", notice, instead=others),
        Target(name + "notice_reveal", notice, instead=others, **acts),
        Target(name + "hand_back", notice, instead=others),
        Target(name + "follow", notice, instead=handlers, **moved),
        Target(name + "acknowledge", {"message": ids["message"]}, instead=others | {"party": NOT_FOUND}, **moved),
        *about_one("main", atlas, *(name + page for page in (
            "overview", "admitted", "contact", "ready", "decide", "gap", "home", "plan_from_case"))),
        *about_one("main", atlas, name + "end_gap", number=atlas.gap),
        Target(name + "not_ready", atlas.of("main"), **clash),
        Target(name + "interpreter", atlas.of("main"), **clash),
        Target(name + "end_contact", atlas.of("main", number=atlas.contact), **clash),
        *about_one("closed", atlas, name + "overview"),
        *of_care_plans(atlas),
    ]  # fmt: skip


def of_citizens(atlas: Atlas) -> list[Target]:
    ids = atlas.ids
    return [
        Target("citizen:plan", allowed=MOVED),
        Target("citizen:choose"),
        Target("citizen:about"),
        Target("citizen:all_readers"),
        *about_one("main", atlas, "citizen:case", "citizen:consents", "citizen:copies", "citizen:readers",
                   "citizen:pdf", "citizen:extract"),
        *about_one("main", atlas, "citizen:extract_pdf", extract=ids["own_extract"]),
        *about_one("main", atlas, "citizen:version", number=1),
        *about_one("main", atlas, "citizen:channels"),
        Target("citizen:end_channel", atlas.of("main", way="sms"), "post", case="main", allowed=MOVED),
    ]  # fmt: skip


def of_api(atlas: Atlas) -> list[Target]:
    ids, cast = atlas.ids, atlas.cast
    meeting, unit = atlas.meeting("invited"), cast.unit("party").pk
    main = str(atlas.cases["main"].pk)
    kallelse = {
        "units": [unit], "starts_at": at(9), "ends_at": at(10), "form": "physical", "place": "Hemma", "agenda": "Allt",
    }  # fmt: skip
    yes = {"case": main, "form": "written", "given_on": timezone.localdate().isoformat(), "share_answer": "yes",
           "planning_answer": "yes", "units": [unit]}  # fmt: skip
    done = (200, 201, 204, 409, 428)

    def to(name, key, pk, data=None, method="post", **values):
        return Target(f"api:{name}", {"pk": pk}, method, case=key, allowed=done, data=data or {}, api=True, **values)

    def listed(name):
        return Target(f"api:{name}-list", api=True)

    def made(name, key, data):
        return Target(f"api:{name}-list", {}, "post", case=key, allowed=done, data=data, api=True)

    start = {"number": NUMBERS["new"], "given_name": "Ny", "family_name": "Person", "reasons": ["early"],
             "need_found_on": timezone.localdate().isoformat()}  # fmt: skip
    own = {"owner": NOT_FOUND, "colleague": NOT_FOUND}
    return [
        *(listed(name) for name in ("case", "consent", "meeting", "plan")),
        *(Target(f"api:{name}-detail", {"pk": pk}, case=key, api=True) for name, key, pk in (
            ("case", "main", main), ("consent", "main", ids["consent"]), ("meeting", "invited", meeting),
            ("plan", "main", ids["in_force"]))),
        made("case", "", start),
        to("case-parties", "main", main, {"unit": cast.unit("same_kommun").pk}),
        to("case-discharge-ready", "main", main, {"at": timezone.now().isoformat()}),
        to("case-close", "main", main, {"reason": "goals_met"}),
        made("consent", "main", yes),
        to("consent-withdraw", "main", ids["consent"], {"form": "spoken"}),
        made("meeting", "main", kallelse | {"case": main}),
        to("meeting-answer", "invited", meeting, {"answer": "coming", "attendee_name": "Bo"}, instead=own),
        to("meeting-hold", "invited", meeting, {"came": [], "person_came": True}),
        to("meeting-move", "invited", meeting, kallelse | {"why": "Sjuk"}),
        to("meeting-cancel", "invited", meeting, {"why": "Sjuk"}),
        made("plan", "main", {"case": main}),
        to("plan-detail", "main", ids["plan"], {"why": "Därför"}, method="patch"),
        to("plan-goals", "main", ids["plan"], {"text": "Mål"}),
        to("plan-measures", "main", ids["plan"], {"goal": ids["goal"], "text": "Insats", "doer": "self"}),
        to("plan-approve", "main", ids["plan"], {"agreed_how": "Muntligt"}),
        Target("api:plan-own-measures", {"pk": ids["in_force"]}, case="main", allowed=(200, 403, 409), api=True),
        to("plan-follow-up", "main", ids["plan"],
           {"held_on": timezone.localdate().isoformat(), "how_it_went": "Bra", "outcome": "continue"}),
    ]  # fmt: skip


def at(hour: int) -> str:
    day = timezone.localtime() + timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


def of_closed(atlas: Atlas) -> list[Target]:
    """Reading goes on in a closed case; everything else is refused."""
    return [
        *about_one("closed", atlas, "casework:case", "casework:events", "casework:log", "cases:parties",
                   "cases:edit", "cases:add_party", "cases:link_new", "cases:discharge_ready", "consent:history",
                   "consent:record", "consent:representatives", "consent:representative_new",
                   "plans:withdraw", "plans:close", "plans:leave", "plans:plan", "plans:edit",
                   "plans:approve", "plans:follow_up", "plans:versions", "meetings:call", "meetings:overview",
                   "deviations:list", "deviations:report", "correspondence:messages", "correspondence:write",
                   "correspondence:contact"),
        *about_one("closed", atlas, "meetings:hold", "meetings:cancel", meeting=atlas.meeting("closed")),
    ]  # fmt: skip


def targets(atlas: Atlas) -> list[Target]:
    groups = (
        lists,
        administration,
        retention,
        logbook,
        of_case,
        of_preparation,
        of_meetings,
        *(of_meeting_mode, of_guests),
        of_plans,
        of_deviations,
        of_papers,
        of_discharge,
        of_messages,
        of_citizens,
        of_api,
        of_closed,
    )
    return [*open_pages(), *(target for group in groups for target in group(atlas))]
