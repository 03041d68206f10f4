"""Options of the test run in; what every test may ask of it out. What was not run is said at the end."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings

# A time limit for each example says more about the machine's load than about the code.
settings.register_profile("synth", deadline=None)
settings.load_profile("synth")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected texts; review them like code")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests that need what this machine does not have are named, not hidden among the dots."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    absent = Counter(reason.removeprefix("Skipped: not run: ") for reason in reasons if ": not run: " in reason)
    for reason, number in absent.items():
        terminalreporter.write_line(f"not run: {number} tests, {reason}", yellow=True)
