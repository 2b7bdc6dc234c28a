"""The meeting circle: five parts of a meeting with their shares of its time, whatever its length (MOT-2).

The names are the circle's own; the shares are a default that a county's agreement may change (`meeting_circle`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# In twelfths of the meeting: five, ten, thirty, ten and five minutes of an hour.
SHARES = (1, 2, 6, 2, 1)
# How short and how long a meeting may be; the shortest gives every part at least a minute.
SHORTEST, LONGEST = 15, 240


@dataclass(frozen=True)
class Part:
    """One part of the circle: what it is for, what the chair says, and what goes round the table."""

    number: int
    name: str
    aim: str
    chair: tuple[str, ...]
    table: tuple[str, ...]


PARTS = (
    Part(
        1,
        "Inledning",
        "Alla vet varför ni ses och vilka som är här.",
        (
            "Hälsa välkommen, personen först.",
            "Säg varför ni ses, hur länge ni håller på och vem som skriver.",
            "Säg att planen är personens egen och att ni läser upp den före slutet.",
            "Fråga om någon behöver paus, tolk eller hjälp att höra.",
        ),
        ("Vad heter du?", "Vad arbetar du med, eller hur känner du personen?"),
    ),
    Part(
        2,
        "Så är det nu",
        "Personen berättar först, med egna ord. Sedan de närstående, sedan ni andra.",
        (
            "Fråga personen: Vad är viktigt för dig?",
            "Låt personen berätta färdigt innan någon annan talar.",
            "Håll isär vad personen säger och vad andra tror.",
        ),
        ("Vad fungerar bra?", "Vad är svårt just nu?"),
    ),
    Part(
        3,
        "Behov, mål och insatser",
        "Det här får mest tid. Ett mål i taget: vad, vem, när.",
        (
            "Fråga personen: Vad vill du ska bli annorlunda?",
            "Ta ett mål i taget. Vilka insatser finns redan, vilka behövs, och i vilken ordning?",
            "Fråga för varje insats: Vem ansvarar? När börjar den?",
            "Är ni oense? Skriv vems syn som skiljer sig. Behöver ni tala med varandra först, ta rådrum.",
        ),
        ("Vad kan du och din verksamhet göra?", "Vem hör vi av först om det inte blir som vi har sagt?"),
    ),
    Part(
        4,
        "Sammanfattning",
        "Läs upp planen. Alla hör samma sak.",
        (
            "Läs texten högt och långsamt, till personen.",
            "Fråga personen: Stämmer det här? Har vi glömt något?",
            "Är personen inte nöjd? Erbjud samråd.",
        ),
        ("Är du med på det som du ska göra?",),
    ),
    Part(
        5,
        "Uppföljning och avslut",
        "Ingen går innan ni vet när ni ses igen.",
        (
            "Bestäm dag för uppföljningen och vem som kallar.",
            "Säg vem som är huvudansvarig och hur personen når den.",
            "Tacka personen sist.",
        ),
        ("Hur var det här mötet för dig?",),
    ),
)


def minutes(length: int, shares=SHARES) -> list[int]:
    """Whole minutes for each part; they add up to the length exactly, the largest remainders first."""
    if length < len(shares) or min(shares) <= 0:
        raise ValueError("a meeting is too short for its parts")
    total = sum(shares)
    exact = [length * share / total for share in shares]
    given = [max(1, int(value)) for value in exact]
    order = sorted(range(len(shares)), key=lambda i: (given[i] - exact[i], i))
    while sum(given) < length:
        for i in order[: length - sum(given)]:
            given[i] += 1
    while sum(given) > length:
        given[given.index(max(given))] -= 1
    return given


def spans(started_at: datetime, length: int, shares=SHARES) -> list[tuple[datetime, datetime]]:
    """From when to when each part goes on."""
    found, begins = [], started_at
    for given in minutes(length, shares):
        found.append((begins, begins + timedelta(minutes=given)))
        begins = found[-1][1]
    return found


def part_at(now: datetime, started_at: datetime, length: int, shares=SHARES) -> int:
    """The part in which the meeting should be now; 0 once its time is over."""
    for part, (_begins, ends) in zip(PARTS, spans(started_at, length, shares), strict=True):
        if now < ends:
            return part.number
    return 0


def shares_of(guideline) -> tuple[int, ...]:
    """The shares of a county's agreement, else the default."""
    chosen = guideline.settings.get("meeting_circle", SHARES)
    return tuple(chosen) if len(chosen) == len(PARTS) and min(chosen) > 0 else SHARES
