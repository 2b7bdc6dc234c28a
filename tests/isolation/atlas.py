"""Cases in the states that the pages need, walked through the services and committed, and who is who in them."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db import connections
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from cases import numbers, person_access
from cases import services as case_services
from cases.models import Case, Person
from consent.models import ReceivedVersion
from correspondence import channels
from correspondence import services as correspondence
from deviations import services as deviations
from discharge import care_plan_documents, care_plans, process
from discharge.models import CarePlan
from logbook import extracts, review
from notifications.models import Delivery, InboxItem
from organisations import roles
from organisations.enums import Role
from organisations.models import User
from papers import services as papers
from plans import documents, endings
from plans import services as plan_services
from preparation import services as preparation
from retention import services as retention
from retention.models import RetentionBatch
from tests import build, build_forwarding, build_guests, build_meeting
from tests.cast import WHO, Cast
from tests.database import PASSWORD
from tests.discharge import walk
from tests.preparation import prepared

CITIZENS = ("citizen", "other_citizen")
STAFF = tuple(who for who in WHO if who not in CITIZENS)
EVERYBODY = (*WHO, "anonymous")
# What stands in no answer to somebody without a right to the case.
GIVEN_NAME, FAMILY_NAME = "Zebulina", "Hemlighetsson"
NUMBERS = {
    "main": "194307199069",
    "invited": "194112249166",
    "met": "199911012384",
    "closed": "199903212380",
    "new": "199002222397",
}


@dataclass(frozen=True)
class Target:
    """One address and method. `steps` is what an allowed one gets, `instead` who is answered otherwise and how."""

    name: str
    kwargs: dict = field(default_factory=dict)
    method: str = "get"
    action: str = ""
    case: str = ""
    allowed: tuple[int, ...] = (200,)
    instead: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)
    api: bool = False

    def __str__(self):
        return f"{self.method} {self.name}"

    @property
    def url(self) -> str:
        return reverse(self.name, kwargs=self.kwargs)

    @property
    def citizens_face(self) -> bool:
        return self.name.startswith("citizen:")


def patterns(found=None, namespace=""):
    """Every pattern of the URLconf as (name with namespace, pattern)."""
    for pattern in (found or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner)


class Atlas:
    """Four cases of the same owner and party, in the states that the pages need, committed as the web does."""

    def __init__(self):
        self.cast = Cast()
        self.cases = {}
        self.cases["main"] = self.followed_up_with_draft()
        self.cases["invited"] = self.with_guest(self.with_relative(self.consented("invited")))
        self.cases["met"] = build.met(self.cast, self.consented("met"))
        self.cases["closed"] = self.closed()
        self.prepare()
        self.deviate()
        self.room, self.here, self.away, self.consultation = build_meeting.for_matrix(self.cast, self.cases["main"])
        self.way = build_forwarding.for_matrix(self.cast, self.cases["invited"], (GIVEN_NAME, FAMILY_NAME))
        self.correspond()
        self.stop_retention()
        self.discharge()
        self.finish_pdfs()
        for who, key in (("citizen", "main"), ("other_citizen", "invited")):
            user = User.objects.using("admin").get(username=WHO[who])
            person_access.grant("admin", user, Person.objects.using("admin").get(number=NUMBERS[key]))
        self.use_log()
        self.print_papers()
        # Before any test: what changes later meets sessions that are already there.
        self.clients = self.sign_in()

    # Cases

    def consented(self, key):
        found = build.case(
            self.cast, number=NUMBERS[key], given_name=GIVEN_NAME, family_name=FAMILY_NAME, phone="070-174 06 05",
        )  # fmt: skip
        build.party(self.cast, found)
        build.consent(self.cast, found)
        return build.reread(self.cast, found)

    def with_relative(self, case):
        with self.cast.acting("owner"):
            again = Case.objects.with_names().get(pk=case.pk)
            case_services.add_outside_party(
                case=again, kind="relative", name="Provanna", tell_by="phone", phone="070-174 06 06",
                by=self.cast.owner,
            )  # fmt: skip
        return build.reread(self.cast, case)

    def with_guest(self, case):
        """Called to a meeting in some days, the relative too, who has a link that waits to be opened."""
        with self.cast.acting("owner"):
            relatives = list(case.outside_parties.all())
        found = build.called(self.cast, case, outside=relatives, days_ahead=5)
        self.guest_link = build_guests.linked(self.cast, build_guests.invitation(self.cast, found))
        return found

    def followed_up_with_draft(self):
        """Two approved versions, both followed up, and a third that is being written."""
        case = self.with_relative(self.consented("main"))
        build.planned(self.cast, build.met(self.cast, case))
        build.followed_up(self.cast, build.planned(self.cast, case))
        build.changed(self.cast, build.drafted(self.cast, case, whole=False))
        build.ground(self.cast, case)
        build.representative(self.cast, case, "Provrut", ground="ombud", phone="070-174 06 07")
        # An adult's case has none; the row is there so that its address can be asked for.
        self.sql(
            "insert into consent_ageexception (case_id, kind, day, reason, recorded_by_id, recorded_at)"
            " values (%s, 'block', '2000-01-01', 'Prov', %s, now())", case.pk, self.cast.owner.assignment_id,
        )  # fmt: skip
        with self.cast.acting("owner"):
            for version in (1, 2):
                documents.order(plan=self.plan_of(case, version), by=self.cast.owner)
        return build.reread(self.cast, case)

    def plan_of(self, case, version):
        plan = plan_services.with_content(case.plans.filter(version=version)).get()
        plan.case = Case.objects.with_names().get(pk=case.pk)
        return plan

    def closed(self):
        """A case with a plan, closed with the consent still standing, so that the party goes on reading."""
        case = build.planned(self.cast, build.met(self.cast, self.consented("closed"))).case
        with self.cast.acting("owner"):
            again = Case.objects.with_names().get(pk=case.pk)
            endings.close(case=again, reason="goals_met", by=self.cast.owner)
        return build.reread(self.cast, case)

    def prepare(self):
        """What the owner wrote before the meeting, and a pre-meeting that it planned with the party."""
        with self.cast.acting("owner"):
            again = Case.objects.with_names().get(pk=self.cases["main"].pk)
            self.wish = preparation.wish(case=again, wanted=True, name="Provanna", by=self.cast.owner).pk
        self.premeeting = prepared.premeeting(self.cast, self.cases["main"]).pk

    def deviate(self):
        """A deviation in each state, reported by the owner, concerning the party."""
        main, unit, self.deviation = self.cases["main"], self.cast.unit("party"), {}
        for state, kind in (("reported", "guideline"), ("received", "measure"), ("answered", "coordination")):
            with self.cast.acting("owner"):
                again = Case.objects.with_names().get(pk=main.pk)
                found = deviations.report(
                    case=again, kind=kind, concerns_unit=unit, text="Det blev fel.", by=self.cast.owner
                )
            if state != "reported":
                with self.cast.acting("party"):
                    deviations.receive(deviation=found, by=self.cast.party)
            if state == "answered":
                with self.cast.acting("party"):
                    deviations.answer(deviation=found, answer="Vi gör om.", by=self.cast.party)
            self.deviation[state] = found.pk

    def correspond(self):
        """A message from each side, a yes to text messages, and a letter that waits in the owner's queue."""
        main = self.cases["main"]
        for who in ("owner", "party"):
            with self.cast.acting(who):
                again = Case.objects.with_names().get(pk=main.pk)
                correspondence.send(case=again, text="Vi ringer i morgon.", by=self.cast.actor(who))
        with self.cast.acting("owner"):
            again = Case.objects.with_names().get(pk=main.pk)
            channels.choose(case=again, channel="sms", address="070-174 06 05", form="spoken", by=self.cast.owner)
        row = Delivery(
            dedupe_key="atlas-letter", channel="letter", template="person", unit_id=self.cast.owner.unit_id,
            to_person=True, case_id=main.pk, state="to_post",
        )  # fmt: skip
        row.save(using="admin")
        self.letter = row.pk

    def stop_retention(self):
        """A stop of the owner's in the closed case, and a batch that its administrator called off."""
        case, admin = self.cases["closed"], self.cast.assignment("admin")
        with self.cast.acting("owner"):
            retention.hold(
                case_id=case.pk, person_id=case.person_id, by=self.cast.owner, kind="placed", reason="Beslut"
            )
        RetentionBatch(organisation_id=admin.unit.organisation_id, state="cancelled", prepared_by=admin).save(
            using="admin"
        )

    def use_log(self):
        """A review of the log that is going on, and an extract for the unit and for the person."""
        today = timezone.localdate()
        values = {"person_id": self.cases["main"].person_id, "name": "A", "rows": [], "total": 1, "place": "x"}
        for who in ("manager", "citizen"):
            with self.cast.acting(who):
                extracts.order(by=self.cast.actor(who), from_on=today, to_on=today, **values)
        with self.cast.acting("manager"):
            review.start(from_on=today, to_on=today, by=self.cast.actor("manager"))
        self.sql("update logbook_logextract set state = 'ready', pdf = '%%PDF-1.7'")

    def print_papers(self):
        """A paper of the owner's and one of the person's in the first case, and an empty leaflet; all ready."""
        self.papers = {}
        for who in ("owner", "citizen"):
            with self.cast.acting(who):
                again = Case.objects.with_names().get(pk=self.cases["main"].pk)
                made = papers.order(case=again, kind="consent", by=self.cast.actor(who))
                papers.order_blank(kind="leaflet")
            self.papers[who] = made.pk
        for table in ("papers_paper", "papers_blankpaper"):
            self.sql(f"update {table} set state = 'ready', pdf = '%%PDF-1.7', finished_at = now()")

    def discharge(self):
        """A notice to owner and party that goes on in the first case, and a samordnad vårdplan of another maker."""
        self.notice = walk.noticed(self.cast, walk.admit(self.cast, number=NUMBERS["main"]), to=("owner", "party"))
        self.discharge_row = walk.opened(self.cast, self.notice, who="owner")
        self.contact = walk.named(self.cast, self.discharge_row, who="party").pk
        gap = {"who": "owner", "from_on": build.today()}
        self.gap = walk.act(self.cast, self.discharge_row, process.open_care_missing, **gap).pk
        with self.cast.acting("nadja.dalarna"):
            made = care_plans.make(
                number=numbers.parse(NUMBERS["main"]), given_name=GIVEN_NAME, family_name=FAMILY_NAME, kind="lpt",
                by=self.cast.actor("nadja.dalarna"),
            )  # fmt: skip
            care_plans.add_unit(plan=made, unit=self.cast.unit("owner"), by=self.cast.actor("nadja.dalarna"))
            care_plans.add_measure(plan=made, text="Samtal.", by=self.cast.actor("nadja.dalarna"))
        self.care_plan = made.pk

    def finish_pdfs(self):
        with self.cast.acting("nadja.dalarna"):
            plan = CarePlan.objects.select_related("maker_unit").get(pk=self.care_plan)
            care_plan_documents.order(plan=plan, by=self.cast.actor("nadja.dalarna"))
        self.sql("update discharge_careplandocument set state = 'ready', pdf = '%%PDF-1.7', finished_at = now()")
        self.sql("update plans_plandocument set state = 'ready', pdf = '%%PDF-1.7', finished_at = now()")

    def sql(self, statement, *params):
        with connections["admin"].cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement, *params) -> int:
        [(found,)] = self.sql(statement, *params)
        return found

    # Who is who

    def sign_in(self) -> dict[str, Client]:
        found = {"anonymous": Client()}
        for who, username in WHO.items():
            found[who] = Client()
            answer = found[who].post("/logga-in/", {"username": username, "password": PASSWORD})
            assert answer.status_code == 302, (who, answer.content.decode())
        return found

    def ask(self, who, target: Target):
        client = self.clients[who]
        if target.method == "get":
            return client.get(target.url)
        if target.api:
            send = getattr(client, target.method)
            return send(target.url, target.data, content_type="application/json")
        return client.post(target.url, target.data)

    def part_of(self, who: str) -> str:
        """What the unit of `who` is in the cases: steers, party, or nothing."""
        if self.cast.unit(who).pk == self.cast.unit("owner").pk:
            return "steers"
        return "party" if who == "party" else ""

    def expected(self, who: str, target: Target) -> tuple[int, ...]:
        """The answer by roles.ACTIONS, part and face: no right 403, no such case 404, not the part 403."""
        if who in target.instead:
            return target.instead[who]
        if who == "anonymous":
            # What is read leads to the login; what is sent is answered by a page that says that it was not taken.
            return (302,) if target.method == "get" and not target.api else (403,)
        if (who in CITIZENS) != target.citizens_face:
            return (404,)
        if who in CITIZENS:
            own = {"citizen": "main", "other_citizen": "invited"}[who]
            return target.allowed if target.case in ("", own) else (404,)
        rule = roles.ACTIONS[target.action]
        role = self.cast.assignment(who).role
        if role not in rule.roles:
            return (403,)
        if not target.case:
            return target.allowed
        part = self.part_of(who)
        if not part or role == Role.SIP_COORDINATOR:
            return (404,)
        if (rule.steers and part != "steers") or (rule.open_only and target.case == "closed"):
            return (403,)
        return target.allowed

    # The addresses

    def of(self, key, **kwargs) -> dict:
        return {"pk": self.cases[key].pk} | kwargs

    def meeting(self, key) -> int:
        return self.one("select max(id) from meetings_meeting where case_id = %s", self.cases[key].pk)

    @cached_property
    def ids(self) -> dict[str, int]:
        main, invited = self.cases["main"].pk, self.cases["invited"].pk
        org = self.cast.actor("admin").organisation_id
        draft = "from plans_plan where case_id = %s and state = 'draft'"
        return {
            "goal": self.one(f"select min(id) from plans_goal where plan_id = (select id {draft})", main),
            "measure": self.one(
                f"select min(m.id) from plans_measure m join plans_goal g on g.id = m.goal_id"
                f" where g.plan_id = (select id {draft})", main,
            ),
            "step": self.one(f"select max(id) from plans_planstep where plan_id = (select id {draft})", main),
            "own_measure": self.one(
                "select min(m.id) from plans_measure m join plans_goal g on g.id = m.goal_id join plans_plan p on"
                " p.id = g.plan_id where p.case_id = %s and p.state = 'approved' and m.unit_id = %s",
                main, self.cast.unit("owner").pk,
            ),
            "participation": self.one("select min(id) from cases_participation where case_id = %s", main),
            "outside": self.one("select id from cases_outsideparty where case_id = %s", main),
            "invitation": self.one(
                "select id from meetings_invitation where case_id = %s and unit_id is not null", invited
            ),
            "guest": self.one(
                "select id from meetings_invitation where case_id = %s and outside_party_id is not null", invited
            ),
            "received": ReceivedVersion.objects.using("admin").filter(unit=self.cast.unit("party")).latest("pk").pk,
            "item": InboxItem.objects.using("admin").filter(unit=self.cast.unit("party"), case_id=main).latest("pk").pk,
            "review": self.one("select max(id) from logbook_logreview"),
            "pick": self.one("select max(id) from logbook_reviewpick"),
            "unit_extract": self.one("select id from logbook_logextract where unit_id is not null"),
            "own_extract": self.one("select id from logbook_logextract where user_id is not null"),
            "hold": self.one("select max(id) from retention_retentionhold"),
            "batch": self.one("select max(id) from retention_retentionbatch"),
            "unit": self.one("select min(id) from organisations_unit where organisation_id = %s", org),
            "staff": self.one("select min(id) from organisations_staff where organisation_id = %s", org),
            "assignment": self.cast.assignment("colleague").pk,
            "plan": self.one(f"select id {draft}", main),
            "in_force": self.one("select id from plans_plan where case_id = %s and state = 'approved'", main),
            "disclosure": self.one("select min(id) from consent_disclosure where case_id = %s", main),
            "clock": self.one(
                "select max(id) from cases_deadline where case_id = %s and kind = 'meeting'", main
            ),
            "ombud": self.one("select max(id) from consent_representative where case_id = %s", main),
            "ground": self.one("select max(id) from consent_legalground where case_id = %s", main),
            "exception": self.one("select max(id) from consent_ageexception where case_id = %s", main),
            "consent": self.one("select id from consent_consent where case_id = %s", main),
            "receiver": self.one("select min(id) from discharge_noticereceiver"),
            "message": self.one(
                "select min(id) from discharge_noticemessage where unit_id = %s", self.cast.unit("owner").pk
            ),
            "plan_measure": self.one("select min(id) from discharge_careplanmeasure"),
        }  # fmt: skip

    # What stands in the database

    def rows(self) -> dict[str, str]:
        """A fingerprint of each table; the log and the sessions may always grow."""
        names = self.sql("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
                         " and relname !~ '^(audit_|django_session)'")  # fmt: skip
        each = [f"select '{name}', md5(string_agg(t::text, '|' order by t::text)) from {name} t" for (name,) in names]
        return dict(self.sql(" union all ".join(each)))

    def changed_since(self, before: dict[str, str]) -> set[str]:
        now = self.rows()
        return {name for name in now if now[name] != before[name]}
