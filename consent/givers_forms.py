"""The part of the consent form that asks each of those who must answer (SAM-6)."""

from dataclasses import dataclass

from django import forms
from django.utils import timezone

from consent import givers, representatives
from consent.models import Answer, Waiver
from organisations.formfields import LineField, PlainTextField, SwedishDateField

YES_NO = [("True", "Ja"), ("False", "Nej")]
CHILD_SHARE = "Barnets eget svar: får verksamheterna dela uppgifter?"
CHILD_PLANNING = "Barnets eget svar: ska planeringen vara samordnad?"
PARTS = ("share", "planning", "waiver", "waiver_reason", "decided_on", "decided_scope")


def answer_field(label: str, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Answer.choices,
        widget=forms.RadioSelect,
        required=required,
        error_messages={"required": f"Svara på frågan ”{label}”", "invalid_choice": "Välj ett av svaren."},
    )


def guardian_fields(row) -> dict:
    return {
        "share": answer_field(f"{row.name}: får verksamheterna dela uppgifter om barnet?", required=False),
        "planning": answer_field(f"{row.name}: ska planeringen vara samordnad?", required=False),
        "waiver": forms.ChoiceField(
            label=f"Varför behövs inte svaret från {row.name}?",
            choices=[("", "Svaret behövs"), *Waiver.choices],
            required=False,
            error_messages={"invalid_choice": "Välj ett av skälen."},
        ),
        "waiver_reason": PlainTextField(
            label="Skäl", help_text="Skriv vad ni vet och hur ni har försökt nå vårdnadshavaren.", required=False,
            max_length=2000, rows=2,
        ),
        "decided_on": SwedishDateField(label="Dag för socialnämndens beslut", past=True, required=False),
        "decided_scope": LineField(
            label="Vad beslutet gäller", help_text="En SIP ingår inte i FB 6 kap. 13 a § i sig.", required=False,
            max_length=300,
        ),
    }  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One guardian on the page: what was said before, and the fields for what is said now."""

    representative: object
    earlier: object
    fields: dict


class GiverFields:
    """For a child, fields for each guardian and the child's own; for an adult, who answers when there is a choice."""

    def add_givers(self) -> None:
        today = timezone.localdate()
        if not self.minor:
            self.add_answered_by(representatives.who_may_answer(self.case, today))
            return
        self.guardians = representatives.guardians(self.case)
        self.kept = givers.earlier(self.current)
        for row in self.guardians:
            for part, field in guardian_fields(row).items():
                self.fields[f"guardian_{row.pk}_{part}"] = field
        self.fields["child_mature"] = forms.TypedChoiceField(
            label="Är barnet moget att svara självt?", choices=YES_NO, widget=forms.RadioSelect,
            coerce=lambda value: value == "True",
            error_messages={"required": "Svara på frågan ”Är barnet moget att svara självt?”"},
        )  # fmt: skip
        self.fields["maturity_note"] = PlainTextField(
            label="Hur bedömde ni det?", help_text="Vem bedömde, när och vad ni såg.", max_length=2000, rows=2
        )
        self.fields["share_answer"] = answer_field(CHILD_SHARE, required=False)
        self.fields["planning_answer"] = answer_field(CHILD_PLANNING, required=False)

    def add_answered_by(self, found) -> None:
        self.has_representatives = bool(found)
        if not found:
            return
        self.fields["answered_by"] = forms.TypedChoiceField(
            label="Vem svarar?",
            choices=[("", "Personen själv"), *((row.pk, f"{row.name}, {representatives.kind(row)}") for row in found)],
            widget=forms.RadioSelect, required=False, coerce=int, empty_value=None,
            error_messages={"invalid_choice": "Välj en av dem som visas."},
        )  # fmt: skip
        self.fields["person_agrees"] = forms.BooleanField(
            label="Personen har själv sagt ja", help_text="Behövs när en god man svarar.", required=False
        )

    def guardian_rows(self) -> list[Row]:
        """For the page: each guardian with what was said before."""
        if not self.minor:
            return []
        return [
            Row(row, self.kept.get(row.line), {part: self[f"guardian_{row.pk}_{part}"] for part in PARTS})
            for row in self.guardians
        ]

    def earlier_of_child(self):
        return self.kept.get(None) if self.minor else None

    def said_by(self, row) -> dict:
        return {part: self.cleaned_data.get(f"guardian_{row.pk}_{part}") for part in PARTS}

    def clean_givers(self) -> None:
        """Both answers or none, and not at once an answer and a reason why none is needed."""
        for row in self.guardians if self.minor else ():
            said = self.said_by(row)
            answers = [said["share"], said["planning"]]
            if any(answers) and not all(answers):
                missing = "share" if not said["share"] else "planning"
                self.add_error(f"guardian_{row.pk}_{missing}", f"Skriv båda svaren från {row.name}.")
            if any(answers) and said["waiver"]:
                self.add_error(f"guardian_{row.pk}_waiver", f"{row.name} har svarat. Ta bort skälet, eller svaren.")
            if said["waiver"] and not said["waiver_reason"]:
                self.add_error(f"guardian_{row.pk}_waiver_reason", f"Skriv varför svaret från {row.name} inte behövs.")

    def giver_values(self) -> dict:
        """The arguments of `services.record` that say who has answered what."""
        if not self.minor:
            return {}
        found = []
        for row in self.guardians:
            said = self.said_by(row)
            if said["waiver"]:
                found.append(
                    givers.waived(
                        row, waiver=said["waiver"], reason=said["waiver_reason"], decided_on=said["decided_on"],
                        decided_scope=said["decided_scope"],
                    )
                )  # fmt: skip
            elif said["share"]:
                found.append(givers.Giver(row.name, said["share"], said["planning"], representative=row.pk))
        return {"guardians": found}
