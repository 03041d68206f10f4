"""Statements over the whole table in flat memory: ten times the rows, hardly more of it."""

from __future__ import annotations

import pytest

from benchmarks.b16_whole_table import MUST_RATIO, STATEMENTS, measured


@pytest.mark.soak
@pytest.mark.parametrize("statement", STATEMENTS)
def test_memory_stays_flat_as_rows_grow(statement: str) -> None:
    assert measured(50_000, statement) / measured(5_000, statement) <= MUST_RATIO
