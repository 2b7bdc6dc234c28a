"""The help page and the menu's counts."""

import pytest

from audit import labels
from tests.casework.test_worklist import text


@pytest.mark.parametrize(("username", "county"), [("amira.falun", "Dalarna"), ("linda.kalmar", "Kalmar")])
def test_help_tells_what_applies_in_the_own_county(cast, browse, username, county):
    shown = text(browse(username).get("/hjalp/"))
    assert county in shown
    assert "Vad är en SIP?" in shown
    assert "3 dagar från att personen är utskrivningsklar" in shown


def test_help_is_for_all_staff_also_without_case_data(cast, browse):
    for username in ("anders.falun", "helena.falun", "gunilla.dalarna"):
        assert browse(username).get("/hjalp/").status_code == 200


def test_the_menu_leads_only_where_one_may_go(cast, browse):
    assert "/kallelser/" in browse("amira.falun").get("/hjalp/").content.decode()
    assert "/kallelser/" not in browse("anders.falun").get("/hjalp/").content.decode()


def test_an_event_without_words_is_shown_by_its_name():
    assert labels.label("cases.read") == "Läste ärendet"
    assert labels.label("okand.handelse") == "okand.handelse"
