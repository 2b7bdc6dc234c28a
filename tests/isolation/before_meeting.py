"""The addresses of the preparation and the pre-meeting, with what they take."""

from tests.isolation.atlas import Atlas, Target

MOVED = (302,)


def of_preparation(atlas: Atlas) -> list[Target]:
    before = {"number": atlas.premeeting}
    moved = {"case": "main", "method": "post", "allowed": MOVED}
    refused = {"case": "main", "method": "post", "allowed": (409,)}
    step = {"name": "tolk", "way": "behovs-inte"}
    pages = {
        "preparation:overview": {}, "preparation:wish": {}, "preparation:plan_premeeting": {},
        "preparation:write": {"name": "viktigt"}, "preparation:book": {"name": "tolk"},
        "preparation:premeeting": before, "preparation:hold_premeeting": before,
    }  # fmt: skip
    return [
        *(Target(name, atlas.of("main", **kwargs), case="main") for name, kwargs in pages.items()),
        Target("preparation:take_back", atlas.of("main", number=atlas.wish), **moved),
        # The ward books, and those who call: another party is told whose it is.
        Target("preparation:booking_step", atlas.of("main", **step), instead={"party": (409,)}, **moved),
        Target("preparation:cancel_premeeting", atlas.of("main", **before), **moved),
        # Nothing to carry until it has been held.
        Target("meetings:carry_outcome", atlas.of("main", **before), **refused),
        Target("plans:carry_outcome", atlas.of("main", **before), **refused),
    ]
