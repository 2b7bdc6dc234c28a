"""The addresses of meeting mode and of samråd."""

from tests.isolation.atlas import Atlas, Target

NAME = "meetingroom:"


def of_meeting_mode(atlas: Atlas) -> list[Target]:
    """A room in which somebody was away."""
    room = {"meeting": atlas.room.meeting_id}

    def pages(*names, **more):
        return [Target(NAME + name, atlas.of("main", **more), case="main") for name in names]

    return [
        Target(NAME + "start", atlas.of("main", **room), case="main", allowed=(302,)),
        *pages("attend", "goal_new", "disagree", "respite", "consult", **room),
        *pages("part", part=2, **room),
        *pages("goal", "measure_new", goal=atlas.ids["goal"], **room),
        *pages("measure", measure=atlas.ids["measure"], **room),
        Target(NAME + "late", atlas.of("main", attendance=atlas.here, **room), "post", case="main", allowed=(409,)),
        Target(NAME + "agree", atlas.of("main", number=0, **room), "post", case="main", allowed=(404,)),
        Target("deviations:decide", atlas.of("main", attendance=atlas.away), case="main"),
        *pages("consultations", "ask"),
        *pages("offer", "finish", number=atlas.consultation),
    ]
