"""Measures over the whole result: exact on small columns, null where there is nothing to measure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import results


def test_measures_leave_null_cells_out() -> None:
    assert results.mean([1, None, 3]) == 2
    assert results.sum_([1, None, 3]) == 4
    assert results.min_([None, 3, 1]) == 1
    assert results.max_([None, 3, 1]) == 3


def test_a_measure_of_nothing_is_null_so_that_an_audit_on_it_fails() -> None:
    assert results.mean([]) is None
    assert results.share([]) is None
    assert results.quantile([None], 0.5) is None
    assert results.distinct([]) is None


def test_a_condition_that_is_null_does_not_hold() -> None:
    assert results.share([True, None, False, True]) == 0.5
    assert results.count([True, None, False]) == 1


@given(st.lists(st.integers(-99, 99), min_size=1), st.floats(0, 1))
def test_a_quantile_lies_between_the_lowest_and_the_highest(values: list[int], q: float) -> None:
    found = results.quantile(values, q)
    assert found is not None
    assert min(values) <= found <= max(values)
    assert results.quantile(values, 0) == min(values)
    assert results.quantile(values, 1) == max(values)


def test_distinct_counts_runs_of_words_over_all_rows() -> None:
    assert results.distinct(["why so fast", "Why so slow?"], ngram=2) == 0.75


def test_unique_sees_through_types_and_tuples() -> None:
    assert results.unique([("a", 1), ("a", 2)])
    assert not results.unique([("a", 1), ("a", 1)])
    assert results.unique([1, "1", 1.0])


def test_distinct_of_many_is_that_of_a_set() -> None:
    texts = [f"{number % 900} {number % 700}" for number in range(150_000)]
    assert results.distinct(texts, ngram=2) == len(set(texts)) / len(texts)
