"""Which notices a staff member may choose: groups of what comes to the unit, and channels (GUI-3)."""

from notifications.models import Channel

# As the database's notice_group(); each kind of row in the inbox stands in exactly one.
GROUPS = {
    "call": (
        "Kallelser och mötestider",
        {"call", "moved", "cancelled", "calls", "call_reminder", "party", "premeeting", "handed_call"},
    ),
    "answer": ("Svar på kallelser", {"answer", "left", "handed_on"}),
    "message": ("Meddelanden i ärenden", {"message"}),
    "plan": (
        "Planer, avslut och överlämning",
        {
            "plan",
            "proposed",
            "answered_part",
            "corrected",
            "recalled",
            "closed",
            "voided",
            "consent_ended",
            "handed_over",
        },
    ),
    "discharge": ("Inläggning på sjukhus", {"admitted", "notice", "notice_changed"}),
    "deadline": ("Tidsgränser", {"deadline", "deadline_manager", "consent_lapses", "consent_lapsed"}),
    "deviation": ("Avvikelser", {"deviation"}),
    "other": (
        "Annat som kommer till enheten",
        {
            "delivery_failed",
            "letter",
            "other_sip",
            "consent_changed",
            "glass_broken",
            "birthday",
            "adult",
            "protection",
        },
    ),
    "unread": ("Det som ingen har öppnat i tid", set()),
}
CHANNELS = {Channel.IN_APP: "I systemet", Channel.EMAIL: "E-post", Channel.SMS: "Sms"}
# What nobody has opened is told unless somebody has chosen otherwise; the rest is off until chosen.
DEFAULT = {"unread": [Channel.IN_APP.value, Channel.EMAIL.value]}


def group_of(kind: str) -> str:
    return next((group for group, (_, kinds) in GROUPS.items() if kind in kinds), "other")
