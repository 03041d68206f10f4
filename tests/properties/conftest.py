"""What the properties were tried on in; how many specs of which kind that were, said at the end, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

TRIED = "tried: "


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Iterator[Counter[str]]:
    """Counts of specs by kind; kept with the test's report, which workers hand to the run."""
    counts: Counter[str] = Counter()
    yield counts
    for kind, number in counts.items():
        record_property(TRIED + kind, number)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: Counter[str] = Counter()
    for report in terminalreporter.stats.get("", []):
        if report.when == "teardown":
            counts.update({kind: number for kind, number in report.user_properties if kind.startswith(TRIED)})
    for kind, number in sorted(counts.items()):
        terminalreporter.write_line(f"{number:>7,} {kind.removeprefix(TRIED)}")
    if counts:
        terminalreporter.write_line(f"{sum(counts.values()):>7,} specs in all, {len(counts)} kinds")
