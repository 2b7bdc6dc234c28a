"""The providers on one port: each realm under its own path, its pages and the addresses that the client calls."""

import contextlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2 import OAuth2Error

from sip.demo.provider import pages, people
from sip.demo.provider.grants import Answer, Asked, Server
from sip.demo.provider.realm import ACR, Login, Realm

LARGEST = 64 * 1024
HTML = "text/html; charset=utf-8"


class Desk:
    """What one realm answers to each address."""

    def __init__(self, realm: Realm):
        self.realm = realm
        self.server = Server(realm)
        # Named for the realm: cookies do not tell ports apart, and the client has its own on this host.
        self.cookie = f"provider_{realm.kind}"

    # For programs

    def description(self, asked: Asked) -> Answer:
        return as_json(self.realm.metadata())

    def jwks(self, asked: Asked) -> Answer:
        return as_json(self.realm.jwks())

    def token(self, asked: Asked) -> Answer:
        return self.server.create_token_response(asked)

    def userinfo(self, asked: Asked) -> Answer:
        word, _, token = asked.headers.get("Authorization", "").partition(" ")
        login = self.realm.access.get(token) if word.lower() == "bearer" else None
        if login is None:
            return Answer(401, {"error": "invalid_token"}, {"WWW-Authenticate": "Bearer"})
        return as_json(self.realm.claims(login))

    # For people

    def authorize(self, asked: Asked) -> Answer:
        """Straight back for somebody who is logged in and was not asked to do it again; else the login page."""
        login = self.logged_in(asked)
        try:
            grant = self.server.get_consent_grant(asked, end_user=login)
        except OAuth2Error as error:
            return self.server.handle_error_response(None, error)
        wanted = grant.request.payload.data
        old = login and time.time() - login.auth_time > float(wanted.get("max_age") or "inf")
        if login and not old and grant.prompt != "login":
            return self.server.create_authorization_response(grant.request, grant_user=login, grant=grant)
        key = secrets.token_urlsafe(16)
        self.realm.asked[key] = asked.address
        return as_page(pages.choose_person(self.realm, key))

    def login(self, asked: Asked) -> Answer:
        """The login page's answer: a person, perhaps a commission, and back with a code."""
        form, key = asked.form, asked.form.get("asked", "")
        if key not in self.realm.asked:
            return as_page(pages.told(self.realm, "Börja om", "Inloggningen är för gammal."), 400)
        if form.get("do") == "cancel":
            return self.finish(key, None)
        person, level = self.chosen(form), form.get("level", "")
        if person is None or level not in ACR[self.realm.kind]:
            wrong = "Numret är inte något av Skatteverkets testnummer." if form.get("number") else "Välj en person."
            return as_page(pages.choose_person(self.realm, key, wrong=wrong))
        if len(person.commissions) > 1 and not form.get("chosen"):
            return as_page(pages.choose_commission(self.realm, key, person, level))
        picked = tuple(one for one in person.commissions if form.get("commission", "") in ("", one.hsa_id))
        made = Login(person, ACR[self.realm.kind][level], picked)
        self.realm.logins[made.sid] = made
        answer = self.finish(key, made)
        answer.headers["Set-Cookie"] = f"{self.cookie}={made.sid}; Path=/; HttpOnly; SameSite=Lax"
        return answer

    def chosen(self, form: dict[str, str]) -> people.Person | None:
        if self.realm.kind == "citizen" and form.get("number"):
            return people.with_number(form["number"])
        return next((one for one in self.realm.people if one.key == form.get("person")), None)

    def finish(self, key: str, login: Login | None) -> Answer:
        again = Asked("GET", self.realm.asked.pop(key), {})
        try:
            grant = self.server.get_consent_grant(again, end_user=login)
        except OAuth2Error as error:
            return self.server.handle_error_response(None, error)
        return self.server.create_authorization_response(grant.request, grant_user=login, grant=grant)

    def logout(self, asked: Asked) -> Answer:
        """The logout that the client begins, with a form or an address."""
        try:
            wish = self.server.validate_endpoint_request("end_session", asked)
        except OAuth2Error as error:
            return self.server.handle_error_response(None, error)
        if wish.needs_confirmation:
            return self.overview(asked)
        answer = self.server.create_endpoint_response("end_session", wish)
        return answer or as_page(pages.told(self.realm, "Du är utloggad", "Du kan stänga sidan."))

    def leave(self, asked: Asked) -> Answer:
        """The logout that begins here: every client is told."""
        if login := self.logged_in(asked):
            self.realm.end(login.sid)
        return as_page(pages.told(self.realm, "Du är utloggad", "Du är utloggad överallt."))

    def rotate(self, asked: Asked) -> Answer:
        self.realm.rotate()
        return self.overview(asked)

    def overview(self, asked: Asked) -> Answer:
        return as_page(pages.overview(self.realm, self.logged_in(asked)))

    def logged_in(self, asked: Asked) -> Login | None:
        with contextlib.suppress(CookieError):
            found = SimpleCookie(asked.headers.get("Cookie", "")).get(self.cookie)
            return self.realm.logins.get(found.value) if found else None
        return None

    ADDRESSES = {
        ("GET", "/.well-known/openid-configuration"): description,
        ("GET", "/jwks"): jwks,
        ("POST", "/token"): token,
        ("GET", "/userinfo"): userinfo,
        ("GET", "/authorize"): authorize,
        ("POST", "/login"): login,
        ("GET", "/logout"): logout,
        ("POST", "/logout"): logout,
        ("GET", "/"): overview,
        ("POST", "/leave"): leave,
        ("POST", "/rotate"): rotate,
    }

    def answer(self, path: str, asked: Asked) -> Answer:
        found = self.ADDRESSES.get((asked.method, path))
        return found(self, asked) if found else Answer(404, "Adressen finns inte.", {})


