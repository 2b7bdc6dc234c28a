"""How long a session lives and how fresh a login is: pure rules over the session's own values (ASVS V7.3, V7.5.3)."""

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

ACTING = "assignment_id"
# Not every page that is read needs to write: a move of less than this is left out, always to the stricter side.
SEEN_EVERY_SECONDS = 10
IDLE, ABSOLUTE = "idle", "absolute"


def now() -> int:
    return int(time.time())


def start(session, *, kind: str, method: str, auth_time: int) -> None:
    """Write what every later question is answered from."""
    session["kind"], session["method"] = kind, method
    session["signed_in_at"] = session["seen"] = now()
    session["auth_time"] = auth_time


def ends_at(session) -> tuple[int, str]:
    """When this session ends if nothing more happens, and which of the two limits it is."""
    kind = session.get("kind", "staff")
    idle = session.get("seen", 0) + settings.SESSION_IDLE_SECONDS[kind]
    absolute = absolute_end(session)
    return (idle, IDLE) if idle < absolute else (absolute, ABSOLUTE)


def absolute_end(session) -> int:
    """When the session ends whatever happens."""
    return session.get("signed_in_at", 0) + settings.SESSION_ABSOLUTE_SECONDS[session.get("kind", "staff")]


def ended(session) -> str:
    """Which limit has passed: `idle`, `absolute` or an empty string."""
    at, limit = ends_at(session)
    return limit if now() > at else ""


def prolong(session, *, at_once: bool) -> None:
    """Move the idle limit; the absolute one never moves."""
    if at_once or now() - session.get("seen", 0) >= SEEN_EVERY_SECONDS:
        session["seen"] = now()


def agrees(session, assignment_id: int) -> bool:
    """An identity provider's claims may leave out some of the user's assignments; other logins take all."""
    return "purposes" not in session or str(assignment_id) in session["purposes"]


def purpose_of(session, assignment_id: int) -> str:
    """The purpose that the login's commission states for the assignment, else an empty string."""
    return session.get("purposes", {}).get(str(assignment_id), "")


def is_fresh(session) -> bool:
    """Somebody proved who they are within the last five minutes. A time ahead of ours proves nothing."""
    age = now() - session.get("auth_time", 0)
    return -settings.CLOCK_SKEW_SECONDS <= age <= settings.STEP_UP_SECONDS


def who(request) -> str:
    """The same for the same user in the same assignment, and nothing that can be read back."""
    value = f"{request.user.pk}:{request.session.get(ACTING, '')}"
    return salted_hmac("organisations.session_rules.who", value).hexdigest()[:20]


def shown(request) -> dict:
    """What a page and its warning tell about the session: time left, which limit, and whose it is."""
    at, limit = ends_at(request.session)
    kind = request.session.get("kind", "staff")
    return {
        "left": max(0, at - now()),
        "limit": limit,
        "who": who(request),
        "warn": settings.SESSION_WARNING_SECONDS,
        "minutes": settings.SESSION_IDLE_SECONDS[kind] // 60,
        "latest": timezone.localtime(
            datetime.fromtimestamp(request.session.get("signed_in_at", 0), UTC)
            + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS[kind])
        ),
    }
