"""One guardian's number, telephone and address never reach the other: raw SQL, pages, copies, files, API (SAM-6)."""

import json

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from cases import services as cases
from cases.models import Case
from consent import snapshot
from organisations.errors import RuleBroken
from papers import services as papers
from papers.models import Kind
from plans import documents
from tests import build
from tests.cast import Cast
from tests.database import PASSWORD

CHILD, VERA, TURE = "202309052393", "198505122393", "196109732393"
# What must not be told, and a reason that is about the other guardian.
HIDDEN = ("0701740699", "070-174 06 99", "Gömda gatan 1", TURE, "19610973-2393", "Hemligt skäl", "Bara barnet vet")
SHOWN = "070-174 06 37"


def sql(statement, *params, using="default"):
    with connections[using].cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


class Family:
    """A planned case of a child: Vera, who reads; Ture, whose contact data are hidden; Siv, who is shown nothing."""

    def __init__(self):
        self.cast = cast = Cast()
        case = build.case(cast, number=CHILD, given_name="Bo")
        build.party(cast, case)
        with cast.acting("owner"):
            cases.add_outside_party(
                case=case, kind="guardian", name="Ture Sagodal", tell_by="phone", phone="070-174 06 99",
                address="Gömda gatan 1", by=cast.owner,
            )  # fmt: skip
        vera = build.representative(cast, case, "Vera Sagodal", number=VERA, phone=SHOWN)
        ture = build.representative(
            cast, case, "Ture Sagodal", number=TURE, phone="070-174 06 99", address="Gömda gatan 1",
            contact_hidden=True, evidence="Hemligt skäl",
        )  # fmt: skip
        rows = [build.answer_of(vera), build.answer_of(ture)]
        build.guardians_say(cast, case, *rows, units=("party",), child_view="Bara barnet vet")
        case = build.reread(cast, case)
        build.met(cast, case)
        plan = build.planned(cast, build.reread(cast, case))
        self.plan, self.case = plan, build.reread(cast, case)
        for name, number in (("vera.medborgare", VERA), ("tindra.medborgare", TURE)):
            sql("select link_citizen(%s, %s)", cast.user(name).pk, number, using="admin")
        self.clients = {}
        for name in ("vera.medborgare", "tindra.medborgare", "hanna.dalarna"):
            client = self.clients[name] = Client()
            assert client.post("/logga-in/", {"username": name, "password": PASSWORD}).status_code == 302


@pytest.fixture(scope="module")
def family(module_database):
    return Family()


def all_that_a_citizen_may_select():
    columns = {}
    for table, column in sql(
        "select table_name, column_name from information_schema.column_privileges where grantee = 'sip_citizen'"
        " and privilege_type = 'SELECT' and table_schema = 'public' order by 1, 2", using="admin",
    ):  # fmt: skip
        columns.setdefault(table, []).append(f'"{column}"')
    return columns


def test_raw_sql_as_the_other_guardian_finds_nothing(family):
    found, seen = [], 0
    with family.cast.acting("vera.medborgare"), connection.cursor() as cursor:
        for table, columns in all_that_a_citizen_may_select().items():
            cursor.execute(f"select {', '.join(columns)} from {table}")
            rows = cursor.fetchall()
            seen += len(rows)
            found += [(table, text) for row in rows for text in HIDDEN if text in str(row)]
    assert seen > 20 and found == []


def test_each_sees_what_is_shown_and_its_own(family):
    phones = {}
    for who in ("vera.medborgare", "tindra.medborgare"):
        with family.cast.acting(who):
            phones[who] = {phone for (phone,) in sql("select phone from consent_representativecontact")}
    assert phones == {"vera.medborgare": {SHOWN}, "tindra.medborgare": {SHOWN, "070-174 06 99"}}


@pytest.mark.parametrize("column", ["number", "no_sharing", "user_ids"])
def test_no_citizen_selects_what_is_never_told(family, column):
    with pytest.raises(Exception, match="permission denied"), family.cast.acting("vera.medborgare"):
        sql(f"select {column} from consent_representativecontact")


@pytest.mark.parametrize("who", ["vera.medborgare", "hanna.dalarna"])
def test_no_page_copy_or_answer_tells(family, who):
    client, case = family.clients[who], family.case
    if who == "vera.medborgare":
        names = ["case", "consents", "copies", "readers"]
        urls = [reverse(f"citizen:{name}", args=[case.pk]) for name in names]
        urls += ["/min-plan/alla/", reverse("citizen:version", args=[case.pk, 1])]
    else:
        urls = [reverse(f"api:{n}-list") for n in ("case", "consent", "meeting", "plan")]
        urls += [reverse("consent:received")]
    hidden = [text for text in HIDDEN if who == "vera.medborgare" or text != "Bara barnet vet"]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert [text for text in hidden if text in answer.content.decode()] == [], url


def test_copies_and_files_hold_no_contact_data(family):
    hidden = [text for text in HIDDEN if text != "Bara barnet vet"]
    with family.cast.acting("owner"):
        body = json.dumps(snapshot.build(Case.objects.with_names().get(pk=family.case.pk)), ensure_ascii=False)
        assert "Ture Sagodal" in body
        for kind in (Kind.CONSENT, Kind.PACK, Kind.LEAFLET):
            papers.order(case=Case.objects.with_names().get(pk=family.case.pk), kind=kind, by=family.cast.owner)
    page = reverse("citizen:papers", args=[family.case.pk])
    assert family.clients["vera.medborgare"].post(page, {"kind": "consent"}).status_code == 302
    frozen = sql("select content::text from consent_receivedversion", using="admin")
    files = sql(
        "select context::text from plans_plandocument union all select context::text from papers_paper", using="admin"
    )
    for text in (body, *(row[0] for row in (*frozen, *files))):
        assert [found for found in hidden if found in text] == []
    assert frozen and len(files) >= 4


def test_the_guardian_reads_it_as_you(family):
    text = family.clients["vera.medborgare"].get(reverse("citizen:consents", args=[family.case.pk])).content.decode()
    assert "<dt>Du</dt><dd>har sagt ja" in text and "<dt>Ture Sagodal</dt><dd>har sagt ja" in text
    own = family.clients["tindra.medborgare"].get(reverse("citizen:consents", args=[family.case.pk])).content.decode()
    assert SHOWN in own


def test_nothing_is_handed_to_one_who_is_shown_nothing(family):
    build.representative(family.cast, family.case, "Siv Sagodal", no_sharing="Kontaktförbud")
    with family.cast.acting("owner"):
        with pytest.raises(RuleBroken, match="ska inte få veta något"):
            documents.hand_out(
                plan=family.plan, recipient="Siv Sagodal", how="letter", given_on=build.today(), by=family.cast.owner
            )
    text = family.clients["vera.medborgare"].get(reverse("citizen:consents", args=[family.case.pk])).content.decode()
    assert "Kontaktförbud" not in text
