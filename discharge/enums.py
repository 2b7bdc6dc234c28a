"""What is chosen in a discharge; stored values are English slugs."""

from django.db.models import TextChoices


class AdmissionState(TextChoices):
    ADMITTED = "admitted", "Inskriven"
    NOTICED = "noticed", "Meddelande skickat"
    HOME = "home", "Utskriven"
    BROKEN = "broken", "Avbruten"


class NoticeState(TextChoices):
    """What receivers may know of a process that is over: that it is, never why."""

    ACTIVE = "active", "Pågår"
    ENDED = "ended", "Avslutad"
    BROKEN = "broken", "Avbruten"


class BreakReason(TextChoices):
    MOVED = "moved", "Vården fortsätter på en annan avdelning"
    NOT_NEEDED = "not_needed", "Insatser efteråt behövs inte"
    DIED = "died", "Personen har avlidit"
    MISTAKE = "mistake", "Registrerat av misstag"


class MessageKind(TextChoices):
    """What the ward tells the receiving units before there is any consent."""

    ADMISSION = "admission", "Inskrivningsmeddelande"
    NEW_DAY = "new_day", "Ny beräknad utskrivningsdag"
    BROKEN = "broken", "Avbrott i processen"
    ENDED = "ended", "Processen är avslutad"
    RECALLED = "recalled", "Felsänt. Förstör det ni har skrivit av"


class DischargeState(TextChoices):
    PLANNING = "planning", "Inlagd, planering pågår"
    READY = "ready", "Utskrivningsklar"
    HOME = "home", "Hemma"
    BROKEN = "broken", "Avbruten"


class Decision(TextChoices):
    """When the SIP meeting is held (UTS-5)."""

    BEFORE = "before", "SIP före utskrivningen"
    HOME = "home", "SIP hemma efter utskrivningen"
    NONE = "none", "Ingen SIP"


class WhyBefore(TextChoices):
    """Why the meeting cannot wait until the person is at home (UTS-5)."""

    PALLIATIVE = "palliative", "Palliativ vård"
    ADVANCED = "advanced", "Avancerad vård i hemmet"
    LARGE_NEEDS = "large_needs", "Stora nya behov"
    SEVERE_PSYCHIATRIC = "severe_psychiatric", "Svår psykisk sjukdom eller flera tillstånd samtidigt"
    RISK = "risk", "Risk för suicid eller olycka"


class WhyNone(TextChoices):
    """Why there is no SIP; the last only when just one huvudman has measures (UTS-4)."""

    DECLINED = "declined", "Personen har erbjudits en SIP och tackat nej"
    IN_FORCE = "in_force", "Den SIP som gäller räcker"
    OTHER_PLAN = "other_plan", "En annan plan räcker"
    ONE_SIDE = "one_side", "Insatser behövs bara från en huvudman"


class CarePlanKind(TextChoices):
    LPT = "lpt", "Öppen psykiatrisk tvångsvård (ÖPT), LPT 7 a §"
    LRV = "lrv", "Öppen rättspsykiatrisk vård (ÖRV), LRV 12 a §"


class CarePlanState(TextChoices):
    DRAFT = "draft", "Skrivs"
    ESTABLISHED = "established", "Upprättad"
    ENDED = "ended", "Avslutad"
