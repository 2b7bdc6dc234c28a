"""Every check of the code that is not a test; `./run lint` calls it."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
# Written in two parts so that this file passes its own check.
REGISTRIES = tuple(".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org")))
MAY_NAME_PATHS = {"Dockerfile", "docker-compose.yml", "uv.lock"}
SERVICES = {"postgres", "valkey", "migrate", "web", "citizen", "worker", "beat"}
SERVICE_KEYS = {
    "image", "build", "command", "entrypoint", "environment", "depends_on", "healthcheck", "read_only", "tmpfs",
    "cap_drop", "cap_add", "security_opt", "restart", "ports", "volumes", "user", "stop_grace_period",
    "stop_signal", "networks", "init", "shm_size",
}  # fmt: skip
TOP_KEYS = {"services", "volumes", "x-app", "x-hardened", "x-settings", "x-after-migrate"}
SHOWN_LINES = 60
# Nobody answers here: these checks read code and settings, never data.
NOWHERE = "postgresql://nobody:nothing@127.0.0.1:9/nothing"
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "sip.settings",
    "SIP_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "SIP_ALLOWED_HOSTS": "sip.example",
    "SIP_PUBLIC_URL": "https://sip.example",
    "SIP_DB_WEB_URL": NOWHERE,
    "SIP_DB_CITIZEN_URL": NOWHERE,
    "SIP_DB_WORKER_URL": NOWHERE,
    "REDIS_URL": "redis://127.0.0.1:9/0",
}
DEMO = {**SETTINGS, "SIP_MODE": "demo"}
PRODUCTION = {**SETTINGS, "SIP_MODE": "production"}


def command(*words: str, env: dict[str, str] | None = None) -> Callable[[], list[str]]:
    """A check that is a program's exit code."""

    def run() -> list[str]:
        done = subprocess.run(  # noqa: S603 - fixed programs
            [str(word) for word in words],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return [done.stdout + done.stderr] if done.returncode else []

    return run


def manage(*words: str, env: dict[str, str]) -> Callable[[], list[str]]:
    return command(sys.executable, "manage.py", *words, env=env)


def locks_name_no_address() -> list[str]:
    return [
        f"{place.name}:{number}: {line}"
        for place in LOCKS
        for number, line in enumerate(place.read_text().splitlines(), 1)
        if "://" in line or line.startswith(("--index", "--extra", "--find", "-f "))
    ]


def inactive_fsm_is_absent() -> list[str]:
    """The inactive package shares its folder with django-fsm-2 and would overwrite it."""
    try:
        importlib.metadata.distribution("django-fsm")
    except importlib.metadata.PackageNotFoundError:
        return []
    return ["django-fsm är installerat bredvid django-fsm-2"]


def tracked_files() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            yield ROOT / name


def no_address_of_a_machine() -> list[str]:
    """No tracked file names a package registry, this checkout or the home folder it was written in."""
    home = f"{Path.home()}/"
    forbidden = [*REGISTRIES, str(ROOT), *([home] if len(home) > 2 else [])]
    found = []
    for place in tracked_files():
        if place.name in MAY_NAME_PATHS:
            continue
        text = place.read_bytes().decode("utf-8", "replace")
        found += [f"{place.relative_to(ROOT)}: {word}" for word in forbidden if word in text]
    return found


def compose_is_sound() -> list[str]:
    """The shape of the production file: known keys, existing dependencies, hardened and checked services."""
    content = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = content["services"]
    wrong = [f"okänd nyckel överst: {key}" for key in content.keys() - TOP_KEYS]
    wrong += [f"tjänst saknas: {name}" for name in SERVICES - services.keys()]
    for name, service in services.items():
        wrong += [f"{name}: okänd nyckel {key}" for key in service.keys() - SERVICE_KEYS]
        wrong += [
            f"{name}: väntar på okänd {other}" for other in service.get("depends_on", {}).keys() - services.keys()
        ]
        required = {
            "read_only": True,
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"],
        }
        wrong += [f"{name}: {key} ska vara {value}" for key, value in required.items() if service.get(key) != value]
        if name != "migrate" and "test" not in service.get("healthcheck", {}):
            wrong.append(f"{name}: saknar healthcheck")
        if "image" not in service or service["image"].endswith(":latest"):
            wrong.append(f"{name}: saknar fast version")
        wrong += [
            f"{name}: {key} har ett skrivet värde, ska vara ${{{key}:?}}"
            for key, value in service.get("environment", {}).items()
            if key.endswith(("_KEY", "_PASSWORD", "_URL")) and "${" not in str(value) and value
        ]
    return wrong


def compose_is_valid() -> list[str]:
    """Asks Debian's docker-compose where it is installed."""
    program = shutil.which("docker-compose")
    if not program:
        return []
    text = (ROOT / "docker-compose.yml").read_text()
    names = {part.split(":?")[0].split(":-")[0].split("}")[0] for part in text.split("${")[1:]}
    return command(program, "-f", "docker-compose.yml", "config", "--quiet", env=dict.fromkeys(names, "8000"))()


CHECKS: dict[str, Callable[[], list[str]]] = {
    "ruff": command(BIN / "ruff", "check", "--output-format", "concise", "."),
    "ruff format": command(BIN / "ruff", "format", "--check", "."),
    "djlint": command(BIN / "djlint", "templates", "--lint", "--quiet"),
    "import-linter": command(BIN / "lint-imports", "--no-cache", env=DEMO),
    "makemigrations --check": manage("makemigrations", "--check", "--dry-run", env=DEMO),
    "check --deploy": manage("check", "--deploy", "--fail-level", "WARNING", env=PRODUCTION),
    "check --deploy (invånare)": manage(
        "check", "--deploy", "--fail-level", "WARNING", env={**PRODUCTION, "SIP_FACE": "citizen"}
    ),
    "låsfiler utan adresser": locks_name_no_address,
    "django-fsm saknas": inactive_fsm_is_absent,
    "inga maskinadresser": no_address_of_a_machine,
    "docker-compose.yml": compose_is_sound,
    "docker-compose config": compose_is_valid,
}


def main() -> int:
    """Runs them all, so that one run shows everything that is wrong."""
    failed = []
    for name, check in CHECKS.items():
        wrong = check()
        print(f"{'FEL' if wrong else 'ok '}  {name}", flush=True)
        if wrong:
            failed.append(name)
            lines = "\n".join(wrong).splitlines()
            print("\n".join(lines[:SHOWN_LINES]), flush=True)
            if len(lines) > SHOWN_LINES:
                print(f"… och {len(lines) - SHOWN_LINES} rader till", flush=True)
    print(f"\n{len(CHECKS) - len(failed)} av {len(CHECKS)} kontroller gick igenom.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
