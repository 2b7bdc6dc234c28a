"""The addresses of papers: a unit's own, the person's own, and the empty forms."""

from tests.isolation.atlas import Atlas, Target


def of_papers(atlas: Atlas) -> list[Target]:
    """Papers are their unit's: the party sees the list and none of the owner's."""
    blank, moved = {"name": "leaflet"}, {"method": "post", "allowed": (302,)}
    paper = atlas.of("main", paper=atlas.papers["owner"])
    not_own = {"case": "main", "instead": {"party": (404,)}}
    return [
        Target("papers:list", atlas.of("main"), case="main"),
        Target("papers:order", atlas.of("main", name="leaflet"), case="main", **moved),
        *(Target(f"papers:{page}", paper, **not_own) for page in ("paper", "file", "hand_out")),
        Target("papers:blanks"),
        *(Target(f"papers:{page}", blank) for page in ("blank", "blank_file")),
        Target("citizen:papers", atlas.of("main"), case="main"),
        Target("citizen:papers", atlas.of("main"), case="main", data={"kind": "consent"}, **moved),
        Target("citizen:paper", atlas.of("main", paper=atlas.papers["citizen"]), case="main"),
        Target("citizen:leaflet"),
    ]
