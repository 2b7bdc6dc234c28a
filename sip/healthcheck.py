"""`python -m sip.healthcheck web|beat`: what a container engine asks to know whether a process is well."""

import http.client
import os
import sys
import time
from pathlib import Path

BEAT_SECONDS = 600


def web_is_well(port: int) -> bool:
    """Asks as a real host name, since an unknown one is refused before any view runs."""
    host = os.environ.get("SIP_ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def beat_is_well(schedule: Path) -> bool:
    """The clock writes its schedule every few minutes; an old file means that it hangs."""
    written = [place.stat().st_mtime for place in schedule.parent.glob(f"{schedule.name}*")]
    return bool(written) and time.time() - max(written) < BEAT_SECONDS


def main(words: list[str]) -> int:
    if words == ["web"]:
        well = web_is_well(int(os.environ.get("GRANIAN_PORT", "8000")))
    elif len(words) == 2 and words[0] == "beat":
        well = beat_is_well(Path(words[1]))
    else:
        print("Användning: python -m sip.healthcheck web | beat SCHEMAFIL", file=sys.stderr)
        return 2
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
