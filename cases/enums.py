"""States, reasons and kinds of the case; stored values are English slugs."""

from django.db.models import TextChoices


class State(TextChoices):
    INITIATED = "initiated", "Behov upptäckt"
    CONSENTED = "consented", "Samtycke finns"
    CALLED = "called", "Kallad"
    MET = "met", "Möte hållet"
    PLANNED = "planned", "Plan godkänd"
    FOLLOWING_UP = "following_up", "Uppföljning pågår"
    CLOSED = "closed", "Avslutad"
    DECLINED = "declined", "Tackat nej"


OPEN_STATES = (
    State.INITIATED,
    State.CONSENTED,
    State.CALLED,
    State.MET,
    State.PLANNED,
    State.FOLLOWING_UP,
)

STEPS = ("Behov och samtycke", "Förbered", "Kalla", "Möte och plan", "Följ upp", "Avsluta")
STEP_OF = {
    State.INITIATED: 1,
    State.CONSENTED: 2,
    State.CALLED: 3,
    State.MET: 4,
    State.PLANNED: 5,
    State.FOLLOWING_UP: 5,
    State.CLOSED: 6,
    State.DECLINED: 6,
}


class Reason(TextChoices):
    """Why a SIP is needed; several may apply (INI-3)."""

    COORDINATION = "coordination", "Personen eller någon annan har bett om samordning"
    SEVERAL_COMPETENCES = "several_competences", "Flera verksamheters kunskap behövs"
    UNCLEAR_RESPONSIBILITY = "unclear_responsibility", "Det är oklart vem som ansvarar för vad"
    PARALLEL_MEASURES = "parallel_measures", "Insatser behöver ske samtidigt eller i en viss ordning"
    PASSED_AROUND = "passed_around", "Personen ”bollas runt”"
    AFTER_INPATIENT = "after_inpatient", "Efter vård på sjukhus"
    REPEATED_VISITS = "repeated_visits", "Upprepade besök de senaste tre månaderna"
    REHABILITATION = "rehabilitation", "Rehabilitering"
    EARLY = "early", "Tidigt och förebyggande"


class AskedBy(TextChoices):
    """Who took the initiative; staff must answer those who ask (INI-2)."""

    STAFF = "staff", "Vi som arbetar här"
    PERSON = "person", "Personen själv"
    RELATIVE = "relative", "En närstående"
    OTHER = "other", "Någon annan, till exempel en myndighet"


class CloseReason(TextChoices):
    """Why a case ended; one is always given (AVS-1)."""

    GOALS_MET = "goals_met", "Målen är nådda"
    COORDINATION_WORKS = "coordination_works", "Samordningen fungerar"
    NOT_NEEDED = "not_needed", "Samordning behövs inte längre"
    WITHDRAWN = "withdrawn", "Samtycket är återkallat"
    OTHER_PLAN = "other_plan", "En annan plan räcker"
    COMPULSORY_PLAN = "compulsory_plan", "Samordnad vårdplan görs i stället (ÖPT eller ÖRV)"
    REFUSED = "refused", "Vi säger nej till den som bad om en SIP"
    DIED = "died", "Personen har avlidit"
    MOVED = "moved", "Personen har flyttat"
    MISTAKE = "mistake", "Öppnat av misstag"


class IdKind(TextChoices):
    PERSONNUMMER = "personnummer", "Personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer", "Samordningsnummer"
    RESERVE = "reserve", "Reservnummer"


class Obligation(TextChoices):
    """A party with the duty is called; others are invited (KAL-3)."""

    DUTY = "duty", "Skyldig att delta"
    INVITED = "invited", "Inbjuden"


class OutsideKind(TextChoices):
    RELATIVE = "relative", "Närstående"
    GUARDIAN = "guardian", "Vårdnadshavare"
    REPRESENTATIVE = "representative", "Ställföreträdare"
    AGENCY = "agency", "Myndighet"
    EMPLOYER = "employer", "Arbetsgivare"
    ASSOCIATION = "association", "Förening"
    OTHER = "other", "Annan"


class Relation(TextChoices):
    """What the holder of a citizen's login is to the person whose plan it reads (MED-1)."""

    SELF = "self", "Personen själv"
    GUARDIAN = "guardian", "Vårdnadshavare"


class TellBy(TextChoices):
    LETTER = "letter", "Brev"
    PHONE = "phone", "Telefon"


class Protection(TextChoices):
    """The two labels for protected identity are distinct (OSL 22:1)."""

    NONE = "none", "Nej"
    MARKED = "marked", "Sekretessmarkering"
    PROTECTED = "protected", "Skyddad folkbokföring"


class DeadlineKind(TextChoices):
    FIRST_CONTACT = "first_contact", "Första kontakt"  # TID-1
    CALL_AFTER_READY = "call_after_ready", "Kallelse efter utskrivningsklar"  # TID-2
    MEETING = "meeting", "SIP-möte"  # TID-3
    FOLLOW_UP = "follow_up", "Uppföljning"  # TID-4
    ANSWER = "answer", "Svar på kallelsen"  # TID-6
    ADMISSION_NOTICE = "admission_notice", "Inskrivningsmeddelande"  # TID-8
    CONSULTATION = "consultation", "Samråd"  # MOT-4
    PAYMENT = "payment", "Betalningsansvar"  # LUS 5:4: a day from which, nothing to do by it


class ClockEventKind(TextChoices):
    """What starts or meets a clock, besides the need and utskrivningsklar, which the case itself holds."""

    ADMISSION = "admission", "Inskrivning på sjukhus"
    DOCTOR_JUDGED = "doctor_judged", "Läkarens bedömning att insatser kan behövas"
    NOTICE_SENT = "notice_sent", "Inskrivningsmeddelande skickat"
    CALL_SENT = "call_sent", "Kallelse skickad"
    MEETING_START = "meeting_start", "Mötets början"
    WENT_HOME = "went_home", "Gick hem"
    CONSULTATION_ASKED = "consultation_asked", "Personen bad om samråd"


class CareType(TextChoices):
    SOMATIC = "somatic", "Kroppssjukvård"
    PSYCHIATRIC = "psychiatric", "Psykiatri"


class PauseReason(TextChoices):
    """Why a clock stands still; fixed words, so that nothing about the person is written here."""

    RADRUM = "radrum", "Rådrum: verksamheterna behöver tala med varandra"
    PERSON_WAITS = "person_waits", "Personen vill vänta"
