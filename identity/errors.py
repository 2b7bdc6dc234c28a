"""Why a login did not come about: a word for the log, and the sentence that the person reads."""

SENTENCES = {
    "state": "Inloggningen hörde inte ihop med den här webbläsaren, eller så tog den för lång tid. Börja om.",
    "cancelled": "Inloggningen avbröts. Du kan börja om när du vill.",
    "acr": "Din e-legitimation har inte den säkerhetsnivå som krävs här. Logga in med en annan.",
    "not_registered": "Du är inte upplagd här än. Be administratören i din organisation att lägga in dig.",
    "other_subject": "Ditt id hör redan till en annan inloggning. Kontakta administratören i din organisation.",
    "other_person": "Du legitimerade dig som någon annan än den som är inloggad.",
    "inactive": "Ditt konto är avstängt. Kontakta administratören i din organisation.",
    "number": "Inloggningstjänsten lämnade inget personnummer. Logga in med en annan e-legitimation.",
    "auth_time": "Inloggningen var för gammal. Börja om och legitimera dig igen.",
    "down": "Inloggningstjänsten svarar inte just nu. Vänta en stund och försök igen.",
}
OTHERWISE = "Svaret från inloggningstjänsten gick inte att lita på, så du är inte inloggad. Börja om."


class Refused(Exception):
    """No session comes of this login; `reason` is a word for the log and never holds anything personal."""

    status = 403

    def __init__(self, reason: str, *, user_id: int | None = None):
        super().__init__(reason)
        self.reason = reason
        self.user_id = user_id

    @property
    def sentence(self) -> str:
        return SENTENCES.get(self.reason, OTHERWISE)


class ProviderDown(Refused):
    """The provider does not answer, or answers nonsense; `detail` says which part of the talk it was."""

    status = 503

    def __init__(self, detail: str):
        super().__init__("down")
        self.detail = detail
