"""What the house rules say and a reviewer would otherwise have to remember, read from the code itself."""

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse

from tests.isolation.atlas import patterns

ROOT = Path(__file__).resolve().parent.parent
HOUSE = (
    "sip", "casework", "citizen", "identity", "logbook", "retention", "meetingroom", "deviations", "discharge",
    "correspondence", "papers", "plans", "guests", "meetings", "preparation", "reception", "slots", "consent", "cases",
    "notifications", "organisations", "audit", "plainlanguage",
)  # fmt: skip
CODE = sorted(file for app in HOUSE for file in (ROOT / app).rglob("*.py"))
WRITTEN = [file for file in CODE if "migrations" not in file.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "plans").rglob("templates/**/*.html")])
VIEWS = [file for file in WRITTEN if re.fullmatch(r"(admin_)?views(_\w+)?\.py", file.name)]
MOST_LINES, MOST_IN_A_VIEW = 400, 15
STATE_BY_HAND = r"\.update\(\s*(\*\*\{\s*)?[\"']?state\b"
# The queue of PDF orders is no process: its state has no machine.
# A provider's server has neither session nor form token: what it sends is signed instead.
EXCEPT = {STATE_BY_HAND: {"plans/pdf_queue.py"}, r"csrf_exempt": {"identity/views.py"}}


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def found(pattern: str, files, *, flags=0) -> list[str]:
    """File and line of everything that matches."""
    rule = re.compile(pattern, flags)
    return [
        f"{named(file)}:{number}: {line.strip()[:80]}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if rule.search(line) and named(file) not in EXCEPT.get(pattern, ())
    ]


def test_there_is_something_to_read():
    assert len(CODE) > 100 and len(TEMPLATES) > 80 and len(VIEWS) > 8


def test_imports_run_one_way():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout


def test_no_import_hides_inside_a_function():
    hidden = []
    for file in WRITTEN:
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inside = [node for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))]
                hidden += [f"{named(file)}:{node.lineno}" for node in inside]
    assert hidden == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a state is changed by its transition", STATE_BY_HAND),
        ("user text is always escaped", r"\bmark_safe\b|\bSafeString\b|autoescape(=False| off)"),
        ("every form is protected", r"csrf_exempt"),
        ("one page is rendered inside its scope", r"\bTemplateResponse\b|\bStreamingHttpResponse\b|\bFileResponse\b"),
        ("nothing is left to do", r"\b(TODO|FIXME|XXX|HACK)\b"),
        (
            "domain flow is called, not signalled",
            r"django\.(db\.models|core|dispatch).*signals|@receiver\b|post_migrate",
        ),
        ("transactions have one owner", r"ATOMIC_REQUESTS"),
        ("nothing is traced to a console", r"^\s*(breakpoint\(|import pdb)"),
    ],
)
def test_the_code_keeps_the_rule(what, pattern):
    assert found(pattern, WRITTEN) == [], what


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("user text is always escaped", r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off|mark_safe"),
        ("the content policy knows no inline style", r"<[^>%{]*\sstyle="),
        ("the content policy knows no inline script", r"<[^>%{]*\son[a-z]+=|javascript:|hx-on"),
        ("scripts are files of ours", r"<script(?![^>]*\ssrc=)"),
        ("nothing is fetched from another host", r"(src|href|action)=[\"'](https?:)?//(?!www\.1177\.se)"),
        ("nothing is left to do", r"\b(TODO|FIXME|XXX)\b"),
    ],
)
def test_the_templates_keep_the_rule(what, pattern):
    assert found(pattern, TEMPLATES) == [], what


def test_only_the_scope_and_named_savepoints_open_transactions():
    """One owner of transactions; a service or view never opens one."""
    owners = {"organisations/scope.py", "organisations/errors.py", "organisations/session.py"}
    owners |= {"plans/revision_forms.py"}
    allowed = re.compile(r"management/commands|migrations|tasks\.py|/demo/|register\.py|worker|jobs")
    users = {line.split(":")[0] for line in found(r"transaction\.atomic\b", WRITTEN)}
    assert {name for name in users - owners if not allowed.search(name)} == set()


def test_every_template_is_used():
    text = "\n".join(file.read_text(encoding="utf-8") for file in [*WRITTEN, *TEMPLATES])
    unused = []
    for file in (ROOT / "templates").rglob("*.html"):
        name = file.relative_to(ROOT / "templates").as_posix()
        # Django itself asks for these by name; a name may also be put together from the folder and the last part.
        if name.startswith("django/") or re.fullmatch(r"[345]\d\d(_\w+)?\.html", name):
            continue
        short = file.stem
        if name not in text and not re.search(rf"[\"'/]{re.escape(short)}(\.html)?[\"']", text):
            unused.append(name)
    assert unused == []


