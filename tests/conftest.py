"""Options of the test run in; what every test may ask of it out."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A time limit for each example says more about the machine's load than about the code.
settings.register_profile("synth", deadline=None)
settings.load_profile("synth")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected texts; review them like code")
