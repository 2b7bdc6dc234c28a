"""The demo's identity providers: one process, and what our own processes are told about it."""

import json
import secrets
import socket
import sys
from collections.abc import Mapping

from joserfc.jwk import RSAKey

from sip.demo.environment import PROJECT
from sip.demo.home import Home, write_private
from sip.demo.mailcatcher import listening_socket
from sip.demo.processes import Processes

WAYS = {"staff": "personal", "citizen": "invanare"}


def start(processes: Processes, home: Home, *, port: int) -> dict[str, str]:
    """Start the providers; returns the settings that make our web server their client.

    Staff come with a key of our own (private_key_jwt), citizens with a secret, so that both are tried.
    """
    door = own_door(port + 1)
    base = f"http://127.0.0.1:{door.getsockname()[1]}"
    key, secret = RSAKey.generate_key(2048), secrets.token_urlsafe(48)
    place = home.path / "login.pem"
    write_private(place, key.as_pem(private=True).decode())
    proofs = {"staff": {"public_key": key.as_pem(private=False).decode()}, "citizen": {"client_secret": secret}}
    realms = {way: realm(kind, way, base, port) for kind, way in WAYS.items()}
    for kind, way in WAYS.items():
        realms[way]["client"] |= proofs[kind]
    with door:
        processes.start(
            "login",
            [sys.executable, "-m", "sip.demo.provider", "--descriptor", str(door.fileno())],
            env={"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
            cwd=PROJECT,
            seconds=2,
            together=True,
            stdin=json.dumps(realms).encode(),
            descriptors=[door.fileno()],
        )
    return settings(base) | {"SIP_OIDC_STAFF_CLIENT_KEY_FILE": str(place), "SIP_OIDC_CITIZEN_CLIENT_SECRET": secret}


def own_door(port: int) -> socket.socket:
    """The port after the demo's own if it is free, so that bindings made in one run hold in the next."""
    made = socket.socket()
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", port))
        made.listen(50)
        return made
    except (OSError, OverflowError):
        made.close()
        return listening_socket()


def realm(kind: str, way: str, base: str, port: int) -> dict:
    ours = f"http://127.0.0.1:{port}/logga-in/{way}"
    return {
        "issuer": f"{base}/{way}",
        "kind": kind,
        "client": {
            "client_id": f"sip-{way}",
            "redirect_uris": [f"{ours}/tillbaka/"],
            "post_logout_redirect_uris": [f"{ours}/utloggad/"],
            "back_channel_uri": f"{ours}/avsluta/",
        },
    }


def settings(base: str) -> Mapping[str, str]:
    found = {}
    for kind, way in WAYS.items():
        found[f"SIP_OIDC_{kind.upper()}_ISSUER"] = f"{base}/{way}"
        found[f"SIP_OIDC_{kind.upper()}_CLIENT_ID"] = f"sip-{way}"
    # An outgoing proxy has no way to this machine's own port.
    return found | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
