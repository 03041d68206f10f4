"""Options of the test run in; what every test may ask of it out. What was not run is said at the end."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Generator

import pytest
from hypothesis import settings

# A time limit for each example says more about the machine's load than about the code. Properties that name no number
# of examples are tried on forty in each run of the tests, and on three hundred in `make soak`.
settings.register_profile("synth", deadline=None, max_examples=int(os.environ.get("SYNTH_TEST_EXAMPLES", "40")))
settings.load_profile("synth")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected texts; review them like code")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests and the trees of their files stay to the end: looking for cycles among them costs a fifth."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)


def pytest_unconfigure(config: pytest.Config) -> None:
    """What is frozen would be told as leaked by libraries that count their objects at the end.

    A worker of several has nobody to tell it to, and looking at all that is frozen takes two seconds.
    """
    if not hasattr(config, "workerinput"):
        gc.unfreeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests that need what this machine does not have are named, not hidden among the dots."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    absent = Counter(reason.removeprefix("Skipped: not run: ") for reason in reasons if ": not run: " in reason)
    for reason, number in absent.items():
        terminalreporter.write_line(f"not run: {number} tests, {reason}", yellow=True)
