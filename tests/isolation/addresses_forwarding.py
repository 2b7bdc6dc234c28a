"""The addresses of a kallelse on its way inside a huvudman, and of a reception's rules."""

from tests.isolation.atlas import Atlas, Target

MOVED, NOT_FOUND, REFUSED = (302,), (404,), (403,)


def on_its_way(atlas: Atlas) -> list[Target]:
    """A kallelse that the reception has handed on: it has it no longer, the receiver acts, and nobody else is there."""
    one = {"pk": atlas.way.handed}
    others = {who: NOT_FOUND for who in ("owner", "colleague", "party", "outsider", "reader", "manager")}
    gone = others | {"reception": REFUSED}
    handlers = {who: status for who, status in gone.items() if who not in ("reader", "manager")}
    return [
        Target("meetings:handed_list"),
        Target("meetings:handed", one, instead=others),
        *(Target(f"meetings:handed_{name}", one, instead=handlers) for name in ("answer", "on", "propose")),
    ]


def reception_rules(atlas: Atlas) -> list[Target]:
    one = {"number": atlas.way.rule}
    return [
        Target("reception:rules"),
        Target("reception:rule_new"),
        Target("reception:rule_new", method="post", data={"area": ""}),
        *(Target(f"reception:{name}", one) for name in ("rule", "end")),
        Target("reception:move", one, "post", allowed=MOVED),
    ]
