"""A desk for each test that decides about rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.deciding import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    return lambda *arguments, **named: Desk(tmp_path / "work", *arguments, **named)
