"""Application logs as JSON lines with ids only: no request body, no query, no exception's own words.

An exception's text can hold what somebody wrote (PostgreSQL tells the row, Python the value), so only its class,
its place in the code and the database's error code are kept. A net catches what looks like a personnummer.
"""

import json
import logging
import re
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)")
_ROOT = Path(__file__).resolve().parent.parent
# What Celery's own lines say of a task beside its name and id.
_TOLD_BY_CELERY = ("exc", "traceback", "args", "kwargs", "return_value")
_SILENT = {"healthz", "readyz"}
_requests = logging.getLogger("sip.request")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII, so that no text can begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row = {"at": at, "level": record.levelname, "logger": record.name, "message": message_of(record)}
        row |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            row |= told_of(record.exc_info[1])
        return _NUMBER.sub("[nummer]", json.dumps(row, default=str))


def message_of(record: logging.LogRecord) -> str:
    """The message with exceptions as their class alone; Celery passes them among named values."""
    if isinstance(record.args, dict):
        values = {**record.args, **dict.fromkeys(_TOLD_BY_CELERY, "-")}
    else:
        # Django tells the address of a request that it refuses: it may hold a link (KAL-3), and always a case.
        path = getattr(getattr(record, "request", None), "path", "")
        told = {path, path.encode("unicode_escape").decode()} - {""}
        values = tuple(type(a).__name__ if isinstance(a, BaseException) else a for a in record.args or ())
        values = tuple("-" if isinstance(a, str) and a in told else a for a in values)
    try:
        return str(record.msg) % values if values else _plain(record.msg)
    except (TypeError, ValueError, KeyError):
        # The logging module would print the values to say that they do not fit.
        return str(record.msg)


def _plain(message) -> str:
    return type(message).__name__ if isinstance(message, BaseException) else str(message)


def told_of(error: BaseException) -> dict:
    """Class, error code and place of an exception and of those behind it."""
    classes, codes = [], []
    found: BaseException | None = error
    while found is not None and len(classes) < 10:
        classes.append(type(found).__name__)
        codes += [found.sqlstate] if getattr(found, "sqlstate", None) else []
        found = found.__cause__ or found.__context__
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": classes, "where": where} | ({"sqlstate": codes[0]} if codes else {})


def _short(filename: str) -> str:
    """A path within the product or the library, and not where it is installed."""
    place = Path(filename)
    if place.is_relative_to(_ROOT) and "site-packages" not in place.parts:
        return str(place.relative_to(_ROOT))
    return "/".join(place.parts[-2:])


class RequestLogMiddleware:
    """One line a request: method, name of the address, status, time and login; never the address itself."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        match, actor = request.resolver_match, getattr(request, "actor", None)
        route = match.view_name if match else None
        if route not in _SILENT:
            _requests.info("request", extra={"fields": {
                "method": request.method if request.method.isalpha() else "-", "route": route,
                "status": response.status_code, "ms": round((time.perf_counter() - began) * 1000),
                "user": actor.user_id if actor else None,
            }})  # fmt: skip
        return response
