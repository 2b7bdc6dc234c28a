"""Kinds of record, of what is erased and of why something stays; stored values are English slugs."""

from django.db.models import TextChoices


class Record(TextChoices):
    """Under which law a unit keeps its records; the database function `retention_record` says which."""

    HEALTH = "health", "Hälso- och sjukvård"
    SOCIAL = "social", "Socialtjänst"
    SCHOOL = "school", "Skola"
    OTHER = "other", "Annan verksamhet"
    LOG = "log", "Logg"


class CountedFrom(TextChoices):
    RECORD = "record", "Sista anteckningen i handlingen"
    FILE = "file", "Sista anteckningen om personen hos huvudmannen"


class Kind(TextChoices):
    """What is erased as one: a closed case, a unit's own copies, a month of the log."""

    CASE = "case", "Avslutat ärende"
    COPY = "copy", "Enhetens egna kopior och meddelanden"
    LOG = "log", "Loggens uppgifter, en månad"


class HoldKind(TextChoices):
    """Why a record stays although its time is out (SoL 16:4, 17:5), or must wait."""

    PLACED = "placed", "Placerat barn"
    ADOPTION = "adoption", "Adoption"
    PATERNITY = "paternity", "Faderskap eller föräldraskap"
    DISPUTE = "dispute", "Tvist, tillsyn eller begäran om handlingar"


class BatchState(TextChoices):
    PREPARED = "prepared", "Förberedd"
    APPROVED = "approved", "Godkänd"
    EXPORTED = "exported", "Exporterad"
    DONE = "done", "Genomförd"
    CANCELLED = "cancelled", "Avbruten"


class ItemState(TextChoices):
    PLANNED = "planned", "Ska gallras"
    EXPORTED = "exported", "Exporterad"
    REFUSED = "refused", "Gallras inte"


class Status(TextChoices):
    """What `retention_records` says of a record on a day."""

    DUE = "due", "Ska gallras"
    EXEMPT = "exempt", "Undantagen enligt lag"
    HELD = "held", "Stoppad av en handläggare"
    WAITING = "waiting", "Bevaras än"
    OPEN = "open", "Pågår"
    NO_RULE = "no_rule", "Regel saknas"


# Why something is exempt, held or refused, for those who read the list; exemptions carry their own text.
REASONS = {
    **dict(HoldKind.choices),
    **dict(Status.choices),
    "changed": "Ändrad efter exporten",
    "gone": "Finns inte längre",
}
