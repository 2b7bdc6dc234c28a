"""A narrow exception from the idle limit: one place that stays open to one user until a stated time.

A meeting is led from a page that nobody may touch for half an hour. The window holds for that page and what lies below
it, for the user and the assignment that opened it, and to its end. All other pages follow the idle limit as always:
once that has passed nothing but the window can be reached, and nothing in the window moves the limit back. The
absolute limit, the door of each page and the demand for a fresh login stand. The session lies in the database, so the
browser cannot change what is written here.
"""

from django.urls import reverse

from organisations import session_rules as rules

KEY = "window"
# The page's own question about the time left says by this that it stands in the window.
ASKS = "i"


def keep(session, *, path: str, until: int, user_id: int) -> None:
    """Open the window, or say again how long it stands; `until` is epoch seconds."""
    window = {"path": path, "until": until, "user": user_id, "assignment": session.get(rules.ACTING)}
    if session.get(KEY) != window:
        session[KEY] = window


def close(session) -> None:
    session.pop(KEY, None)


def standing(request) -> dict | None:
    """The session's window, while it is open to the one who asks."""
    window = request.session.get(KEY)
    if not window or rules.now() > min(window["until"], rules.absolute_end(request.session)):
        return None
    same = (window["user"], window["assignment"]) == (request.user.pk, request.session.get(rules.ACTING))
    return window if same else None


def covers(request) -> dict | None:
    """The window, if the request is for a page in it, or for the time left on such a page."""
    window = standing(request)
    if window is None:
        return None
    asks = request.method == "GET" and request.path == reverse("organisations:session_status")
    inside = request.path.startswith(window["path"]) or (asks and request.GET.get(ASKS) == "1")
    return window if inside else None


def shown(request) -> dict:
    """What `session_rules.shown` says, for a page in the window: it ends with the window and cannot be prolonged."""
    said = rules.shown(request) | {"status": reverse("organisations:session_status")}
    window = covers(request)
    if window is None:
        return said
    said["status"] += f"?{ASKS}=1"
    end = min(window["until"], rules.absolute_end(request.session))
    left = max(0, end - rules.now())
    return said | {"left": left, "limit": rules.ABSOLUTE} if left > said["left"] else said
