"""The operations page keeps up with what the settings read."""

import re

from tests.platform.stand_in import PROJECT

NAME = re.compile(r'"((?:SIP_|DATABASE_|REDIS_)[A-Z_]+)"')


def test_every_environment_variable_is_described():
    read = set()
    for place in ("sip/settings.py", "organisations/database_roles.py"):
        read |= {
            name
            for line in (PROJECT / place).read_text().splitlines()
            if "env" in line or "_URL" in line
            for name in NAME.findall(line)
        }
    page = (PROJECT / "docs" / "drift.md").read_text()
    assert read
    assert [name for name in sorted(read) if f"`{name}`" not in page] == []
