"""Where the test environment's stories are told."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "cases" / "data"
