"""Papers of a case: what each may hold, who may make it and when, and the way to the finished PDF (DOK)."""

import json
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from audit.models import AuditEvent
from cases import services as cases
from cases.models import Case
from cases.topics import mask_of
from consent.models import Disclosure
from organisations import swedish
from organisations.errors import RuleBroken, TooMany
from papers import drawing, possible, services
from papers.models import BlankPaper, Kind, Paper
from plans import endings, render
from plans.pdf import PdfFailed
from plans.sharing import NOT_SHARED
from tests import build
from tests import build_forwarding as way


def again(case) -> Case:
    return Case.objects.with_names().get(pk=case.pk)


def order(cast, case, kind, *, who="owner", about=0) -> Paper:
    with cast.acting(who):
        made = services.order(case=again(case), kind=kind, about=about, by=cast.actor(who))
        return Paper.objects.defer("pdf").get(pk=made.pk)


def said(cast, case, kind, **values) -> dict:
    return order(cast, case, kind, **values).context["values"]


def refused(cast, case, kind, *, who="owner", about=0) -> str:
    with pytest.raises(RuleBroken) as error:
        order(cast, case, kind, who=who, about=about)
    return str(error.value)


def closed(cast, case, reason="goals_met"):
    with cast.acting("owner"):
        endings.close(case=again(case), reason=reason, note="Vi är överens.", by=cast.owner)
    return build.reread(cast, case)


def economy(cast) -> int:
    with cast.acting("owner"):
        return mask_of(["economy"])


def url(name, case, *args):
    return reverse(f"papers:{name}", args=[case.pk, *args])


@pytest.fixture
def amira(browse):
    return browse("amira.falun")


def drawn(monkeypatch, pdf=b"%PDF-1.7 prov"):
    for queue in (drawing.PAPERS, drawing.BLANKS):
        monkeypatch.setattr(queue, "render", lambda asked, *, timeout: pdf)
    return drawing.draw_due()


def test_from_the_list_to_the_file_and_whom_it_was_given(cast, amira, monkeypatch):
    case = build.consented(cast)
    page = amira.get(url("list", case)).content.decode()
    assert "Samtyckesblankett" in page and possible.NO_CALL in page and possible.NOT_ENDED in page
    for _ in range(2):
        # Sent twice: the same words are the same paper.
        made = amira.post(url("order", case, "consent"), {"about": "0"})
    assert made.status_code == 302
    waiting = amira.get(made.url)
    assert "görs i ordning" in waiting.content.decode() and waiting["Refresh"] == "3"
    assert amira.get(f"{made.url}pdf/").status_code == amira.get(f"{made.url}lamnat/").status_code == 404
    assert drawn(monkeypatch) == 1 and drawing.draw_due() == 0
    assert "Pappret är klart" in amira.get(made.url).content.decode()
    file = amira.get(f"{made.url}pdf/")
    assert file.content.startswith(b"%PDF-") and "no-store" in file["Cache-Control"]
    assert file["Content-Disposition"] == 'attachment; filename="samtycke.pdf"'
    assert "Skriv vem som fick" in amira.post(f"{made.url}lamnat/", {"to": "other"}).content.decode()
    given = {"to": "person", "how": "Överlämnad", "given_on": "i dag"}
    assert amira.post(f"{made.url}lamnat/", given).status_code == 302
    with cast.acting("owner"):
        events = AuditEvent.objects.filter(case_id=case.pk, person_id=case.person_id, event__startswith="papers.")
        assert set(events.values_list("event", "action")) == {
            ("papers.ordered", "Utskrift"), ("papers.fetched", "Utskrift"), ("papers.handed_out", "Skriva")
        }  # fmt: skip
        told = Disclosure.objects.get(case=case)
        day = swedish.short_date(build.today())
        assert (told.recipient, told.what, told.how) == ("Personen själv", "Samtyckesblankett", f"Överlämnad, {day}")
        assert case.events.filter(kind="paper_handed_out").count() == Paper.objects.count() == 1


def test_who_comes_in(cast, browse, monkeypatch):
    case = build.consented(cast)
    made = order(cast, case, Kind.CONSENT)
    drawn(monkeypatch)
    for who, there, own in (
        ("mattias.falun", 200, 200), ("hanna.dalarna", 200, 404), ("maria.falun", 404, 404), ("linda.kalmar", 404, 404),
        ("helena.falun", 403, 403), ("anders.falun", 403, 403), ("elsa.medborgare", 404, 404),
    ):  # fmt: skip
        client = browse(who)
        answers = [client.get(url(*ask)).status_code for ask in (("list", case), ("paper", case, made.pk))]
        assert (*answers, client.get(url("file", case, made.pk)).status_code) == (there, own, own), who
    other = build.consented(cast, number="199002222397")
    amira = browse("amira.falun")
    assert amira.get(url("paper", other, made.pk)).status_code == 404
    for kind, about, status in (("plan", "0", 404), ("nej", "0", 404), ("consent", "x", 404), ("consent", "7", 409),
                                ("consent", "9" * 40, 404)):  # fmt: skip
        assert amira.post(url("order", case, kind), {"about": about}).status_code == status, (kind, about)
    assert amira.get(url("order", case, "consent")).status_code == 405


