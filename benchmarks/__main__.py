"""Measures the ratios that matter: python -m benchmarks --cases 20000. See benchmarks/README.md."""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sip.settings")
django.setup()

from benchmarks import measure  # noqa: E402 - the settings must stand first


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Mäter förhållanden, inte absoluta tider."
    )
    parser.add_argument("--cases", type=int, default=20_000, help="antal ärenden (förval 20000)")
    parser.add_argument("--rounds", type=int, default=100, help="varv per mätning (förval 100)")
    parser.add_argument("--log-rows", type=int, default=100_000, help="rader i loggen (förval 100000)")
    parser.add_argument("--only", choices=["sweep"], default="", help="mät bara svepet av tidsgränser")
    options = parser.parse_args()
    return measure.run(cases=options.cases, rounds=options.rounds, log_rows=options.log_rows, only=options.only)


if __name__ == "__main__":
    sys.exit(main())
