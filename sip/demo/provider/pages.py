"""The providers' own pages: plain accessible HTML, in Swedish, without any script."""

from html import escape
from itertools import groupby

from sip.demo.provider.realm import ACR, Realm

TITLES = {"staff": "Demots inloggning för personal", "citizen": "Demots inloggning för invånare"}
LEVELS = {
    "loa3": "Tillitsnivå 3, som SITHS-kort, BankID eller Freja",
    "loa2": "Tillitsnivå 2, som ett reservkort (räcker inte för att komma in)",
}
STYLE = """
:root { color-scheme: light dark; --text: #1d2733; --ground: #fff; --line: #5d6b78; --link: #0b4f8a; --on: #fff;
  --bad: #9a1c1c; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8edf2; --ground: #14191f; --line: #93a1ae; --link: #8fc7ff; --on: #10202e; --bad: #ffb4ab; }
}
body { font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); margin: 0 auto;
  max-width: 40rem; padding: 1rem; }
a { color: var(--link); }
h1 { overflow-wrap: anywhere; }
form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; justify-items: start; }
fieldset { min-width: 0; max-width: 100%; box-sizing: border-box; overflow-wrap: anywhere;
  border: 1px solid var(--line); border-radius: .25rem; padding: .5rem 1rem 1rem; }
label, legend { font-weight: 600; }
fieldset label { font-weight: 400; display: block; padding: .375rem 0; }
input[type=radio] { width: 1.25rem; height: 1.25rem; vertical-align: middle; margin: 0 .5rem 0 0; }
select, input[type=text] { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line);
  border-radius: .25rem; padding: .5rem; min-height: 2.75rem; max-width: 100%; box-sizing: border-box; }
button { font: inherit; font-weight: 600; color: var(--on); background: var(--link); border: 2px solid var(--link);
  border-radius: .25rem; padding: .5rem 1.25rem; min-height: 2.75rem; }
button.quiet { color: var(--link); background: transparent; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.bad { color: var(--bad); font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; }
"""


def page(realm: Realm, title: str, content: str) -> str:
    return (
        '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – {TITLES[realm.kind]}</title>\n"
        f'<link rel="icon" href="data:,">\n<link rel="stylesheet" href="/stil.css">\n</head>\n'
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )


def choose_person(realm: Realm, asked: str, *, wrong: str = "") -> str:
    """Who are you, and with what level of assurance?"""
    groups = "".join(
        f'<optgroup label="{escape(group)}">'
        + "".join(f'<option value="{escape(one.key)}">{escape(one.name)}</option>' for one in people)
        + "</optgroup>"
        for group, people in groupby(realm.people, key=lambda one: one.group)
    )
    number = ""
    if realm.kind == "citizen":
        number = (
            '<div><label for="nummer">Eller ett av Skatteverkets testpersonnummer, 12 siffror</label><br>'
            '<input type="text" id="nummer" name="number" inputmode="numeric" autocomplete="off" maxlength="13"></div>'
        )
    told = f'<p class="bad" role="alert">{escape(wrong)}</p>' if wrong else ""
    return page(
        realm,
        "Vem vill du logga in som?",
        "<p>Det här är en inloggningstjänst på låtsas, för att prova med. Alla personer är påhittade.</p>"
        f'{told}<form method="post" action="login"><input type="hidden" name="asked" value="{escape(asked)}">'
        f'<div><label for="person">Person</label><br><select id="person" name="person">{groups}</select></div>'
        f"{number}{_levels(realm)}{_buttons()}</form>",
    )


def choose_commission(realm: Realm, asked: str, person, level: str) -> str:
    """Somebody with several medarbetaruppdrag may take one of them, or leave the choice to the system."""
    each = [("", "Alla. Jag väljer i systemet jag loggar in i")]
    each += [(one.hsa_id, one.name) for one in person.commissions]
    radios = "".join(
        f'<label><input type="radio" name="commission" value="{escape(value)}"{" checked" if not value else ""}>'
        f"{escape(label)}</label>"
        for value, label in each
    )
    hidden = {"asked": asked, "person": person.key, "level": level, "chosen": "1"}
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    return page(
        realm,
        "Välj uppdrag",
        f'<form method="post" action="login">{kept}<fieldset><legend>Medarbetaruppdrag</legend>{radios}</fieldset>'
        f"{_buttons()}</form>",
    )


def overview(realm: Realm, login) -> str:
    """What the provider knows of this browser, and what can be tried here."""
    if login:
        body = (
            f"<p>I den här webbläsaren är {escape(login.person.name)} inloggad.</p>"
            '<form method="post" action="leave"><button>Logga ut överallt</button></form>'
        )
    else:
        body = "<p>Ingen är inloggad i den här webbläsaren.</p>"
    return page(
        realm,
        TITLES[realm.kind],
        f"{body}<h2>Prova nyckelbyte</h2><p>Tjänsten signerar med en ny nyckel från och med nu.</p>"
        '<form method="post" action="rotate"><button class="quiet">Byt nyckel</button></form>',
    )


def told(realm: Realm, title: str, text: str) -> str:
    return page(realm, title, f"<p>{escape(text)}</p>")


def _levels(realm: Realm) -> str:
    radios = "".join(
        f'<label><input type="radio" name="level" value="{level}"{" checked" if level == "loa3" else ""}>'
        f"{escape(LEVELS[level])}</label>"
        for level in ACR[realm.kind]
    )
    return f"<fieldset><legend>Tillitsnivå</legend>{radios}</fieldset>"


def _buttons() -> str:
    return (
        '<div class="row"><button name="do" value="login">Logga in</button>'
        '<button class="quiet" name="do" value="cancel">Avbryt</button></div>'
    )