def as_json(found: dict) -> Answer:
    return Answer(200, found, {})


def as_page(text: str, status: int = 200) -> Answer:
    return Answer(status, text, {"Content-Type": HTML})


def handler(desks: dict[str, Desk], host: str) -> type[BaseHTTPRequestHandler]:
    """The request handler for all realms, by the first word of the path."""
    back = sorted({"{0.scheme}://{0.netloc}".format(urlsplit(one)) for desk in desks.values()
                   for one in desk.realm.client.redirect_uris})  # fmt: skip
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {' '.join(back)}"
    )

    class Handler(BaseHTTPRequestHandler):
        server_version = "Provider"
        sys_version = ""
        timeout = 10

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if self.headers.get("Host") != host:
                self.send(Answer(HTTPStatus.MISDIRECTED_REQUEST, "Fel adress.", {}))
            elif parts.path == "/stil.css":
                self.send(Answer(200, pages.STYLE, {"Content-Type": "text/css; charset=utf-8"}))
            else:
                word, _, rest = parts.path[1:].partition("/")
                asked = Asked(self.command, f"http://{host}{self.path}", dict(self.headers), self.form())
                desk = desks.get(word)
                self.send(desk.answer(f"/{rest}", asked) if desk else Answer(404, "Adressen finns inte.", {}))

        do_POST = do_GET

        def form(self) -> dict[str, str]:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(min(length, LARGEST)).decode("utf-8", "replace")
            return dict(parse_qsl(body, keep_blank_values=True))

        def send(self, answer: Answer) -> None:
            is_data = isinstance(answer.body, dict)
            body = (json.dumps(answer.body) if is_data else str(answer.body)).encode()
            kind = "application/json" if is_data else "text/plain; charset=utf-8"
            headers = {
                "Content-Type": kind,
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
                "Content-Security-Policy": policy,
                **answer.headers,
            }
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args) -> None:
            """Addresses carry codes, which are nobody's business in a log."""

    return Handler


@contextlib.contextmanager
def serving(realms: dict[str, Realm], listening: socket.socket) -> Iterator[ThreadingHTTPServer]:
    """The providers in threads of this process for as long as the block runs."""
    port = listening.getsockname()[1]
    desks = {word: Desk(realm) for word, realm in realms.items()}
    server = ThreadingHTTPServer(("127.0.0.1", port), handler(desks, f"127.0.0.1:{port}"), bind_and_activate=False)
    server.daemon_threads = True
    server.socket.close()
    server.socket = listening
    server.server_name, server.server_port = "127.0.0.1", port
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="provider")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=2)