def test_what_is_not_possible_yet_and_why(cast):
    case = build.consented(cast)
    for kind, why in (
        (Kind.CALL, possible.NO_CALL), (Kind.INVITATION, possible.NO_CALL), (Kind.FOLLOW_UP, possible.NO_PLAN),
        (Kind.CLOSURE, possible.NOT_ENDED),
    ):  # fmt: skip
        assert refused(cast, case, kind) == why
    assert refused(cast, case, Kind.CONSENT, who="party") == possible.NOT_STEERING
    assert said(cast, case, Kind.PACK, who="party")["people"] == []
    ended = closed(cast, case)
    for kind in (Kind.CONSENT, Kind.CIRCLE, Kind.PACK, Kind.INVITATION):
        assert refused(cast, ended, kind) == possible.ENDED
    told = said(cast, ended, Kind.CLOSURE)
    assert (told["why"], told["note"]) == ("Målen i planen är nådda.", "Vi är överens.")
    assert {"name": cast.unit("owner").name, "phone": cast.unit("owner").phone} in told["calls"]
    assert refused(cast, ended, Kind.CLOSURE, who="party") == possible.NOT_STEERING
    for number, reason in (("199002222397", "died"), ("194201077098", "mistake")):
        other = closed(cast, build.case(cast, number=number), reason)
        assert refused(cast, other, Kind.CLOSURE) == possible.NO_NOTICE


def test_the_consent_form_has_what_is_known(cast):
    case = build.case(cast)
    build.party(cast, case)
    asked = said(cast, case, Kind.CONSENT)
    assert (asked["share"], asked["told"], asked["exempted"], asked["child"]) == ("", "", [], False)
    assert [row["yes"] for row in asked["parties"]] == [False, False]
    build.representative(cast, case, "Rut Provberg", ground="god_man", scope="Allt")
    hidden = {cast.unit("party").pk: economy(cast)}
    build.consent(cast, case, exempted=hidden, valid_to=build.today() + build.timedelta(days=30))
    known = said(cast, case, Kind.CONSENT)
    assert (known["share"], known["planning"], known["as_long"]) == ("yes", "yes", False)
    assert known["parties"][1] == {
        "name": cast.unit("party").name, "authority": cast.unit("party").acts_for.name, "yes": True
    }  # fmt: skip
    assert len(known["exempted"]) == 1 and known["exempted"][0].endswith(f"inte till {cast.unit('party').name}")
    assert [row["ground"] for row in known["representatives"]] == ["God man"]
    assert known["valid_to"] and "skriftligt" in known["told"]


def test_letters_say_to_each_what_it_may_read(cast):
    case = build.consented(cast, parties=("party", "same_kommun"))
    money = economy(cast)
    build.consent(cast, case, units=("party", "same_kommun"), exempted={cast.unit("party").pk: money})
    build.call(cast, case, units=("party", "same_kommun"), days_ahead=9, agenda="Skulderna.", topics=money)
    with cast.acting("owner"):
        facts = possible.Facts(again(case), cast.owner)
        rows = {row.unit_id: row for row in facts.invitations}
    hears, hidden = (rows[cast.unit(who).pk].pk for who in ("same_kommun", "party"))
    assert said(cast, case, Kind.CALL, about=hears)["about"] == "Skulderna."
    told = said(cast, case, Kind.CALL, about=hidden)
    assert "Skulderna" not in json.dumps(told) and told["receiver"] == cast.unit("party").name
    assert told["meeting"]["where"] == "Provgatan 4 B" and told["person"]["number"] == "19850101-2382"
    own = said(cast, case, Kind.INVITATION)
    assert own["about"] == "Skulderna." and own["person"] == {"name": "Astrid Testholm"}
    assert refused(cast, case, Kind.INVITATION, about=hears).startswith("Det finns inte")
    pack = said(cast, case, Kind.PACK, who="party")
    assert pack["about"] == NOT_SHARED and pack["not_the_whole"]
    assert said(cast, case, Kind.PACK)["about"] == "Skulderna."
    # The same words for a unit that may read less is no longer the same paper, and the old one is gone for it.
    build.consent(cast, case, units=("party", "same_kommun"), exempted={cast.unit("same_kommun").pk: money})
    before = order(cast, case, Kind.PACK, who="same_kommun")
    assert before.context["values"]["about"] == NOT_SHARED
    build.consent(cast, case, units=("party", "same_kommun"), exempted={cast.unit("same_kommun").pk: money | 1})
    with cast.acting("same_kommun"):
        assert not Paper.objects.filter(pk=before.pk).exists()


