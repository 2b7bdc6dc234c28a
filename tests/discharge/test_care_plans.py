"""Samordnad vårdplan: what it says, justering per unit, no consent, own policies (INI-7, LPT 7 a §, LRV 12 a §)."""

import io
import re
import subprocess
import sys
import uuid

import pikepdf
import pypdfium2
import pytest
from django.db import Error, connection, transaction

from cases import numbers
from discharge import care_plan_documents, care_plans, tasks
from discharge.models import CarePlan
from organisations.errors import Conflict, RuleBroken
from plans.pdf import render_care_plan
from tests import build, matterhorn
from tests.discharge.test_notices import count

PSYCHIATRY, KOMMUN, OUTSIDER = "nadja.dalarna", "peter.falun", "charlotte.regionkalmar"
TEXTS = {
    "needs_region": "Medicin och samtal.", "needs_kommun": "Boendestöd.", "patient_view": "Vill bo själv.",
    "physician": "Överläkare Prov",
}  # fmt: skip


def made(cast, *, who=PSYCHIATRY):
    with cast.acting(who):
        return care_plans.make(
            number=numbers.parse("194201077098"), given_name="Zebulina", family_name="Hemlighetsson", kind="lpt",
            by=cast.actor(who),
        )  # fmt: skip


def run(cast, plan, verb, *, who=PSYCHIATRY, **values):
    with cast.acting(who):
        found = CarePlan.objects.select_related("maker_unit").get(pk=plan.pk)
        if verb is care_plans.write:
            values = {"began_from": care_plans.seen(found)} | values
        return verb(plan=found, by=cast.actor(who), **values)


def revision(cast, plan) -> int:
    with cast.acting(PSYCHIATRY):
        return CarePlan.objects.get(pk=plan.pk).revision


def state(cast, plan) -> str:
    with cast.acting(PSYCHIATRY):
        return CarePlan.objects.get(pk=plan.pk).state


def whole(cast):
    plan = made(cast)
    run(cast, plan, care_plans.write, **TEXTS)
    run(cast, plan, care_plans.add_unit, unit=cast.unit(KOMMUN))
    run(cast, plan, care_plans.add_measure, text="Samtal varje vecka.")
    run(cast, plan, care_plans.add_measure, who=KOMMUN, text="Boendestöd två gånger i veckan.")
    return plan


def adjust(cast, plan, who, seen=None):
    return run(cast, plan, care_plans.adjust, who=who, revision=seen or revision(cast, plan))


def test_it_is_established_when_every_unit_has_adjusted_it(cast):
    plan = whole(cast)
    assert not adjust(cast, plan, PSYCHIATRY)
    assert state(cast, plan) == "draft"
    assert adjust(cast, plan, KOMMUN)
    assert state(cast, plan) == "established"


def test_a_change_is_adjusted_anew_by_all(cast):
    plan = whole(cast)
    adjust(cast, plan, PSYCHIATRY)
    run(cast, plan, care_plans.add_measure, who=KOMMUN, text="Hjälp med ekonomin.")
    assert not adjust(cast, plan, KOMMUN)
    assert adjust(cast, plan, PSYCHIATRY)


def test_what_was_read_is_what_is_adjusted(cast):
    plan = whole(cast)
    seen = revision(cast, plan)
    run(cast, plan, care_plans.write, **(TEXTS | {"needs_kommun": "Boendestöd och hemtjänst."}))
    with pytest.raises(Conflict):
        adjust(cast, plan, KOMMUN, seen)


@pytest.mark.parametrize("lacking", [*TEXTS, "unit", "measure"])
def test_each_part_of_the_law_is_demanded(cast, lacking):
    plan = made(cast)
    run(cast, plan, care_plans.write, **{name: text for name, text in TEXTS.items() if name != lacking})
    if lacking != "unit":
        run(cast, plan, care_plans.add_unit, unit=cast.unit(KOMMUN))
    if lacking != "measure":
        run(cast, plan, care_plans.add_measure, text="Samtal.")
    with pytest.raises(RuleBroken, match="saknas"):
        adjust(cast, plan, PSYCHIATRY)


def test_an_established_plan_never_changes_also_by_hand(cast):
    plan = whole(cast)
    for who in (PSYCHIATRY, KOMMUN):
        adjust(cast, plan, who)
    with pytest.raises(RuleBroken, match="upprättad"):
        run(cast, plan, care_plans.write, needs_region="Annat")
    for statement in (
        f"update discharge_careplan set needs_region = 'Annat' where id = '{plan.pk}'",
        f"delete from discharge_careplanmeasure where plan_id = '{plan.pk}'",
    ):
        with pytest.raises(Error, match="never changes"), cast.acting(PSYCHIATRY):
            with connection.cursor() as cursor:
                cursor.execute(statement)


