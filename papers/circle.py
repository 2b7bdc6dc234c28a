"""Mötescirkeln on paper: the circle's five parts with their time, and what each who comes can think of (MOT-2)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import circle
from organisations import swedish

USUAL_MINUTES = 60
# What is done in each part, told to everybody at the table.
SHARED = (
    (gettext_lazy("Alla säger vilka de är"), gettext_lazy("Varför vi ses, och hur lång tid vi har")),
    (gettext_lazy("Du berättar hur du har det"), gettext_lazy("Vad som fungerar bra och vad som är svårt")),
    (
        gettext_lazy("Mål på lång och kort sikt"),
        gettext_lazy("Vem gör vad, när och hur ofta"),
        gettext_lazy("Vad du gör själv, och vad närstående gör"),
    ),
    (gettext_lazy("Vi läser upp det vi har bestämt"), gettext_lazy("Du säger vad du tycker om planen")),
    (gettext_lazy("Dag för nästa möte"), gettext_lazy("Vem som kallar, och vem du ringer")),
)


def parts(*, length: int = USUAL_MINUTES, starts_at=None, shares=circle.SHARES) -> list[dict]:
    """The five parts with minutes and, of a meeting that has a time, the clock; in finished words.

    A meeting shorter or longer than the circle can share out gets the nearest length that it can.
    """
    length = min(max(length, circle.SHORTEST), circle.LONGEST)
    clock = [swedish.clock_span(*span) for span in circle.spans(starts_at, length, shares)] if starts_at else []
    return [
        {
            "name": part.name,
            "share": share,
            "minutes": _("%(number)s min") % {"number": minutes},
            "clock": clock[part.number - 1] if clock else "",
            "todo": [str(line) for line in SHARED[part.number - 1]],
            "chair": list(part.chair),
            "table": list(part.table),
        }
        for part, share, minutes in zip(circle.PARTS, shares, circle.minutes(length, shares), strict=True)
    ]