def test_one_without_an_account_is_told_of_the_meeting_alone(cast):
    case = build.consented(cast)
    with cast.acting("owner"):
        for name in ("Ingrid Provberg", "Anna Testlund"):
            cases.add_outside_party(case=again(case), kind="relative", name=name, tell_by="letter", by=cast.owner)
        outside = list(again(case).outside_parties.present())
    build.call(cast, case, days_ahead=9, outside=outside, agenda="Skulderna.", professions="psykolog")
    with cast.acting("owner"):
        choices = dict(possible.Facts(again(case), cast.owner).choices(Kind.INVITATION))
    anna = next(number for number, name in choices.items() if name == "Anna Testlund")
    told = said(cast, case, Kind.INVITATION, about=anna)
    assert (told["receiver"], told["invited"]) == ("Anna Testlund", True)
    assert told["person"] == {"name": "Astrid Testholm", "number": ""}
    for kept in ("Skulderna", "psykolog", "Ingrid", "19850101"):
        assert kept not in json.dumps(told, ensure_ascii=False), kept
    assert cast.unit("party").name in told["others"]


def test_a_unit_that_has_the_kallelse_alone_reads_nothing_of_whom(cast):
    """The person's yes does not reach it: the letter is as silent as the page (KAL-4)."""
    case = way.consented(cast, number="198501012382")
    invitation = way.called(cast, case)
    known = said(cast, case, Kind.CALL, who="party", about=invitation.pk)
    assert known["person"]["name"] == "Astrid Testholm"
    way.hand_on(cast, invitation.pk)
    told = said(cast, case, Kind.CALL, who="party", about=invitation.pk)
    assert told["receiver"] == cast.unit("same_kommun").name and told["meeting"]["where"] == "Provgatan 4 B"
    words = json.dumps(told, ensure_ascii=False)
    for kept in ("Testholm", "Astrid", "19850101", "Tolk"):
        assert kept not in words, kept
    assert told["others"] == [] and "inte sagt ja" in render._page("papers/call", told)


def test_protected_identity_is_on_no_paper(cast):
    found = build.case(cast)
    with cast.acting("owner"), connection.cursor() as cursor:
        Case.objects.filter(pk=found.pk).update(address="Hemliga gatan 1\n791 30 Falun")
    case = build.called(cast, build.party(cast, found) and consented(cast, found), days_ahead=9)
    first = order(cast, case, Kind.INVITATION)
    assert "Hemliga gatan 1" in str(first.context) and "Provgatan" in str(first.context)
    with cast.acting("owner"), connection.cursor() as cursor:
        cursor.execute("select set_protection(%s, 'protected')", [case.pk])
        assert not Paper.objects.exists(), "made anew, without the name"
    with cast.acting("owner"):
        letter = possible.Facts(again(case), cast.owner).choices(Kind.CALL)[0][0]
    for kind, about in ((Kind.INVITATION, 0), (Kind.CALL, letter), (Kind.PACK, 0), (Kind.CONSENT, 0), (Kind.CIRCLE, 0)):
        words = json.dumps(said(cast, case, kind, about=about), ensure_ascii=False)
        for secret in ("Testholm", "Astrid", "19850101", "Hemliga", "Provgatan"):
            assert secret not in words, (kind, secret)


def consented(cast, case):
    build.consent(cast, case)
    return build.reread(cast, case)


def test_a_follow_up_before_and_after(cast):
    plan = build.planned(cast)
    form = said(cast, plan.case, Kind.FOLLOW_UP)
    assert [len(goal["measures"]) for goal in form["goals"]] == [3] and "written" not in form
    assert {row["said"] for row in form["goals"][0]["measures"]} == {""}
    held = build.followed_up(cast, plan, helped="Balansträningen.")
    told = said(cast, plan.case, Kind.FOLLOW_UP, about=held.pk)
    assert told["written"] and {"ask": "Vad har hjälpt?", "said": "Balansträningen."} in told["questions"]
    assert (told["outcome"], told["goals"][0]["measures"][0]["said"]) == ("continue", "Inget sagt")
    assert said(cast, plan.case, Kind.PACK)["plan_version"].startswith("Version 1, godkänd")


