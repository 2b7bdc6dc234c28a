"""The next thing to do in a case, for the one who looks: a pure function over facts, shared by list and case page."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from cases.enums import State
from organisations import swedish

REMIND_BEFORE = timedelta(days=7)
FOLLOW_UP_BEFORE = timedelta(days=14)
YOU, OTHERS, NOBODY = "you", "others", "nobody"


@dataclass(frozen=True)
class Facts:
    """What the next step is computed from; `casework.facts` reads it for many cases at once."""

    state: str
    now: datetime
    today: date
    steers: bool = True
    may_write: bool = True
    may_answer: bool = True
    first_name: str = "personen"
    steering_unit: str = ""
    consent_ok: bool = False
    consent_lapsed: bool = False
    consent_waiting: bool = False
    has_parties: bool = False
    meeting_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    # Somebody has said another time that has not been yet (KAL-5).
    proposed: bool = False
    own_unanswered: bool = False
    others_unanswered: int = 0
    calls_left: int = 0
    calls_meeting: int | None = None
    calls_about: str = ""
    has_draft: bool = False
    to_confirm: bool = False
    what_matters_said: bool = False
    follow_up_on: date | None = None
    # Before the kallelse nothing of the preparation is written; and an interpreter that the own unit books.
    unprepared: bool = False
    books_interpreter: bool = False
    # A kallelse lies at a unit that the person has not been asked about (KAL-4).
    waits_for_yes: bool = False
    # What waits beside the step: an absence to decide on (MOT-3), a person who asked for samråd (MOT-4).
    absence: bool = False
    consultation: bool = False


@dataclass(frozen=True)
class Step:
    """What to do, why, whose turn it is, and the page where it is done (a case page; `meeting` adds the meeting)."""

    title: str
    why: str = ""
    turn: str = YOU
    action: str = ""
    url_name: str = ""
    icon: str = "arrow-right"
    meeting: int | None = None
    other_action: str = ""
    other_url_name: str = ""
    also: str = ""


def next_step(facts: Facts) -> Step:
    """Say what comes next; without the right to do it, the same words as something others do."""
    calls = facts.calls_left and facts.steers
    if calls and facts.may_write:
        return beside(phone(facts), facts)
    if facts.own_unanswered and facts.may_answer:
        return beside(answer(facts), facts)
    if facts.to_confirm and facts.may_write:
        return beside(confirm(facts), facts)
    if not facts.steers:
        return follow_along(facts)
    step = beside(phone(facts) if calls else STEERING[facts.state](facts), facts)
    if step.turn == YOU and not facts.may_write:
        return Step(title=step.title, why="En handläggare på din enhet gör det här.", turn=OTHERS)
    return step


def beside(step: Step, facts: Facts) -> Step:
    """The step with what waits besides; while there is nothing else to do, that is what to do now."""
    found = waiting(facts)
    if found is None or not facts.steers:
        return step
    if step.turn == YOU or facts.state == State.CLOSED:
        more = {"other_action": found.title, "other_url_name": found.url_name} if facts.may_write else {}
        return replace(step, also=found.title, **more)
    return replace(found, other_action=step.action, other_url_name=step.url_name)


def waiting(facts) -> Step | None:
    if facts.absence:
        return Step(
            title="Ta ställning till en frånvaro",
            why="En aktör som är skyldig att delta kom inte till mötet. Rapportera det, eller skriv varför inte.",
            action="Se frånvaron",
            url_name="deviations:list",
            icon="triangle-alert",
        )
    if facts.consultation:
        return Step(
            title="Erbjud personen samråd",
            why="Personen är inte nöjd och ska få en tid för samråd utan dröjsmål.",
            action="Erbjud en tid",
            url_name="meetingroom:consultations",
            icon="calendar",
        )
    return None


def phone(facts) -> Step:
    """Before all else: somebody may be on the way to a meeting that is not to be (KAL-7)."""
    return Step(
        title=f"Mötet är {facts.calls_about} – {swedish.count(facts.calls_left, 'samtal', 'samtal')} kvar",
        why="De som skulle ha kommit ska få veta det på telefon. Ring var och en och skriv in hur det gick.",
        action="Ring nu",
        url_name="meetings:phone_list",
        icon="phone",
        meeting=facts.calls_meeting,
    )


def answer(facts) -> Step:
    return Step(
        title="Svara på kallelsen",
        why=f"{at(facts)} Skriv vem som kommer från er.",
        action="Svara på kallelsen",
        url_name="meetings:answer",
        icon="send",
        meeting=facts.meeting_id,
    )


def confirm(facts) -> Step:
    """Others have written what the unit is to do; no huvudman decides that for another (PLA-4)."""
    return Step(
        title="Bekräfta era insatser i planen",
        why="Andra har föreslagit vad din enhet ska göra. Planen godkänns inte förrän ni har sagt ja.",
        action="Läs och bekräfta",
        url_name="plans:edit",
        icon="circle-check",
    )


def at(facts) -> str:
    return f"Mötet är {swedish.date_and_time(facts.starts_at)}."


def answered(facts, said: str = "") -> str:
    """When the meeting is and how the answers stand, and that somebody cannot come then but at another time."""
    return " ".join(filter(None, [at(facts), said, "En annan tid är föreslagen." if facts.proposed else ""]))


def prepare(facts, *, why: str) -> Step:
    return Step(
        title="Förbered mötet",
        why=why,
        turn=NOBODY,
        action="Se mötet",
        url_name="meetings:overview",
        icon="calendar",
    )


def book_interpreter(facts) -> Step:
    return Step(
        title="Boka tolk",
        why=f"{at(facts)} Din enhet bokar tolken. Skriv in när det är gjort.",
        action="Skriv in bokningen",
        url_name="preparation:overview",
        icon="languages",
    )


def ask_about(facts) -> Step:
    return Step(
        title=f"Fråga {facts.first_name} om en enhet till får vara med",
        why="En kallelse ligger hos en enhet som väntar på personens ja. Den ser bara mötets tid och plats.",
        action="Skriv in svaret",
        url_name="consent:record",
        icon="pencil",
    )


def renew(facts) -> Step:
    return Step(
        title="Fråga igen om samtycke",
        why="Samtycket har gått ut. De andra aktörerna ser inte ärendet förrän det finns ett nytt.",
        action="Skriv in svaret",
        url_name="consent:record",
        icon="pencil",
    )


def initiated(facts) -> Step:
    if facts.consent_waiting:
        return Step(
            title="Fråga den som inte har svarat om samtycke",
            why="Alla som ska svara behöver säga ja innan ni kallar. Sidan visar vem som saknas.",
            action="Se vem som saknas",
            url_name="consent:representatives",
            icon="clock",
        )
    return Step(
        title="Fråga om samtycke och skriv in svaret",
        why=f"Innan ni kallar svarar {facts.first_name} på två frågor: om att dela uppgifter och om att planera.",
        action="Skriv in svaret",
        url_name="consent:record",
        icon="pencil",
    )


def consented(facts) -> Step:
    if facts.consent_lapsed:
        return renew(facts)
    if not facts.has_parties:
        return Step(
            title=f"Bestäm med {facts.first_name} vilka som ska kallas",
            why="Lägg till de enheter som behövs. Kommun och region är skyldiga att komma när de kallas.",
            action="Lägg till aktörer",
            url_name="cases:parties",
            icon="user-plus",
        )
    if facts.unprepared:
        return Step(
            title=f"Förbered mötet tillsammans med {facts.first_name}",
            why="Fråga vad som är viktigt, skriv vad ni ska lösa och vilka som ska komma. Sedan kallar ni.",
            action="Förbered mötet",
            url_name="preparation:overview",
            icon="pencil",
            other_action="Skriv kallelsen direkt",
            other_url_name="meetings:call",
        )
    return Step(
        title="Kalla till SIP-möte",
        why="Samtycket finns och aktörerna är valda. Bestäm tid och plats och skicka kallelsen.",
        action="Skriv kallelsen",
        url_name="meetings:call",
        icon="send",
    )


def called(facts) -> Step:
    if facts.ends_at and facts.ends_at <= facts.now:
        return Step(
            title="Skriv in hur mötet blev",
            why=f"Mötet skulle vara {swedish.date_and_time(facts.starts_at)}. Skriv vilka som kom.",
            action="Skriv in mötet",
            url_name="meetings:hold",
            icon="pencil",
            meeting=facts.meeting_id,
        )
    if facts.consent_lapsed:
        return renew(facts)
    if facts.waits_for_yes:
        return ask_about(facts)
    if facts.books_interpreter:
        return book_interpreter(facts)
    if not facts.others_unanswered:
        return prepare(facts, why=answered(facts, "Alla har svarat."))
    waiting = swedish.number_word(facts.others_unanswered)
    if facts.starts_at - facts.now <= REMIND_BEFORE:
        return Step(
            title="Påminn den som inte har svarat"
            if facts.others_unanswered == 1
            else "Påminn dem som inte har svarat",
            why=answered(facts, f"{swedish.count(facts.others_unanswered, 'svar', 'svar')} saknas."),
            action="Se svaren och påminn",
            url_name="meetings:overview",
            icon="send",
        )
    who = "aktör" if facts.others_unanswered == 1 else "aktörer"
    return Step(
        title=f"Väntar på svar från {waiting} {who}",
        why=answered(facts),
        turn=OTHERS,
        action="Se svaren",
        url_name="meetings:overview",
        icon="clock",
    )


def met(facts) -> Step:
    if facts.has_draft:
        return Step(
            title=f"Gå igenom planen med {facts.first_name}",
            why="Läs planen tillsammans. När ni är överens godkänner ni den.",
            action="Öppna planen",
            url_name="plans:plan",
            icon="file-text",
        )
    return Step(
        title=f"Skriv planen tillsammans med {facts.first_name}",
        why="Mötet är hållet. Skriv mål, insatser och vem som är huvudansvarig.",
        action="Skriv planen",
        url_name="plans:plan",
        icon="pencil",
    )


def planned(facts) -> Step:
    if facts.consent_lapsed:
        return renew(facts)
    if facts.has_draft:
        return met(facts)
    if facts.follow_up_on is None:
        return Step(
            title="Bestäm en dag för uppföljning",
            why="Planen gäller men har ingen dag för uppföljning. Behövs samordningen inte längre avslutar du ärendet.",
            action="Se uppföljningen",
            url_name="plans:follow_ups",
            icon="calendar",
            other_action="Avsluta ärendet",
            other_url_name="plans:close",
        )
    if facts.follow_up_on - facts.today <= FOLLOW_UP_BEFORE:
        return Step(
            title="Kalla till uppföljning",
            why=f"Uppföljningen ska vara gjord senast {swedish.long_date(facts.follow_up_on)}.",
            action="Skriv kallelsen",
            url_name="meetings:call",
            icon="send",
            other_action="Skriv in en uppföljning utan möte",
            other_url_name="plans:follow_up",
        )
    return Step(
        title="Uppföljningen är bestämd",
        why=f"Planen gäller. Den följs upp senast {swedish.long_date(facts.follow_up_on)}.",
        turn=NOBODY,
        action="Läs planen",
        url_name="plans:plan",
        icon="file-text",
    )


STEERING = {
    State.INITIATED: initiated,
    State.CONSENTED: consented,
    State.CALLED: called,
    State.MET: met,
    State.PLANNED: planned,
    State.FOLLOWING_UP: planned,
    State.CLOSED: lambda facts: Step(
        title="Ärendet är avslutat", why="Det går att läsa men inte att ändra.", turn=NOBODY
    ),
    State.DECLINED: lambda facts: Step(title="Personen tackade nej", why="Ärendet är avslutat.", turn=NOBODY),
}


def follow_along(facts) -> Step:
    """What a party that does not steer sees; it may always write in the live plan (PLA-4)."""
    who = facts.steering_unit or "Den ansvariga enheten"
    if facts.state in (State.CLOSED, State.DECLINED):
        return STEERING[facts.state](facts)
    if facts.state in (State.INITIATED, State.CONSENTED):
        return Step(title="Väntar på kallelse", why=f"{who} kallar till mötet.", turn=OTHERS)
    if facts.state == State.CALLED and facts.starts_at and facts.starts_at > facts.now:
        if facts.books_interpreter and facts.may_write:
            return book_interpreter(facts)
        return prepare(facts, why=at(facts))
    if facts.state in (State.CALLED, State.MET):
        return Step(
            title="Skriv in era insatser i planen",
            why=f"{who} skriver planen. Du kan skriva det som din enhet ska göra.",
            turn=OTHERS,
            action="Öppna planen",
            url_name="plans:plan",
            icon="pencil",
        )
    return Step(
        title="Gör er del av planen",
        why=f"Planen gäller. {who} kallar till uppföljning.",
        turn=OTHERS,
        action="Läs planen",
        url_name="plans:plan",
        icon="file-text",
    )
