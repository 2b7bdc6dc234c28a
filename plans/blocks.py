"""The blocks of the plan's editor in the order of the page (PLA-2)."""

from dataclasses import dataclass

from plans import forms


@dataclass(frozen=True)
class Block:
    """One part of the plan that is edited on its own; `what` ends the sentence ”Ändra …”."""

    name: str
    title: str
    short: str
    what: str
    form: type

    def rows(self, plan) -> list[tuple[str, str]]:
        """Label and text of what is filled in."""
        fields = self.form.base_fields
        return [(fields[name].label, getattr(plan, name)) for name in self.form.columns if getattr(plan, name)]


BLOCKS = {
    block.name: block
    for block in (
        Block("viktigt", "Vad är viktigt för dig?", "Vad är viktigt", "vad som är viktigt", forms.MattersForm),
        Block("varfor", "Varför du har en SIP", "Varför", "varför", forms.WhyForm),
        Block("fungerar", "Det som fungerar bra", "Fungerar bra", "det som fungerar bra", forms.StrengthsForm),
        Block("nulage", "Så är det nu och det här behöver du", "Nuläge", "nuläget", forms.SituationForm),
        Block("huvudmal", "Huvudmål", "Huvudmål", "huvudmålet", forms.MainGoalForm),
        Block("andra", "Det här gör du och andra", "Du och andra", "vad du och andra gör", forms.OthersForm),
        Block("samre", "Om du mår sämre", "Om du mår sämre", "om du mår sämre", forms.CrisisForm),
        Block("asikt", "Vad du tycker om planen", "Din åsikt", "vad personen tycker", forms.OpinionForm),
        Block("ansvar", "Huvudansvarig", "Huvudansvarig", "huvudansvarig", forms.LeadForm),
        Block("uppfoljning", "Uppföljning", "Uppföljning", "uppföljningen", forms.FollowUpDateForm),
        Block("kopior", "Vilka får planen?", "Vilka får planen", "vilka som får planen", forms.CopiesForm),
    )
}