def test_only_its_units_see_it_and_nobody_establishes_it_by_hand(cast, browse):
    plan = whole(cast)
    tables = ("discharge_careplan", "discharge_careplanunit", "discharge_careplanmeasure")
    for who, seen in ((PSYCHIATRY, [1, 2, 2]), (KOMMUN, [1, 2, 2]), (OUTSIDER, [0, 0, 0]), ("amira.falun", [0, 0, 0])):
        assert [count(cast, who, table) for table in tables] == seen, who
        assert browse(who).get(f"/samordnade-vardplaner/{plan.pk}/").status_code == (200 if seen[0] else 404)
    assert count(cast, "citizen", "discharge_careplan") is None
    for who, statement in (
        (PSYCHIATRY, f"update discharge_careplan set state = 'established', ended_at = now() where id = '{plan.pk}'"),
        (KOMMUN, f"insert into discharge_careplanunit (plan_id, unit_id, maker_unit_id, added_at) values"
                 f" ('{plan.pk}', 1, 1, now())"),
        (OUTSIDER, f"select adjust_care_plan('{plan.pk}', 1, now())"),
        (OUTSIDER, f"select tell_care_plan('{plan.pk}', 1, now())"),
        ("owner", "select open_care_plan('{}'::jsonb)"),
    ):  # fmt: skip
        with pytest.raises(Error), cast.acting(who), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_writes_another_units_measure(cast):
    plan = whole(cast)
    with cast.acting(KOMMUN), connection.cursor() as cursor:
        cursor.execute("delete from discharge_careplanmeasure where unit_id = %s", [cast.unit(PSYCHIATRY).pk])
        assert cursor.rowcount == 0
    with cast.acting(KOMMUN), pytest.raises(RuleBroken, match="Bara den enhet"):
        measure = plan.measures.select_related("plan").get(unit=cast.unit(PSYCHIATRY))
        care_plans.remove_measure(measure=measure, by=cast.actor(KOMMUN))


def test_the_kommun_does_not_make_it(cast, browse):
    with pytest.raises(RuleBroken, match="psykiatriska"):
        made(cast, who="owner")
    assert "Psykiatrin gör planen" in browse("amira.falun").get("/samordnade-vardplaner/ny/").content.decode()


def test_it_begins_where_ini_7_ended(cast, browse):
    """The form for a new SIP, answered with open compulsory care, goes on to the samordnade vårdplanen."""
    client = browse(PSYCHIATRY)
    form = {
        "number": "19420107-7098", "case_id": str(uuid.uuid4()), "given_name": "Zebulina", "family_name": "Prov",
        "reasons": "coordination", "need_found_on": "i dag", "compulsory": "yes", "has_plan": "no",
        "asked_by": "staff", "protection": "none",
    }  # fmt: skip
    answer = client.post("/arenden/ny/uppgifter/", form)
    assert answer.status_code == 302 and answer.url.endswith("/samordnad-vardplan/"), answer.content.decode()[-500:]
    page = client.get(answer.url).content.decode()
    assert "Varför inte en SIP?" in page and 'value="194201077098"' in page and "Zebulina" in page


def began_from(client, address) -> str:
    return re.search(r'name="began_from" value="(\w+)"', client.get(address + "skriv/").content.decode())[1]


def test_pages_from_beginning_to_end(cast, browse):
    client, kommun = browse(PSYCHIATRY), browse(KOMMUN)
    pk = str(uuid.uuid4())
    first = {"plan_id": pk, "number": "19420107-7098", "given_name": "A", "family_name": "B", "kind": "lrv"}
    assert client.post("/samordnade-vardplaner/ny/", first).status_code == 302
    address = f"/samordnade-vardplaner/{pk}/"
    written = TEXTS | {"by_others": "", "began_from": began_from(client, address)}
    assert client.post(address + "skriv/", written).status_code == 302
    # The second of two who began at the same time is told, and sees both texts.
    late = client.post(address + "skriv/", written | {"needs_kommun": "Något annat."}).content.decode()
    assert "Någon annan har skrivit i planen" in late and "Något annat.</textarea>" in late
    assert f'<dd class="pre">{TEXTS["needs_kommun"]}</dd>' in late
    assert client.post(address + "enheter/", {"unit": cast.unit(KOMMUN).pk}).status_code == 302
    assert kommun.post(address + "insatser/", {"text": "Boendestöd."}).status_code == 302
    assert "Er justering saknas" in kommun.get("/samordnade-vardplaner/").content.decode()
    seen = revision(cast, type("P", (), {"pk": pk}))
    for one in (client, kommun):
        assert one.post(address + "justera/", {"revision": seen}).status_code == 302
    assert "Upprättad" in kommun.get(address).content.decode()
    assert kommun.post(address + "avsluta/").status_code == 409
    assert client.post(address + "avsluta/").status_code == 302
    assert "Avslutad" in client.get(address).content.decode()


