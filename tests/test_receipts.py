"""”Klart” is never said before it is: what a receipt claims is true when the page is shown (PLA-4, MED-3).

What a unit is told lies in its inbox in the same transaction. E-mail, sms and letters wait in a queue, and a PDF is
drawn by a worker: of those a receipt says that they are on their way.
"""

import ast
import re
from html import unescape
from pathlib import Path

from plans.models import PlanDocument
from tests import build
from tests.plans.test_approval import name_of

ROOT = Path(__file__).resolve().parent.parent
APPS = sorted(path.parent for path in ROOT.glob("*/apps.py"))
CLAIM = re.compile(
    r"\b(?:skicka(?:d|t|de)|fått|klar|klart|klara|färdig\w*|levererad\w*|framme|posta(?:d|t))\b", re.IGNORECASE
)
# Said of somebody who is told by e-mail, sms, letter or by hand: never true at once.
TOO_MUCH = re.compile(
    r"\balla (?:som|är|har|mottagare)|personen har fått|\bpdf\w* är klar|dokumentet är klart", re.IGNORECASE
)
# A receipt that claims something, and why it is true when it is read. Most: the row is in the receiver's inbox.
INBOX, OWN_COPY = "in the receivers' inboxes", "in the receivers' own frozen copies"
TRUE = {
    "Kallelsen är skickad.": INBOX,
    "Mötet är flyttat. Enheterna har fått en ny kallelse.": INBOX,
    "Påminnelsen är skickad. Den går ut högst en gång om dagen till var och en.": INBOX,
    "Mötet är inställt. Alla enheter har fått veta det.": INBOX,
    "Grunden är sparad. Aktören har fått veta att den är med.": INBOX,
    "Meddelandet är skickat.": INBOX,
    "Avvikelsen är rapporterad. Enheten har fått den.": INBOX,
    "Svaret är skickat.": INBOX,
    "Inskrivningsmeddelandet är skickat.": INBOX,
    "Mottagarna har fått den nya dagen.": INBOX,
    "Underrättelsen är skickad. Kallelsen ska skickas inom tre dagar.": INBOX,
    "Förslaget är skickat. Mötet ligger kvar tills den som kallar flyttar det.": INBOX,
    "Förmötet är bestämt. Enheterna har fått veta det.": INBOX,
    "Förmötet är inställt. Enheterna har fått veta det.": INBOX,
    "Ni har sagt att er del är klar.": "it repeats what was just said",
    "Er del är inte längre klar.": "it says that something is not ready",
    "Brevet är markerat som postat.": "it says what the one who posted it has just told",
    "Rättelsen gäller. Enheterna som är med har fått den rättade planen. Pdf:en görs nu.": OWN_COPY,
}


def receipts() -> set[str]:
    """Every finished sentence that a view says after a step: in messages, and in what is named `done` or a receipt."""
    found = set()
    for app in APPS:
        for file in app.glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                found |= set(strings(said_by(node)))
    return found


def said_by(node) -> list:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        says = isinstance(node.func.value, ast.Name) and node.func.value.id == "messages"
        return node.args[1:] if says or node.func.attr == "sent" else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sent":
        return node.args
    if isinstance(node, ast.keyword) and node.arg == "done":
        return [node.value]
    named = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    return [node.value] if named and node.targets[0].id in {"done", "APPROVED"} else []


def strings(nodes) -> list[str]:
    texts = (part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant))
    return [part.value for part in texts if isinstance(part.value, str) and " " in part.value]


def test_every_receipt_that_claims_something_is_known_to_be_true():
    said = receipts()
    assert len(said) > 30
    claims = {text for text in said if CLAIM.search(text)}
    assert claims <= set(TRUE), f"Say why it is true at once, or that it is on its way: {claims - set(TRUE)}"


def test_no_receipt_claims_for_those_who_are_told_later():
    allowed = {"Mötet är inställt. Alla enheter har fått veta det."}
    assert {text for text in receipts() if TOO_MUCH.search(text)} - allowed == set()


def test_the_approval_says_that_the_pdf_is_being_made_while_it_is(cast, browse):
    draft = build.drafted(cast)
    sent = {"revision": draft.revision, "person_agrees": "on", "agreed_form": "said", "agreed_how": "Du sa ja."}
    amira = browse("amira.falun")
    sent["agreed_before"] = [name_of(cast, "owner")]
    page = unescape(amira.post(f"/arenden/{draft.case_id}/plan/godkann/", sent, follow=True).content.decode())
    assert "Pdf:en till personen görs nu." in page
    with cast.acting("owner"):
        assert PlanDocument.objects.get(plan_id=draft.pk).state == "queued"
    waiting = amira.get(f"/arenden/{draft.case_id}/plan/versioner/1/pdf/").content.decode()
    assert "görs i ordning" in waiting and "Dokumentet är klart" not in waiting