def test_a_failed_paper_can_be_ordered_again_and_there_is_a_ceiling(cast, amira, monkeypatch):
    case = build.case(cast)
    made = order(cast, case, Kind.LEAFLET)

    def broken(asked, *, timeout):
        raise PdfFailed("time ran out")

    monkeypatch.setattr(drawing.PAPERS, "render", broken)
    drawing.draw_due(), drawing.draw_due()
    assert "gick inte att göra" in amira.get(url("paper", case, made.pk)).content.decode()
    assert amira.post(url("order", case, "leaflet"), {"about": "0"}).url == url("paper", case, made.pk)
    with cast.acting("owner"):
        assert Paper.objects.values_list("state", "attempts").get() == ("queued", 0)
    monkeypatch.setattr(services, "ORDERS_A_MINUTE", 1)
    with pytest.raises(TooMany):
        order(cast, case, Kind.CIRCLE)
    assert amira.post(url("order", case, "circle"), {"about": "0"}).status_code == 429


def test_the_database_keeps_papers_from_others_and_blanks_blank(cast):
    made = order(cast, build.consented(cast), Kind.CONSENT)
    with cast.acting("worker"), connection.cursor() as cursor:
        cursor.execute("select context from papers_paper where id = %s", [made.pk])
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            cursor.execute("select pdf from papers_paper")
    copy = "insert into papers_paper (id, case_id, kind, about, unit_id, citizen_id, hidden_topics, digest, context," \
           " state, attempts, created_at) values (gen_random_uuid(), %s, 'consent', 0, %s, null, '{0}', %s, '{}'," \
           " 'queued', 0, now())"  # fmt: skip
    for who, unit in (("party", "owner"), ("outsider", "outsider"), ("same_kommun", "same_kommun")):
        with cast.acting(who), connection.cursor() as cursor, pytest.raises(Error, match="row-level security"):
            with transaction.atomic():
                cursor.execute(copy, [made.case_id, cast.unit(unit).pk, who])
    blank = "insert into papers_blankpaper (kind, language, context, state, attempts, created_at)" \
            " values ('consent', 'sv', %s, 'queued', 0, now())"  # fmt: skip
    with cast.acting("party"), connection.cursor() as cursor:
        for context in ('{"kind": "consent", "language": "sv", "secret": "Astrid"}', "{}", '{"kind": "x"}'):
            with pytest.raises(Error, match="blank_paper_is_blank"), transaction.atomic():
                cursor.execute(blank, [context])


def test_empty_forms_need_no_case(cast, browse, monkeypatch):
    anders, address = browse("anders.falun"), reverse("papers:blank", args=["circle"])
    assert "Mötescirkel" in anders.get(reverse("papers:blanks")).content.decode()
    assert "Gör pappret" in anders.get(address).content.decode()
    for _ in range(2):
        assert anders.post(address).url == address
    assert "görs i ordning" in anders.get(address).content.decode()
    assert anders.get(f"{address}pdf/").status_code == anders.get("/papper/nej/").status_code == 404
    assert drawn(monkeypatch) == 1
    assert anders.get(f"{address}pdf/")["Content-Disposition"] == 'attachment; filename="motescirkel.pdf"'
    assert browse("elsa.medborgare").get(address).status_code == 404


def test_old_papers_are_thrown_away(cast, monkeypatch):
    kept = order(cast, build.case(cast), Kind.LEAFLET)
    with cast.acting("owner"):
        old = Paper.objects.get(pk=kept.pk)
        old.pk, old.digest, old.created_at = uuid4(), "x", kept.created_at - build.timedelta(days=31)
        old.save(force_insert=True)
        day = {"context": {"kind": "plan", "language": "sv"}, "created_at": kept.created_at - build.timedelta(hours=25)}
        BlankPaper.objects.create(kind=Kind.PLAN, language="sv", **day)
    assert drawn(monkeypatch) == 1
    with cast.acting("owner"):
        assert Paper.objects.values_list("pk", "state").get() == (kept.pk, "ready")
        assert not BlankPaper.objects.exists()


def test_the_list_asks_the_database_as_much_however_much_there_is(cast, amira, django_assert_max_num_queries):
    case = build.called(cast, build.consented(cast, parties=("party", "same_kommun")), units=("party",), days_ahead=9)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(200) as asked:
            assert amira.get(url("list", case)).status_code == 200
        counts.append(len(asked))
        for kind in (Kind.LEAFLET, Kind.CIRCLE, Kind.PACK, Kind.CONSENT):
            order(cast, case, kind)
    assert counts[0] == counts[1]
