"""The addresses of links for those without an account: staff's, and the guest's own."""

from tests.isolation.atlas import CITIZENS, STAFF, Atlas, Target

# The same for everybody, whoever is signed in: `tests/isolation/test_guests.py` walks them with a link.
GUESTS = {"guests:enter", "guests:invitation", "guests:leave"}


def open_to_all() -> list[Target]:
    everybody = (*STAFF, *CITIZENS, "anonymous")
    shown, moved = dict.fromkeys(everybody, (200,)), dict.fromkeys(everybody, (302,))
    return [
        Target("guests:enter", {"token": "abcd-efgh"}, instead=shown),
        Target("guests:invitation", instead=shown),
        Target("guests:leave", method="post", instead=moved),
    ]


def of_guests(atlas: Atlas) -> list[Target]:
    one = atlas.of("invited", meeting=atlas.meeting("invited"), invitation=atlas.ids["guest"])
    return [
        *open_to_all(),
        Target("guests:link", one, case="invited"),
        Target("guests:code_given", one, case="invited"),
        Target("guests:revoke", one, "post", case="invited", allowed=(302,)),
    ]
