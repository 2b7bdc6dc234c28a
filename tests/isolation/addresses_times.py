"""The addresses of standing times, of calls about a meeting that is not to be, and of calendar entries."""

from organisations import roles
from tests.isolation.atlas import Atlas, Target


def standing_times(atlas: Atlas) -> list[Target]:
    """The own unit's; the administrator's is any in the organisation, so that only others are not found."""
    own = {"number": atlas.cast.unit("owner").pk}
    row = own | {"window": atlas.ids["window"]}
    others = {who: (404,) for who in ("party", "same_kommun", "outsider", "reception")
              if roles.allows(atlas.cast.assignment(who).role, "slots.own")}  # fmt: skip
    return [
        Target("slots:unit", own, instead=others),
        Target("slots:new", own, instead=others),
        Target("slots:new", own, "post", instead=others),
        Target("slots:end", row, instead=others),
        Target("slots:end", row, "post", allowed=(302,), instead=others),
    ]


def of_entries(atlas: Atlas, one: dict, letter: dict) -> list[Target]:
    moved = {"case": "invited", "method": "post", "allowed": (302,)}
    return [
        Target("meetings:told", atlas.of("invited", **letter), **moved),
        Target("meetings:remind", atlas.of("invited", **one), **moved),
        Target("meetings:calendar", atlas.of("invited", **one), case="invited"),
        Target("meetings:phoned", atlas.of("invited", call=atlas.ids["call"], **one), "post", case="invited"),
        Target("citizen:calendar", atlas.of("invited"), case="invited"),
    ]
