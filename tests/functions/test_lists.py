"""List methods: nulls are skipped, order is stable, and an element keeps its identity and its score."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import library as fn


class GeneratedText(str):
    logprob: float


numbers = st.lists(st.none() | st.integers(0, 5))


def present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


@given(numbers)
def test_every_method_skips_nulls(values: list[int | None]) -> None:
    kept = present(values)
    assert fn.list_count(values) == len(kept)
    assert fn.list_where(values, lambda it: True) == kept
    assert fn.list_map(values, lambda it: it) == kept
    assert fn.list_first(values) == (kept[0] if kept else None)
    assert fn.list_last(values) == (kept[-1] if kept else None)
    assert fn.list_sum(values) == sum(kept)
    assert fn.list_rank(values) == sorted(kept, reverse=True)
    assert fn.list_sort(values) == sorted(kept)


@given(numbers, numbers)
def test_same_as_ignores_order_and_nothing_else(left: list[int | None], right: list[int | None]) -> None:
    assert fn.list_same_as(left, right) == (sorted(present(left)) == sorted(present(right)))


def test_elements_of_different_types_are_different() -> None:
    assert fn.list_unique([1, 1.0, True, "1", 1]) == [1, 1.0, True, "1"]
    assert not fn.list_contains([1], "1")
    assert fn.list_contains([{"b": 1, "a": 2}], {"a": 2, "b": 1})


@given(st.lists(st.integers(0, 3)), st.integers(-1, 5))
def test_top_is_the_head_of_rank(values: list[int], n: int) -> None:
    assert fn.list_top(values, n) == fn.list_rank(values)[: max(n, 0)]


def test_aligned_lists_follow_their_elements_through_every_cut() -> None:
    drafts, trials = ["a", "b", "c", "d"], [3, 0, 5, 0]
    passing = fn.list_where(drafts, fn.aligned(lambda it, place: fn.own(trials, place) > 0))
    assert passing == ["a", "c"]
    ranked = fn.list_rank(passing, fn.aligned(lambda it, place: fn.own(trials, place)))
    assert ranked == ["c", "a"]
    last = fn.cut(ranked, 1, None)
    assert fn.list_map(last, fn.aligned(lambda it, place: fn.own(trials, place))) == [3]


def test_an_aligned_list_may_itself_be_cut() -> None:
    trials = fn.list_where([3, 0, 5], lambda it: it > 0)
    assert [fn.own(trials, place) for place in range(4)] == [3, None, 5, None]
    assert fn.own(None, 0) is None


def test_ranked_elements_carry_their_score_and_stay_equal() -> None:
    texts = fn.list_rank(["aa", "b"], len)
    assert texts == ["aa", "b"]
    assert [fn.score(text) for text in texts] == [2, 1]
    record = fn.list_best([{"a": 1}, {"a": 5}], lambda it: it["a"])
    assert record == {"a": 5}
    assert fn.score(record) == 5
    assert fn.score("never ranked") is None


def test_a_generated_text_keeps_its_meta_when_it_is_ranked() -> None:
    draft = GeneratedText("text")
    draft.logprob = -0.5
    best = fn.list_best([draft], lambda it: 1.0)
    assert best == draft
    assert best.logprob == -0.5
    assert best.score == 1.0
    assert not hasattr(draft, "score")


def test_elements_without_a_score_rank_last_and_equal_ones_keep_their_order() -> None:
    assert fn.list_rank(["x", "a", "b"], {"a": 1, "b": 1}.get) == ["a", "b", "x"]


def test_majority_prefers_the_earliest_of_equals() -> None:
    assert fn.list_majority(["b", "a", "a", "b"]) == "b"
    assert fn.list_majority([]) is None
    assert fn.list_majority([{"v": 1, "t": "x"}, {"v": 2}, {"v": 1}], lambda it: it["v"]) == {"v": 1, "t": "x"}


def test_bare_any_and_none_ask_for_an_element_other_than_false() -> None:
    assert fn.list_any([False, True])
    assert not fn.list_any([False, None])
    assert fn.list_none([])
    assert fn.list_all([])
    assert not fn.list_all([True, False])


def test_an_index_outside_is_null_and_ranges_include_both_ends() -> None:
    assert fn.index([1, 2], 2) is None
    assert fn.index([1, 2], -1) == 2
    assert fn.index({"a": 1}, "b") is None
    assert fn.cut([1, 2, 3, 4], 1, 2) == [2, 3]
    assert fn.cut("abcd", 1, -1) == "bcd"
    assert fn.cut([1, 2, 3], None, 1) == [1, 2]


def test_flat_skips_null_lists_and_null_elements() -> None:
    assert fn.list_flat([[1, None], None, [2]]) == [1, 2]  # type: ignore[list-item]


def test_join_prints_elements_as_a_template_does() -> None:
    assert fn.list_join(["a", None, 2, True], "; ") == "a; 2; true"


@pytest.mark.parametrize("values", [None, 3, True, "ab", [1, 2], {"a": 1, "b": [2]}])
@pytest.mark.parametrize("key", [None, 0, -1, 9, "a", "z", True, [1], {}])
def test_an_element_that_is_not_there_is_null(values: Any, key: object) -> None:
    """Data under a schema may be anything."""
    found = fn.index(values, key)
    assert found is None or found in (values if isinstance(values, (str, list)) else values.values())


def test_elements_are_found_in_data_of_any_depth() -> None:
    assert fn.index(fn.index({"b": [2, 3]}, "b"), -1) == 3
    assert fn.index("ab", -2) == "a"
