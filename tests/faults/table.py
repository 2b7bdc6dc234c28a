"""What each fault cost, told at the end of the run: injected, lost, twice, and how long until all was well again."""

from dataclasses import dataclass

TITLE = "fel som har provats"
HEAD = ("fel", "gjorda fel", "förlorat", "dubbelt", "återhämtat (s)")


@dataclass
class Table:
    """One test's rows; they travel with its report, also from another process."""

    properties: list

    def tell(self, name: str, *, injected: str, lost: int = 0, twice: int = 0, seconds: float | None = None) -> None:
        shown = "–" if seconds is None else f"{seconds:.1f}"
        self.properties.append(("fault", (name, injected, str(lost), str(twice), shown)))


def pytest_terminal_summary(terminalreporter):
    reports = [one for found in terminalreporter.stats.values() for one in found if hasattr(one, "user_properties")]
    told = {tuple(row) for one in reports for name, row in one.user_properties if name == "fault"}
    if not told:
        return
    rows = [HEAD, *sorted(told)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    terminalreporter.section(TITLE)
    for name, injected, *numbers in rows:
        shown = [number.rjust(width) for number, width in zip(numbers, widths[2:], strict=True)]
        terminalreporter.write_line("  ".join([name.ljust(widths[0]), injected.ljust(widths[1]), *shown]))
