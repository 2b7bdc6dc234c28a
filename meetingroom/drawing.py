"""The meeting circle as a picture: arcs of a clock face, one for each part, and the hand (an SVG without styles)."""

from math import cos, pi, sin

CENTRE, RADIUS = 60.0, 48.0
# A little air between two arcs, in parts of the whole circle.
GAP = 0.006
HAND = 38.0


def arcs(minutes: list[int]) -> list[str]:
    """The path of each part's arc, from twelve o'clock and round."""
    total, begins, found = sum(minutes), 0, []
    for given in minutes:
        found.append(arc(begins / total + GAP, (begins + given) / total - GAP))
        begins += given
    return found


def arc(begins: float, ends: float) -> str:
    x, y = point(begins, RADIUS)
    x2, y2 = point(ends, RADIUS)
    large = 1 if ends - begins > 0.5 else 0
    return f"M{x:.2f} {y:.2f}A{RADIUS:.0f} {RADIUS:.0f} 0 {large} 1 {x2:.2f} {y2:.2f}"


def point(share: float, radius: float) -> tuple[float, float]:
    """A place on the circle; 0 and 1 are at the top."""
    angle = 2 * pi * share
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)


def degrees(share: float) -> int:
    """How far the hand has turned; it stops at the top when the time is over."""
    return round(360 * min(max(share, 0), 1))
