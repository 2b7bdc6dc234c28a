"""The providers of the tests: the demo's own, and an evil one that tampers with what it signs."""

import re
import socket
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import requests
from django.test import Client as Browser
from joserfc import jwt

from identity import client
from identity.config import read
from sip.demo.provider import people, web
from sip.demo.provider.realm import Client, Realm

HERE = "http://testserver"
SECRET = "hemlighet-for-testerna-0123456789"
WAYS = {"staff": "personal", "citizen": "invanare"}


class Evil(Realm):
    """Signs what it is told to: `tamper` changes the claims, `forge` makes the token from them."""

    tamper = staticmethod(lambda claims: claims)
    forge = None

    def id_token(self, claims):
        claims = self.tamper(dict(claims))
        return self.forge(claims) if self.forge else self.issue(claims)


def listening() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(50)
    return made


def registered(kind: str, **more) -> Client:
    way = WAYS[kind]
    return Client(
        client_id=f"sip-{way}",
        redirect_uris=(f"{HERE}/logga-in/{way}/tillbaka/",),
        post_logout_redirect_uris=(f"{HERE}/logga-in/{way}/utloggad/",),
        back_channel_uri=f"{HERE}/logga-in/{way}/avsluta/",
        **({"client_secret": SECRET} | more),
    )


def environ(base: str, **changes: str) -> dict[str, str]:
    found = {}
    for kind, way in WAYS.items():
        found |= {
            f"SIP_OIDC_{kind.upper()}_ISSUER": f"{base}/{way}",
            f"SIP_OIDC_{kind.upper()}_CLIENT_ID": f"sip-{way}",
            f"SIP_OIDC_{kind.upper()}_CLIENT_SECRET": SECRET,
        }
    return {name: text for name, text in (found | changes).items() if text}


class Providers:
    """Both providers, running; and the way through a login as a browser walks it."""

    def __init__(self, base: str):
        self.base = base
        self.staff, self.citizen = (
            Evil(issuer=f"{base}/{WAYS[kind]}", kind=kind, client=registered(kind), people=listed())
            for kind, listed in (("staff", people.staff), ("citizen", people.citizens))
        )

    def ask(self, browser: Browser, way: str = "personal", **query) -> dict[str, str]:
        """Press the button; returns what the provider is asked."""
        answer = browser.get(f"/logga-in/{way}/", query)
        assert answer.status_code == 302, answer.content.decode()
        self.asked = answer["Location"]
        return {name: values[0] for name, values in parse_qs(urlsplit(self.asked).query).items()}

    def legitimate(self, who: str, *, level: str = "loa3", commission: str = "", **form) -> str:
        """Log in on the provider's page; returns the address that it sends the browser back to."""
        page = requests.get(self.asked, timeout=5)
        assert page.status_code == 200, page.text
        [key] = re.findall(r'name="asked" value="([^"]+)"', page.text)
        chosen = {"person": who, "level": level, "commission": commission, "chosen": "1", "do": "login"}
        way = urlsplit(self.asked).path.split("/")[1]
        answer = requests.post(
            f"{self.base}/{way}/login", {"asked": key} | chosen | form, allow_redirects=False, timeout=5
        )
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].removeprefix(HERE)

    def sign_in(self, browser: Browser, who: str, way: str = "personal", **how):
        """The whole way; returns the answer of our callback."""
        self.ask(browser, way)
        return browser.get(self.legitimate(who, **how))

    def signed(self, realm: Realm, claims: dict, **header) -> str:
        return self.signed_by(realm.keys[0], claims, **header)

    def signed_by(self, key, claims: dict, **header) -> str:
        return jwt.encode({"alg": "RS256", "kid": key.kid} | header, claims, key, algorithms=["RS256"])


@contextmanager
def running(settings):
    """Start both providers on a port and point the settings at them."""
    client.forget()
    door = listening()
    found = Providers(f"http://127.0.0.1:{door.getsockname()[1]}")
    with web.serving({"personal": found.staff, "invanare": found.citizen}, door):
        settings.SIP_PUBLIC_URL = HERE
        settings.OIDC_PROVIDERS = read(environ(found.base), demo=True, face="both")
        yield found
    client.forget()
