"""The table of digests finds each by its bytes, whatever their number and however they collide."""

from __future__ import annotations

from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as some

from runtime.filters import digests
from runtime.filters.digests import DigestTable


def digest(number: int) -> bytes:
    return blake2b(str(number).encode(), digest_size=16).digest()


@pytest.mark.parametrize("vector", [0, 1 << 14])
def test_a_table_that_grows_finds_all_it_has_and_nothing_else(monkeypatch: pytest.MonkeyPatch, vector: int) -> None:
    monkeypatch.setattr(digests, "_VECTOR", vector)
    table = DigestTable()
    assert [table.add(digest(number)) for number in range(20_000)] == list(range(20_000))
    assert [table.find(digest(number)) for number in range(20_000)] == list(range(20_000))
    assert all(table.find(digest(number)) is None for number in range(20_000, 21_000))


@given(some.lists(some.tuples(some.integers(0, 3), some.integers(0, 400), some.booleans()), max_size=900, unique=True))
def test_digests_that_want_one_place_are_told_apart(wanted: list[tuple[int, int, bool]]) -> None:
    """Highest halves of few values, so that all of them begin their search at the same few places."""
    table, known = DigestTable(), dict[bytes, int]()
    for high, low, skipped in wanted:
        if skipped:
            table.skip()
        found = high.to_bytes(8, "little") + low.to_bytes(8, "little")
        assert table.find(found) == known.get(found)
        if found not in known:
            known[found] = table.add(found)
    assert {found: table.find(found) for found in known} == known
