"""How one call about a meeting that is not to be went."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from organisations import swedish
from organisations.formfields import LineField, SwedishTimeField

REACHED, MISSED = "reached", "missed"


class CallForm(forms.Form):
    """Who was reached and when, or that nobody was; the button that is pressed says which."""

    name = LineField(label="Vem pratade du med?", max_length=150, required=False)
    at = SwedishTimeField(label="Klockan", required=False, help_text="Till exempel 8.15")
    outcome = forms.ChoiceField(
        choices=[(REACHED, "Nådd"), (MISSED, "Inte nådd, nytt försök")],
        error_messages={
            "required": "Välj om du nådde någon.",
            "invalid_choice": "Välj om du nådde någon.",
        },
    )

    def __init__(self, data=None, *, call, name="", **kwargs):
        self.call_id = call.pk
        self.listed_on = timezone.localdate(call.listed_at)
        start = {"name": name, "at": timezone.localtime().time()}
        super().__init__(data, prefix=f"samtal{call.pk}", initial=start, **kwargs)

    def clean_at(self):
        """The latest such hour; a call that is written in on a later day was made on the day of the list."""
        clock = self.cleaned_data["at"]
        if clock is None:
            return None
        now, today = timezone.now(), timezone.localdate()
        at = swedish.instant(today, clock)
        # The page shows whole minutes.
        if at > now + timedelta(minutes=1) and self.listed_on < today:
            return swedish.instant(self.listed_on, clock)
        return min(at, now) if at <= now + timedelta(minutes=1) else at

    def values(self) -> dict:
        data = self.cleaned_data
        return {"name": data["name"], "at": data["at"], "reached": data["outcome"] == REACHED}
