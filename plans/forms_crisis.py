"""The forms of the three levels of what happens if the person gets worse; each is a block of its own (PLA-2)."""

from plans.forms import BlockForm, text

RING = "Vem, vilket nummer och vilka tider. Ett nummer per rad."


class GreenForm(BlockForm):
    columns = ("crisis_green_signs", "crisis_green_self", "crisis_green_call", "crisis_green_we_do")
    crisis_green_signs = text("Så märks det att du mår bra", "Ett tecken per rad.", 3)
    crisis_green_self = text("Det här gör du för att må bra", "Det som fungerar, så att det kan fortsätta.", 3)
    crisis_green_call = text("Hit ringer du när du undrar något", RING, 2)
    crisis_green_we_do = text("Det här gör vi när du mår bra", rows=3)


class CrisisForm(BlockForm):
    columns = ("crisis_signs", "crisis_self", "crisis_call", "crisis_we_do")
    crisis_signs = text("Tecken att se upp med", "Ett tecken per rad.")
    crisis_self = text("Det kan du göra själv", rows=3)
    crisis_call = text("Ring först", RING, 3)
    crisis_we_do = text("Då gör vi", rows=3)


class RedForm(BlockForm):
    columns = ("crisis_red_signs", "crisis_red_self", "crisis_red_call", "crisis_red_we_do")
    crisis_red_signs = text("Tecken på att det är akut", "Ett tecken per rad.", 3)
    crisis_red_self = text("Det här kan du göra när det är akut", rows=3)
    crisis_red_call = text("Ring direkt", f"{RING} 1177 och 112 läggs till av sig själva.", 3)
    crisis_red_we_do = text("Det här gör vi när det är akut", rows=3)
