"""The blocks of the plan's editor in the order of the page (PLA-2)."""

from dataclasses import dataclass

from plans import forms, forms_crisis
from plans.models import BlockKey
from plans.sharing import NOT_SHARED


@dataclass(frozen=True)
class Block:
    """One part of the plan that is edited on its own; `what` ends the sentence ”Ändra …”."""

    name: str
    title: str
    short: str
    what: str
    form: type

    @property
    def texts(self) -> list[str]:
        """The keys of the texts in the block."""
        return [name for name in self.form.columns if name in BlockKey.values]

    def is_hidden(self, plan) -> bool:
        """Nothing in it is shared with the reader."""
        return bool(self.texts) and not plan.rows.keys() & set(self.texts)

    def rows(self, plan) -> list[tuple[str, str | bool, int]]:
        """Label, text and topics of what is filled in; of what is not shared with the reader only that."""
        fields = self.form.base_fields
        found = []
        for name in self.form.columns:
            row = plan.rows.get(name)
            if name == "others_nobody" and "others_measures" in plan.hidden:
                continue
            if name in plan.hidden:
                found.append((fields[name].label, NOT_SHARED, 0))
            elif value := row.text if row else name not in BlockKey.values and getattr(plan, name):
                found.append((fields[name].label, value, row.topics if row else 0))
        return found


BLOCKS = {
    block.name: block
    for block in (
        Block("viktigt", "Vad är viktigt för dig?", "Vad är viktigt", "vad som är viktigt", forms.MattersForm),
        Block("varfor", "Varför du har en SIP", "Varför", "varför", forms.WhyForm),
        Block("fungerar", "Det som fungerar bra", "Fungerar bra", "det som fungerar bra", forms.StrengthsForm),
        Block("nulage", "Så är det nu och det här behöver du", "Nuläge", "nuläget", forms.SituationForm),
        Block("huvudmal", "Huvudmål", "Huvudmål", "huvudmålet", forms.MainGoalForm),
        Block("andra", "Det här gör du och andra", "Du och andra", "vad du och andra gör", forms.OthersForm),
        Block("mar-bra", "Grönt: när du mår bra", "När du mår bra", "när du mår bra", forms_crisis.GreenForm),
        Block("samre", "Gult: om du mår sämre", "Om du mår sämre", "om du mår sämre", forms_crisis.CrisisForm),
        Block("akut", "Rött: om det blir akut", "Om det blir akut", "om det blir akut", forms_crisis.RedForm),
        Block("asikt", "Vad du tycker om planen", "Din åsikt", "vad personen tycker", forms.OpinionForm),
        Block("ansvar", "Huvudansvarig", "Huvudansvarig", "huvudansvarig", forms.LeadForm),
        Block("uppfoljning", "Uppföljning", "Uppföljning", "uppföljningen", forms.FollowUpDateForm),
        Block("kopior", "Vilka får planen?", "Vilka får planen", "vilka som får planen", forms.CopiesForm),
    )
}
