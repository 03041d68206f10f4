"""Candidate order, keys, streaming and counting."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count as naturals
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from runtime.build.candidates import AxisValues, between, candidates, count, nested
from runtime.build.inputs import Endless as Counting
from runtime.build.inputs import ValuesOf


class Endless:
    """Yields 1, 2, 3 … anew each time."""

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((n, n) for n in naturals(1))


PAGES = AxisValues("page", [("break", {"id": "break"}), ("with", {"id": "with"})])
TAKES = AxisValues("take", [(1, 1), (2, 2)])


def test_the_first_axis_is_outermost_and_the_key_is_the_axis_values() -> None:
    found = list(candidates([PAGES, TAKES]))
    assert [c.key for c in found] == [("break", 1), ("break", 2), ("with", 1), ("with", 2)]
    assert [c.index for c in found] == [0, 1, 2, 3]
    assert found[3].axes == {"page": {"id": "with"}, "take": 2}


def test_a_key_of_ones_own_replaces_the_axis_values() -> None:
    found = candidates([PAGES, TAKES], key=lambda axes: (f"{axes['take']}", True))
    assert [c.key for c in found][:2] == [("1", True), ("2", True)]


def test_an_endless_axis_is_streamed_and_a_limit_cuts() -> None:
    endless = AxisValues("take", Endless())
    assert [c.key for c in islice(candidates([endless]), 3)] == [(1,), (2,), (3,)]
    assert len(list(candidates([endless], limit=5))) == 5
    assert count([endless]) is None


def test_another_nesting_gives_the_same_candidates_with_the_same_places() -> None:
    tones = AxisValues("tone", [("dry", "dry"), ("warm", "warm"), ("sad", "sad")])
    axes = [PAGES, TAKES, tones]
    found = list(nested(axes, ["tone", "take", "page"]))
    assert sorted(found, key=lambda c: c.index) == list(candidates(axes))
    assert [c.axes["tone"] for c in found] == ["dry"] * 4 + ["warm"] * 4 + ["sad"] * 4
    assert [c.key[0] for c in found][:4] == ["break", "with", "break", "with"]


def test_a_nesting_streams_its_outer_axes() -> None:
    class Rows(list[tuple[int, int]]):
        taken = 0

        def __iter__(self) -> Iterator[tuple[int, int]]:
            for row in list.__iter__(self):
                Rows.taken += 1
                yield row

    rows = AxisValues("row", Rows((n, n) for n in range(1_000_000)))
    assert len(list(islice(nested([TAKES, rows], ["row", "take"]), 10))) == 10
    assert Rows.taken <= 6


def test_a_dataset_without_axes_has_one_candidate() -> None:
    assert [c.key for c in candidates([])] == [()]
    assert count([PAGES, TAKES]) == 4


@given(some.lists(some.integers(1, 4), min_size=0, max_size=3), some.data())
def test_a_part_of_the_candidates_is_made_without_those_before_it(sizes: list[int], data: some.DataObject) -> None:
    axes = [AxisValues(name, ValuesOf(range(size))) for name, size in zip("abc", sizes, strict=False)]
    whole = list(candidates(axes))
    start = data.draw(some.integers(0, len(whole)))
    stop = data.draw(some.integers(start, len(whole)))
    assert list(between(axes, None, start, stop)) == whole[start:stop]
    for order in permutations(axis.name for axis in axes):
        assert list(between(axes, None, start, stop, order)) == list(nested(axes, order))[start:stop]


def test_a_part_of_endless_candidates_is_made_far_out() -> None:
    axes = [AxisValues("n", Counting(naturals(1))), TAKES]
    assert [c.key for c in between(axes, None, 4, 7)] == [c.key for c in candidates(axes, limit=7)][4:]
    (far,) = between(axes, lambda values: (str(values["n"]),), 1_999_999_999, 2_000_000_000)
    assert (far.index, far.key) == (1_999_999_999, ("1000000000",))


def test_there_is_no_part_beyond_the_last_candidate() -> None:
    with pytest.raises(IndexError):
        list(between([PAGES, TAKES], None, 3, 5))
