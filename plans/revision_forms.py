"""Forms on what others may change at the same time: each knows which text it was opened on (PLA-4)."""

from contextlib import contextmanager

from django import forms
from django.db import transaction

from cases.topicfield import TopicsField
from organisations import swedish
from organisations.errors import RuleBroken
from plans import clash
from plans.rules import NotReady, Stale


@contextmanager
def kept(form):
    """Run a service; a broken rule, each missing part and another's newer text are shown, what was typed stays."""
    try:
        with transaction.atomic():
            yield
    except Stale as stale:
        form.show_both(stale)
    except NotReady as refused:
        for item in refused.missing:
            form.add_error(None, item.text)
    except RuleBroken as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))


class RevisionForm(forms.Form):
    """A form on a text that others may change at the same time: a late save shows both texts (PLA-4)."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    both: tuple = ()
    own: tuple = ()
    other_saved = ""
    keeping = clash.CHOICES

    def opened_on(self) -> dict:
        """What the service needs to tell whether somebody else has saved meanwhile."""
        return {"revision": self.cleaned_data["revision"]}

    def renew(self, **hidden) -> None:
        """Let the next save build on what the page shows now."""
        self.data = self.data.copy()
        for name, value in hidden.items():
            self.data[name] = value

    def show_both(self, stale: Stale) -> None:
        """Put the other's text beside what was typed, and let the next save build on the other's revision.

        The fields of text hold both from now on; what was typed goes along, so that it can be chosen as it was.
        """
        theirs = self.in_fields(stale.theirs)
        pairs = {name: (self.shown(name, theirs[name]), self.shown(name, self.cleaned_data[name])) for name in theirs}
        self.both = [clash.sides(self.fields[n].label, *pair) for n, pair in pairs.items() if pair[0] != pair[1]]
        self.own, self.other_saved = clash.own_values(self.data), stale.saved
        texts = [name for name in theirs if isinstance(self.fields[name].widget, forms.Textarea)]
        self.renew(
            revision=stale.revision,
            **({"seen": stale.seen} if "seen" in self.fields else {}),
            **{name: clash.joined(*pairs[name]) for name in texts},
        )
        self.add_error(None, str(stale))

    def in_fields(self, stands: dict) -> dict:
        """What stands in the plan, by the fields of the form."""
        return {name: value for name, value in stands.items() if name in self.fields}

    def renewed(self, saved) -> dict:
        """What the next save builds on, after this one."""
        return {"revision": saved.revision}

    def shown(self, name: str, value) -> str:
        """A stored value in words."""
        if isinstance(self.fields[name], TopicsField):
            return self.fields[name].words(value)
        if isinstance(value, bool):
            return "Ja" if value else "Nej"
        if hasattr(value, "hour"):
            return swedish.clock(value)
        if hasattr(value, "year"):
            return swedish.short_date(value)
        choices = getattr(self.fields[name], "choices", None)
        if choices is None:
            return str(value or "")
        return str(self.labels(choices).get("" if value is None else value, value))

    def labels(self, choices) -> dict:
        """Every choice with its label, also those in groups."""
        found = {}
        for value, label in choices:
            found |= dict(label) if isinstance(label, (list, tuple)) else {value: label}
        return found
