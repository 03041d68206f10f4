"""For the tests of engines: pauses that tests of them do not wait for."""

from __future__ import annotations

import pytest

from runtime.engines import load


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before an exchange is asked again; the pauses that a server asks for are kept."""
    monkeypatch.setattr(load, "FIRST_PAUSE", 0.001)
