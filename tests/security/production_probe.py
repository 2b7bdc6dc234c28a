"""Run as a program with production's settings: asks every address, prints what the answers' heads say as JSON."""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402 - the settings come first
from django.urls import URLPattern, get_resolver  # noqa: E402

SAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "slug": "x", "str": "x"}


def addresses(patterns, prefix=""):
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from addresses(entry.url_patterns, route)


def filled(route: str) -> str:
    """A route with something in each of its places."""
    parts = []
    for part in route.replace("^", "").replace("$", "").replace("\\Z", "").split("/"):
        if part.startswith("<"):
            kind = part.strip("<>").split(":")[0]
            part = SAMPLES.get(kind, "x")
        parts.append(part)
    return "/" + "/".join(parts)


def seen(response) -> dict:
    return {
        "status": response.status_code,
        "headers": dict(response.items()),
        "cookies": {name: morsel.OutputString() for name, morsel in response.cookies.items()},
        "body": len(response.content),
    }


def main() -> None:
    client, found = Client(raise_request_exception=False), {}
    for route in sorted(set(addresses(get_resolver().url_patterns))):
        address = filled(route)
        found[address] = {
            "get": seen(client.get(address, secure=True)),
            "plain": seen(client.get(address)),
            "trace": seen(client.generic("TRACE", address, secure=True, HTTP_X_PROBE="told-back")),
            "post": seen(Client(enforce_csrf_checks=True, raise_request_exception=False).post(address, secure=True)),
        }
    for address in ("/finns-inte/", "/static/finns-inte.js", "/.git/config", "/manage.py", "/static/"):
        found[address] = {"get": seen(client.get(address, secure=True))}
    names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
             "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH")  # fmt: skip
    json.dump({"answers": found, "settings": {name: getattr(settings, name) for name in names}}, sys.stdout)


main()
