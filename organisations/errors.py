"""What services raise when a rule says no; the text is for the user, in Swedish."""


class RuleBroken(Exception):
    """A rule of the process refuses this; nothing has been changed. `field` names the form field, if any."""

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.field = field


class Conflict(RuleBroken):
    """Somebody else changed the same thing first."""

    api_status = 412
