"""The editor in the browser: blocks, goals, measures, two writers at once, hostile text (PLA-1, PLA-2, PLA-4)."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from plans import services
from plans.blocks import BLOCKS
from plans.models import Goal, Measure, Plan
from tests import build


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def hidden(response) -> dict:
    form = response.context["form"]
    return {name: form[name].value() for name in ("revision", "seen") if name in form.fields}


def text_of(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


@pytest.fixture
def amira(browse):
    return browse("amira.falun")


@pytest.fixture
def hanna(browse):
    return browse("hanna.dalarna")


def test_the_plan_is_begun_on_the_first_write(cast, amira):
    case = build.met(cast)
    page = amira.get(reverse("plans:edit", args=[case.pk]))
    assert "Börja skriva planen" in text_of(page)
    assert amira.post(reverse("plans:start", args=[case.pk])).status_code == 302
    assert "Mål och insatser" in text_of(amira.get(reverse("plans:edit", args=[case.pk])))
    assert amira.post(reverse("plans:start", args=[case.pk])).status_code == 409


def test_no_plan_before_the_meeting(cast, amira):
    case = build.consented(cast)
    assert amira.post(reverse("plans:start", args=[case.pk])).status_code == 409
    assert "när mötet har hållits" in text_of(amira.get(reverse("plans:edit", args=[case.pk])))


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_opens_and_saves(cast, amira, draft, name):
    page = amira.get(url("block", draft, name))
    assert page.status_code == 200
    form = page.context["form"]
    first = next(iter(form.columns))
    given = {n: form[n].value() or "" for n in form.fields if form[n].value() not in (False, None, [])}
    if first in form.fields and first != "follow_up_on":
        given[first] = "Ny text till dig"
    if name == "andra":
        given.pop("others_nobody", None)
    response = amira.post(url("block", draft, name), given)
    assert response.status_code == 302 and response["Location"].endswith(f"#{name}")
    with cast.acting("owner"):
        now = Plan.objects.get(pk=draft.pk)
        assert now.revision == draft.revision + 1
        assert now.lead_staff_id == draft.lead_staff_id
        if first in form.fields and first != "follow_up_on":
            assert (now.words | vars(now))[first] == "Ny text till dig"


def test_an_unknown_block_does_not_exist(amira, draft):
    assert amira.get(url("block", draft, "hittepa")).status_code == 404


def test_a_late_save_shows_both_texts_and_loses_nothing(cast, amira, hanna, draft):
    """PLA-4: two editors of one block."""
    amiras = hidden(amira.get(url("block", draft, "varfor")))
    hannas = hidden(hanna.get(url("block", draft, "varfor")))
    assert hanna.post(url("block", draft, "varfor"), {**hannas, "why": "Hannas text"}).status_code == 302
    page = amira.post(url("block", draft, "varfor"), {**amiras, "why": "Amiras text"})
    assert page.status_code == 409
    said = text_of(page)
    assert "Hannas text" in said and "Amiras text" in said and "Båda texterna" in said
    with cast.acting("owner"):
        assert Plan.objects.get(pk=draft.pk).words["why"] == "Hannas text"
    again = amira.post(url("block", draft, "varfor"), {**hidden(page), "why": "Hannas och Amiras text"})
    assert again.status_code == 302
    with cast.acting("owner"):
        assert Plan.objects.get(pk=draft.pk).words["why"] == "Hannas och Amiras text"


def test_two_editors_of_different_blocks_do_not_disturb_each_other(cast, amira, hanna, draft):
    amiras = hidden(amira.get(url("block", draft, "varfor")))
    hannas = hidden(hanna.get(url("block", draft, "nulage")))
    assert hanna.post(url("block", draft, "nulage"), {**hannas, "situation": "Nuläget"}).status_code == 302
    assert amira.post(url("block", draft, "varfor"), {**amiras, "why": "Varför"}).status_code == 302


def test_without_the_mark_of_the_text_the_revision_decides(amira, hanna, draft):
    assert hanna.post(url("block", draft, "varfor"), {"revision": draft.revision, "why": "Först"}).status_code == 302
    page = amira.post(url("block", draft, "varfor"), {"revision": draft.revision, "why": "Sedan"})
    assert "Först" in text_of(page) and "Sedan" in text_of(page)


def test_huvudansvarig_of_two_writers_shows_both(cast, amira, hanna, draft):
    old = hidden(amira.get(url("block", draft, "ansvar")))
    page = hanna.get(url("block", draft, "ansvar"))
    with cast.acting("owner"):
        party = cast.assignment("party")
    assert hanna.post(url("block", draft, "ansvar"), {**hidden(page), "lead": party.pk}).status_code == 302
    late = amira.post(url("block", draft, "ansvar"), {**old, "lead": ""})
    assert party.staff.name in text_of(late) and "medan du skrev" in text_of(late)


def test_a_late_goal_and_a_late_measure_show_both_texts(cast, amira, hanna, draft):
    with cast.acting("owner"):
        goal, measure = Goal.objects.get(plan=draft), Measure.objects.filter(goal__plan=draft, doer="self").get()
    for name, row, values in (
        ("goal", goal, {"horizon": "short"}),
        ("measure", measure, {"who": "self"}),
    ):
        first = {"revision": 1, "text": "Hannas mål", **values}
        assert hanna.post(url(name, draft, row.pk), first).status_code == 302
        page = amira.post(url(name, draft, row.pk), {"revision": 1, "text": "Amiras mål", **values})
        assert "Hannas mål" in text_of(page) and "Amiras mål" in text_of(page) and page.context["form"].errors
        assert amira.post(url(name, draft, row.pk), {**hidden(page), "text": "Vårt mål", **values}).status_code == 302


def test_what_was_typed_is_shown_when_the_plan_was_approved_meanwhile(cast, amira, draft):
    case = draft.case
    with cast.acting("owner"):
        build.approval.approve(plan=draft, agreed_how="Du sa ja.", revision=draft.revision, by=cast.owner)
    page = amira.post(reverse("plans:block", args=[case.pk, "varfor"]), {"revision": 1, "why": "Min långa text"})
    assert "Min långa text" in text_of(page) and "inte sparad" in text_of(page)


def test_a_goal_is_added_changed_moved_and_deleted(cast, amira, draft):
    form = {"revision": 1, "text": "Du går till syföreningen igen.", "horizon": "long", "how_noticed": ""}
    assert amira.get(url("add_goal", draft)).status_code == 200
    assert amira.post(url("add_goal", draft), form).status_code == 302
    with cast.acting("owner"):
        new = Goal.objects.get(plan=draft, position=2)
    assert amira.post(url("move_goal", draft, new.pk, "upp")).status_code == 302
    assert amira.post(url("move_goal", draft, new.pk, "upp")).status_code == 302
    with cast.acting("owner"):
        assert Goal.objects.get(pk=new.pk).position == 1
    assert "Ta bort målet" in text_of(amira.get(url("delete_goal", draft, new.pk)))
    assert amira.post(url("delete_goal", draft, new.pk)).status_code == 302
    with cast.acting("owner"):
        assert list(Goal.objects.filter(plan=draft).values_list("position", flat=True)) == [2]


def measure_form(**values):
    return {"revision": 1, "text": "Vi följer dig till syföreningen.", "who": "self"} | values


def test_a_measure_gets_its_huvudman_from_the_unit(cast, amira, draft):
    """PLA-2, PLA-4: set by the database."""
    with cast.acting("owner"):
        goal, unit = Goal.objects.get(plan=draft), cast.unit("party")
    sent = measure_form(
        who=f"unit:{unit.pk}", doer_name="Samuel Demoström, läkare", starts_on="2027-03-23", ongoing="on",
        frequency="Torsdagar", place="Hemma",
    )  # fmt: skip
    assert amira.post(url("add_measure", draft, goal.pk), sent).status_code == 302
    with cast.acting("owner"):
        new = Measure.objects.get(goal=goal, frequency="Torsdagar")
        assert (new.authority_id, new.unit_id, new.ongoing, new.place) == (unit.acts_for_id, unit.pk, True, "Hemma")
    page = text_of(amira.get(url("edit", draft)))
    assert "Torsdagar, från 23 mars 2027, tills vidare" in page


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": ""}, "Skriv vad som ska göras."),
        ({"who": ""}, "Välj vem som ansvarar."),
        ({"who": "unit:1"}, "Välj"),
        ({"starts_on": "2027-03-23", "ends_on": "2027-03-20"}, "Slutdatumet ligger före startdatumet."),
        ({"ends_on": "2027-03-20", "ongoing": "on"}, "Välj antingen ett slutdatum"),
    ],
)
def test_a_measure_that_cannot_be_is_explained(cast, amira, draft, values, message):
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft)
    page = amira.post(url("add_measure", draft, goal.pk), measure_form(**values))
    assert page.status_code == 200 and message in text_of(page)


def test_no_huvudman_decides_measures_for_another(cast, hanna, draft):
    """PLA-4: a party writes its own part, and what the person and others do."""
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft)
        theirs = Measure.objects.get(goal=goal, unit_id=cast.owner.unit_id)
        own = Measure.objects.get(goal=goal, unit_id=cast.party.unit_id)
        home = cast.unit("owner")
    page = hanna.post(url("add_measure", draft, goal.pk), measure_form(who=f"unit:{home.pk}"))
    assert "kan skriva den insatsen" in text_of(page)
    page = hanna.post(url("measure", draft, theirs.pk), measure_form(who="self"))
    assert "kan skriva den insatsen" in text_of(page)
    assert hanna.post(url("delete_measure", draft, theirs.pk)).status_code == 409
    assert hanna.post(url("delete_goal", draft, goal.pk)).status_code == 409
    assert hanna.post(url("measure", draft, own.pk), measure_form(who=f"unit:{own.unit_id}")).status_code == 302
    assert hanna.post(url("add_measure", draft, goal.pk), measure_form(who="relative")).status_code == 302


def test_measures_are_moved_and_deleted(cast, amira, draft):
    with cast.acting("owner"):
        last = Measure.objects.filter(goal__plan=draft).order_by("-position").first()
    assert amira.post(url("move_measure", draft, last.pk, "upp")).status_code == 302
    assert amira.get(url("delete_measure", draft, last.pk)).status_code == 200
    with cast.acting("owner"):
        assert Measure.objects.get(pk=last.pk).position == 2
    assert amira.post(url("delete_measure", draft, last.pk)).status_code == 302
    assert amira.get(url("measure", draft, last.pk)).status_code == 404


def test_others_and_nobody_cannot_both_hold(amira, draft):
    given = {**hidden(amira.get(url("block", draft, "andra"))), "others_measures": "Skolan", "others_nobody": "on"}
    assert "Båda kan inte gälla" in text_of(amira.post(url("block", draft, "andra"), given))


HOSTILE = '<script>alert(1)</script> {{ 7|add:"7" }} {% now "Y" %} "><img src=x onerror=alert(1)> Ŋárát Łukasz Nguyễn'


def test_hostile_text_is_text_on_every_page(cast, amira, draft):
    given = hidden(amira.get(url("block", draft, "viktigt")))
    assert amira.post(url("block", draft, "viktigt"), {**given, "what_matters": HOSTILE}).status_code == 302
    for name, args in (("edit", ()), ("preview", ()), ("approve", ()), ("block", ("viktigt",)), ("version", (1,))):
        page = amira.get(url(name, draft, *args))
        assert "<script>alert" not in page.content.decode() and "<img src=x" not in page.content.decode()
        assert HOSTILE in text_of(page)


@pytest.mark.parametrize("text", ["x" * 4001, "hej\x00", "a\u202eb"])
def test_text_that_cannot_be_kept_is_refused_and_stays_in_the_form(cast, amira, draft, text):
    given = hidden(amira.get(url("block", draft, "viktigt")))
    page = amira.post(url("block", draft, "viktigt"), {**given, "what_matters": text})
    assert page.status_code == 200 and page.context["form"].errors
    with cast.acting("owner"):
        assert Plan.objects.get(pk=draft.pk).words["what_matters"] == draft.words["what_matters"]


def test_titles_name_nobody(amira, draft):
    for name, args in (("edit", ()), ("preview", ()), ("approve", ()), ("plan", ()), ("versions", ()), ("pdf", ())):
        title = text_of(amira.get(url(name, draft, *args))).split("<title>")[1].split("</title>")[0]
        assert "Astrid" not in title and "Testholm" not in title


def test_who_may_write(cast, browse, draft):
    address = url("edit", draft)
    assert browse("hanna.dalarna").get(address).status_code == 200
    assert browse("mattias.falun").get(address).status_code == 403
    assert browse("maria.falun").get(address).status_code == 404
    assert browse("linda.kalmar").get(address).status_code == 404
    assert browse("hanna.dalarna").post(url("start", draft)).status_code == 403


def count(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    # Savepoints are begin and commit outside a test.
    return sum("SAVEPOINT" not in query["sql"] for query in found.captured_queries)


def test_the_number_of_queries_does_not_grow_with_the_plan(cast, amira, draft):
    pages = [url("edit", draft), url("preview", draft), url("approve", draft)]
    before = [count(amira, page) for page in pages]
    with cast.acting("owner"):
        now = services.draft_of(Case.objects.get(pk=draft.case_id))
        for number in range(9):
            goal = services.add_goal(plan=now, text=f"Mål {number}", by=cast.owner)
            for step in range(3):
                services.add_measure(
                    goal=goal, text=f"Insats {step}", doer="unit", unit_id=cast.party.unit_id, by=cast.owner
                )
    assert [count(amira, page) for page in pages] == before
    assert max(before) <= 27, before
