"""The preparation's part of what a unit receives; of a pre-meeting nothing leaves it (KAL-8)."""

from consent.snapshot import part, section
from preparation import selectors
from preparation.models import GuestWish, PreparationKey


@section("preparation", order=35)
def preparation_section(case) -> dict:
    texts, said = selectors.texts_of(case), selectors.interpreter(case)
    wanted = GuestWish.objects.filter(case=case, removed_at=None, wanted=True).select_related("unit").order_by("pk")
    booked = ", ".join(filter(None, [said["label"], said["language"], said["form"] and selectors.HOW[said["form"]]]))
    return part(
        "Förberedelse",
        [
            *((key.label, texts[key].text, texts[key].topics) for key in PreparationKey if key in texts),
            *(("Ska komma", str(wish), wish.topics) for wish in wanted),
            ("Tolk", booked if said["needed"] else ""),
        ],
    )
