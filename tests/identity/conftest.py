from dataclasses import dataclass, field

import pytest

from audit import log
from tests.identity import provider


@dataclass
class Logged:
    """What was written in the log outside any scope, in order; the rows are written too."""

    rows: list[tuple[str, dict]] = field(default_factory=list)

    def of(self, event: str) -> list[dict]:
        return [row for name, row in self.rows if name == event]


@pytest.fixture
def logged(monkeypatch):
    found, write = Logged(), log.append_unscoped

    def note(event, **values):
        found.rows.append((event, values))
        write(event, **values)

    monkeypatch.setattr(log, "append_unscoped", note)
    return found


@pytest.fixture
def providers(db, settings):
    """Both identity providers, running on this machine; our settings know them."""
    with provider.running(settings) as found:
        yield found