def test_no_title_names_a_person():
    """A title stands in the browser's history, on a shared screen and in a bookmark."""
    rule = re.compile(r"{%\s*block title\s*%}(.*?){%\s*endblock", re.DOTALL)
    private = re.compile(
        r"{{\s*(case|person|frame\.case|row|consent|plan|form|found|request)\b|shown_name|full_name|reference|personnummer"
    )
    wrong = []
    for file in TEMPLATES:
        wrong += [
            (named(file), inside.strip())
            for inside in rule.findall(file.read_text(encoding="utf-8"))
            if private.search(inside)
        ]
    assert wrong == []


def test_no_file_is_too_long():
    long = [(named(file), len(file.read_text(encoding="utf-8").splitlines())) for file in [*WRITTEN, *TESTS]]
    assert [(name, lines) for name, lines in long if lines > MOST_LINES] == []


def test_views_are_short():
    """Door, form, service, message, redirect: the docstring and the decorators are not counted."""
    long = []
    for file in VIEWS:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
                lines = node.end_lineno - first.lineno + 1
                long += [(named(file), node.name, lines)] if lines > MOST_IN_A_VIEW else []
    assert long == []


def test_services_take_names_only_and_say_who_acts():
    """What a service writes always has somebody who did it (`by`)."""
    loose = []
    for file in WRITTEN:
        if file.name != "services.py" or file.parent.name in ("notifications", "audit"):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if any(arg.arg == "by" for arg in node.args.args):
                loose.append(f"{named(file)}:{node.lineno} {node.name}")
    assert loose == []


# Models whose Swedish name stands in the glossary under another heading.
NAMED_OTHERWISE = {
    "Organisation": "huvudman", "User": "medarbetare", "LoginAttempt": "logghändelse", "Case": "sip",
    "Person": "sip", "CaseEvent": "logghändelse", "CaseAccess": "samtycke", "PersonAccess": "samtycke",
    "Plan": "sip", "PlanDocument": "utlämnad kopia", "PlanPart": "sip",
}  # fmt: skip


def test_every_model_stands_in_the_glossary():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    glossary = readme.split("## Ordlista")[1].split("\n## ")[0]
    missing = []
    for app in HOUSE:
        for model in apps.get_app_config(app).get_models() if app in apps.app_configs else []:
            in_code = f"`{model.__name__}`" in glossary
            if not in_code and NAMED_OTHERWISE.get(model.__name__, "?").lower() not in glossary.lower():
                missing.append(model.__name__)
            assert str(model._meta.verbose_name)[0].islower(), model
    assert missing == []


def test_the_glossary_names_nothing_that_is_gone():
    glossary = (ROOT / "README.md").read_text(encoding="utf-8").split("## Ordlista")[1].split("\n## ")[0]
    names = {match.split(".")[0] for match in re.findall(r"`([A-Z]\w+)", glossary)}
    models = {model.__name__ for model in apps.get_models()}
    assert names - models == set()


def test_addresses_are_swedish_and_carry_nobody():
    """Ids and step names only, and a guest's secret: no number, name or word that somebody types."""
    for name, pattern in patterns():
        converters = {type(converter).__name__ for converter in pattern.pattern.converters.values()}
        assert converters <= {"UUIDConverter", "IntConverter", "SlugConverter"}, name
        assert not re.search(r"<slug:(?!way|name|token)", str(pattern.pattern)), name


def test_the_way_in_stands_where_the_settings_say(settings):
    for name in (settings.LOGIN_URL, settings.LOGIN_REDIRECT_URL):
        try:
            assert reverse(name)
        except NoReverseMatch:
            pytest.fail(f"{name} leads nowhere")
    assert reverse(settings.LOGIN_URL) == "/logga-in/"


def test_one_state_machine_library():
    """django-fsm-2 and the inactive django-fsm both install `django_fsm`: only one may be there."""
    installed = {(dist.metadata["Name"] or "").lower() for dist in metadata.distributions()}
    assert "django-fsm-2" in installed and "django-fsm" not in installed
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert not re.search(r"^django-fsm==", lock.read_text(encoding="utf-8"), re.MULTILINE), lock.name
