"""The papers' own words: what each is for, and what is said to the person about grounds, ends and questions."""

from django.utils.translation import gettext_lazy

from cases.enums import CloseReason
from consent.models import Ground
from papers.models import Kind

# What each is for, on the pages that list them.
USE = {
    Kind.LEAFLET: "Vad en SIP är, med vanliga ord. Lämna det när du frågar om personen vill ha en SIP.",
    Kind.CONSENT: "De två frågorna, vilka det gäller, vad som inte får delas och hur man ändrar sig.",
    Kind.CALL: "Brev till kommunens och regionens enheter, med svarsdel.",
    Kind.INVITATION: "Brev till personen och till dem som är inbjudna men inte skyldiga att komma.",
    Kind.CIRCLE: "Mötets fem delar med tid. På baksidan står vad var och en kan tänka på före mötet.",
    Kind.PACK: "Dagordning, närvaro, planen hittills, anteckningar och blanketter i en fil, för ett möte utan nät.",
    Kind.PLAN: "Planen till personen. Den tomma går att fylla i för hand.",
    Kind.FOLLOW_UP: "Frågorna vid uppföljningen, med planens mål och insatser. Efteråt: det som skrevs.",
    Kind.CLOSURE: "Varför planen avslutas, vad som händer nu och vem man ringer.",
}

# How each ground is told to the person.
GROUNDS = {
    Ground.GUARDIAN: (gettext_lazy("Vårdnadshavare"), gettext_lazy("Svarar för ett barn. Finns det två svarar båda.")),
    Ground.GOD_MAN: (gettext_lazy("God man"), gettext_lazy("Får svara bara om du själv också säger ja.")),
    Ground.FORVALTARE: (gettext_lazy("Förvaltare"), gettext_lazy("Får svara i det som uppdraget gäller.")),
    Ground.FUTURE_POWER: (
        gettext_lazy("Den som har din framtidsfullmakt"),
        gettext_lazy("Får svara när fullmakten har börjat gälla."),
    ),
    Ground.POWER: (
        gettext_lazy("Den som har din fullmakt"),
        gettext_lazy("Får svara så länge du själv förstår vad fullmakten betyder."),
    ),
    Ground.OMBUD: (gettext_lazy("Personligt ombud"), gettext_lazy("Är med som stöd men svarar inte i ditt ställe.")),
}

WHY_CLOSED = {
    CloseReason.GOALS_MET: gettext_lazy("Målen i planen är nådda."),
    CloseReason.COORDINATION_WORKS: gettext_lazy("Samarbetet fungerar utan en plan."),
    CloseReason.NOT_NEEDED: gettext_lazy("Det behövs ingen gemensam plan längre."),
    CloseReason.WITHDRAWN: gettext_lazy("Samtycket är tillbakataget. Inget mer delas."),
    CloseReason.OTHER_PLAN: gettext_lazy("En annan plan räcker."),
    CloseReason.COMPULSORY_PLAN: gettext_lazy("En samordnad vårdplan görs i stället."),
    CloseReason.REFUSED: gettext_lazy("Svaret på frågan om en plan blev nej."),
    CloseReason.MOVED: gettext_lazy("Flytt till en annan ort."),
}

# The questions of a follow-up (UPP-3), by the field of the record.
FOLLOW_UP = {
    "how_it_went": gettext_lazy("Hur har det gått?"),
    "helped": gettext_lazy("Vad har hjälpt?"),
    "hindered": gettext_lazy("Vad har hindrat?"),
    "new_circumstances": gettext_lazy("Har något nytt hänt?"),
    "effect": gettext_lazy("Blev det som du ville?"),
}
COORDINATION = gettext_lazy("Behövs samordning fortfarande? Ska insatserna fortsätta?")

# The texts of a plan that is written by hand, before and after the goals.
PLAN_FIRST = (
    gettext_lazy("Vad är viktigt för dig?"),
    gettext_lazy("Därför har du en SIP"),
    gettext_lazy("Det här fungerar bra"),
    gettext_lazy("Så är det nu och det här behöver du"),
    gettext_lazy("Huvudmål"),
)
PLAN_LAST = (
    gettext_lazy("Det här gör du själv, och det här gör dina närstående"),
    gettext_lazy("Det här gör andra än kommunen och regionen, eller: ingen"),
    gettext_lazy("Om du mår sämre: tecken, vad du gör, vem du ringer, vad vi gör"),
    gettext_lazy("Det här tycker du om planen. Det här är vi inte överens om"),
)

AFTERWARDS = (
    gettext_lazy("För in vilka som kom och vilka som inte kom, och kryssa i att mötet förs in i efterhand."),
    gettext_lazy("Skriv planen."),
    gettext_lazy("Läs upp eller visa planen för personen innan den godkänns."),
    gettext_lazy("Se till att dagen för uppföljningen står i planen."),
)
