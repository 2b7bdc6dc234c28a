"""A record as a page that can be read without the product: each table's rows in the words of the models."""

import json
from dataclasses import dataclass, field

from django.apps import apps
from django.template.loader import render_to_string

from organisations.models import Assignment, Authority, Organisation, Staff, Unit

# A PDF is a file of its own in the package.
BYTES = "\\x"
DIRECTORY = (Unit, Staff, Assignment, Authority, Organisation)


@dataclass
class Names:
    """Names from the directory, which says who and where in words; looked up once per package."""

    known: dict = field(default_factory=dict)

    def of(self, model, pk) -> str:
        if model not in self.known:
            rows = model.objects.select_related("staff", "unit") if model is Assignment else model.objects.all()
            self.known[model] = {row.pk: str(row) for row in rows}
        return self.known[model].get(pk, str(pk))


def page(record: dict, names: Names) -> str:
    """The record as HTML; `record` is a row of `retention_export`."""
    tables = json.loads(record["content"])["tables"]
    parts = [table(name, rows, names) for name, rows in tables.items()]
    # The case or the copies first, then the rest by heading.
    parts.sort(key=lambda part: (part["name"] not in ("cases_case", "consent_receivedversion"), part["heading"]))
    return render_to_string("retention/record.html", {"record": record, "parts": parts})


def table(name: str, rows: list[dict], names: Names) -> dict:
    model = next((model for model in apps.get_models() if model._meta.db_table == name), None)
    fields = {f.column: f for f in model._meta.concrete_fields} if model else {}
    heading = str(model._meta.verbose_name_plural).capitalize() if model else name
    return {"name": name, "heading": heading, "rows": [terms(row, fields, names) for row in rows]}


def terms(row: dict, fields: dict, names: Names) -> list[tuple[str, str]]:
    """(term, text) for what the row says; empty values say nothing."""
    said = []
    for column, value in row.items():
        if value in (None, "", [], {}):
            continue
        found = fields.get(column)
        said.append((str(found.verbose_name) if found else column, text(value, found, names)))
    return said


def text(value, found, names: Names) -> str:
    """A value in words: a choice by its label, a unit or a colleague by name."""
    if found is not None and found.remote_field and found.related_model in DIRECTORY:
        return names.of(found.related_model, value)
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, str) and value.startswith(BYTES):
        return "Se pdf-filen med samma nummer."
    labels = dict(choices_of(found)) if found is not None else {}
    if isinstance(value, list):
        return ", ".join(str(labels.get(one, one)) if isinstance(one, (str, int)) else indented(one) for one in value)
    if isinstance(value, dict):
        return indented(value)
    return str(labels.get(value, value))


def choices_of(found):
    base = getattr(found, "base_field", found)
    return base.flatchoices if hasattr(base, "flatchoices") else ()


def indented(value) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
