"""What two sequences share is found whole: against the textbook's table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runtime.diff.align import common
from runtime.diff.words import word_marks

TOKENS = st.lists(st.sampled_from("abcd "), max_size=90)


def longest(before: Sequence[str], after: Sequence[str]) -> int:
    row = [0] * (len(after) + 1)
    for token in before:
        above = row
        row = [0]
        for at, other in enumerate(after):
            row.append(above[at] + 1 if token == other else max(above[at + 1], row[at]))
    return row[-1]


@given(TOKENS, TOKENS)
def test_runs_are_equal_in_order_and_as_long_as_can_be(before: list[str], after: list[str]) -> None:
    runs = common(before, after)
    assert all(size and before[i : i + size] == after[j : j + size] for i, j, size in runs)
    for (i, j, size), (next_i, next_j, _) in pairwise(runs):
        assert i + size <= next_i and j + size <= next_j
        assert (i + size, j + size) != (next_i, next_j)
    assert sum(size for _, _, size in runs) == longest(before, after)


@given(st.lists(st.sampled_from(["one", "two", "so", "not"]), min_size=60, max_size=120), st.integers(0, 59))
def test_texts_of_many_words_are_read_off_their_marks(words: list[str], at: int) -> None:
    before, after = " ".join(words), " ".join([*words[:at], "new", *words[at + 2 :], "end"])
    marks = word_marks(before, after)
    assert "".join(mark.text for mark in marks if mark.op != "insert") == before
    assert "".join(mark.text for mark in marks if mark.op != "delete") == after
