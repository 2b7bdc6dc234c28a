"""What was typed in a form that could not be taken now: kept in the session of the one who typed it.

Two roads lead here: the session had ended, or the address asks for a fresh login. Afterwards the form is shown
filled in again, or offered for sending as it was; nothing is saved without the person's own press.
"""

from functools import wraps

from django.contrib import messages
from django.http import QueryDict

from organisations import session_rules as rules

KEY = "held_form"
KEPT_SECONDS = 3600
BACK = "Det du skrev är tillbaka i formuläret. Det är inte sparat än."
SHORT = 20
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def pairs_of(request) -> list[tuple[str, str]]:
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    return [pair for pair in sent if pair[0] != "csrfmiddlewaretoken"]


def form_of(request, view) -> dict | None:
    """The sent form as it goes into a session, or None when there is nothing that may be kept."""
    not_kept = getattr(view, "unscoped", False) or getattr(view, "fleeting", False)
    if request.method != "POST" or not_kept or request.content_type not in FORMS:
        return None
    return {
        "user": request.user.pk,
        "assignment": request.session.get(rules.ACTING),
        "path": request.get_full_path(),
        "pairs": pairs_of(request),
        "at": rules.now(),
        "refills": getattr(view, "refills", False),
    }


def waiting(session, user) -> dict | None:
    """The form that waits for this user, for at most an hour."""
    kept = session.get(KEY)
    ours = kept and kept["user"] == user.pk and rules.now() - kept["at"] <= KEPT_SECONDS
    return kept if ours else None


def as_sent(pairs) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, value in pairs:
        sent.appendlist(name, value)
    return sent


def texts(pairs) -> list[str]:
    """The longer pieces of what was typed, so that it can be seen to be there, and copied."""
    return [value for _, value in pairs if len(value) > SHORT]


def drop(session) -> None:
    session.pop(KEY, None)


def drop_when_sent(request) -> None:
    kept = request.session.get(KEY)
    if kept and request.method == "POST" and kept["path"] == request.get_full_path():
        drop(request.session)


def fleeting(view):
    """Mark a view that the browser itself posts to while somebody types: nothing of it waits for a new login."""
    view.fleeting = True
    return view


def refills(view):
    """Decorate a form view: after a new login it shows the form with what was typed.

    Only for a view that saves and says that it has saved under `request.method == "POST"` alone.
    """

    @wraps(view)
    def filled(request, *args, **kwargs):
        kept = waiting(request.session, request.user)
        if request.method == "GET" and kept and kept["path"] == request.get_full_path():
            request.POST = as_sent(kept["pairs"])
            messages.info(request, BACK)
        return view(request, *args, **kwargs)

    filled.refills = True
    return filled