# The plan as PDF


def texts(pdf: bytes) -> str:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert "/StructTreeRoot" in document.Root and str(document.Root.Lang) == "sv"
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def drawn(cast, browse, plan, who=KOMMUN) -> str:
    client, address = browse(who), f"/samordnade-vardplaner/{plan.pk}/pdf/"
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302
    waiting = client.get(address)
    assert "görs i ordning" in waiting.content.decode() and waiting.headers["Refresh"] == "3"
    assert client.get(address + "hamta/").status_code == 404
    assert tasks.draw_care_plans() == 1
    assert "är klart" in client.get(address).content.decode()
    answer = client.get(address + "hamta/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    return texts(answer.content)


def test_the_pdf_says_what_the_law_demands_and_who_has_adjusted(cast, browse):
    plan = whole(cast)
    adjust(cast, plan, PSYCHIATRY)
    draft = drawn(cast, browse, plan)
    for said in (*TEXTS.values(), "Samtal varje vecka.", "Boendestöd två gånger i veckan.", "19420107-7098",
                 "LPT 7 a §", "UTKAST", cast.staff(PSYCHIATRY).name, "Inte justerad"):  # fmt: skip
        assert said in draft, said
    adjust(cast, plan, KOMMUN)
    whole_plan = drawn(cast, browse, plan, who=PSYCHIATRY)
    assert "UTKAST" not in whole_plan and "Inte justerad" not in whole_plan and "Upprättad" in whole_plan
    assert cast.staff(KOMMUN).name in whole_plan


def test_the_pdf_passes_a_pdf_ua_checker(cast, tmp_path):
    plan = whole(cast)
    with cast.acting(PSYCHIATRY):
        found = CarePlan.objects.select_related("maker_unit").get(pk=plan.pk)
        file = tmp_path / "document.pdf"
        file.write_bytes(render_care_plan(care_plan_documents.context(found)))
    checked = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", str(file)], capture_output=True, text=True, check=False
    )
    assert "errors=0 warnings=0" in checked.stdout, checked.stdout + checked.stderr
    assert matterhorn.problems(file.read_bytes()) == []


def test_only_its_units_order_read_and_fetch_the_pdf(cast, browse):
    plan = whole(cast)
    run(cast, plan, lambda plan, by: care_plan_documents.order(plan=plan, by=by), who=KOMMUN)
    seen = [count(cast, who, "discharge_careplandocument") for who in (PSYCHIATRY, KOMMUN, OUTSIDER, "amira.falun")]
    assert seen == [1, 1, 0, 0]
    assert count(cast, "citizen", "discharge_careplandocument") is None
    for who in (OUTSIDER, "amira.falun"):
        for method, page in (("get", "pdf/"), ("post", "pdf/"), ("get", "pdf/hamta/")):
            answer = getattr(browse(who), method)(f"/samordnade-vardplaner/{plan.pk}/{page}")
            assert answer.status_code == 404, (who, page)
    forged = (
        "insert into discharge_careplandocument (plan_id, shows, context, state, attempts, created_at)"
        f" values ('{plan.pk}', 'x', '{{}}', 'queued', 0, now())"
    )
    ready = "update discharge_careplandocument set state = 'ready', pdf = 'x'"
    for who, statement in ((OUTSIDER, forged), (KOMMUN, ready)):
        with pytest.raises(Error), cast.acting(who), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_mark_set_later_never_gives_out_the_older_pdf_with_the_name(cast, browse):
    plan = whole(cast)
    run(cast, plan, lambda plan, by: care_plan_documents.order(plan=plan, by=by))
    build.case(cast, who="linda.kalmar", number="194201077098", protection="marked")
    with cast.acting(PSYCHIATRY):
        found = CarePlan.objects.select_related("maker_unit").get(pk=plan.pk)
        assert care_plan_documents.latest(found) is None
        said = str(care_plan_documents.context(found))
    assert "Zebulina" not in said and "19420107" not in said and "Skyddade personuppgifter" in said


def test_hostile_and_huge_text_is_drawn_as_text(cast, browse):
    plan = whole(cast)
    nasty = "<script>alert(1)</script> {{ settings.SECRET_KEY }} ‮ omvänt " + "Å" * 300
    run(cast, plan, care_plans.write, **(TEXTS | {"needs_region": nasty, "by_others": "Ord " * 900}))
    found = drawn(cast, browse, plan)
    assert "<script>alert(1)</script>" in found and "{{ settings.SECRET_KEY }}" in found and "‮" not in found
