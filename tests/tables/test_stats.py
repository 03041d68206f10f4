"""Figures of columns: exact, whatever order and parts the rows come in."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from runtime.tables.manifest import ColumnStats
from runtime.tables.schema import FLOAT, INT, STR, optional, schema
from runtime.tables.stats import TableSummary, exact_sum

SCHEMA = schema({"x": optional(FLOAT), "n": optional(INT), "word": optional(STR)})
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "x": st.none() | st.floats(),
            "n": st.none() | st.integers(-(2**63), 2**63 - 1),
            "word": st.none() | st.sampled_from(["a", "b", "ü" * 101]) | st.text("xyz", max_size=4),
        }
    ),
    max_size=80,
)


def told(parts: list[list[dict[str, Any]]]) -> dict[str, ColumnStats]:
    summary = TableSummary(SCHEMA)
    types = pa.schema([("x", pa.float64()), ("n", pa.int64()), ("word", pa.string())])
    for part in parts:
        summary.add(pa.Table.from_pylist(part, types))
    return summary.result()


@given(st.lists(FLOATS, max_size=30))
def test_floats_are_summed_without_rounding(values: list[float]) -> None:
    found = exact_sum(np.array(values, np.float64))
    assert Fraction(found, 1 << 1127) == sum(map(Fraction, values))


def test_many_floats_of_every_size_are_summed_without_rounding() -> None:
    made = np.random.default_rng(1)
    values = np.ldexp(made.random(100_000) - 0.5, made.integers(-1074, 900, 100_000))
    found = exact_sum(values)
    assert float(Fraction(found, 1 << 1127)) == math.fsum(values.tolist())


@given(ROWS, st.randoms(use_true_random=False), st.lists(st.integers(0, 80), max_size=4))
def test_order_and_parts_of_rows_change_no_figure(rows: list[dict[str, Any]], rng: Any, cuts: list[int]) -> None:
    shuffled = rng.sample(rows, len(rows))
    borders = [0, *sorted(cuts), len(rows)]
    parts = [shuffled[a:b] for a, b in pairwise(borders)]
    assert str(told(parts)) == str(told([rows]))


HUGE = st.floats(1e308, 1.7976931348623157e308) | st.floats(-1.7976931348623157e308, -1e308)


@given(st.lists(HUGE, min_size=2, max_size=9))
def test_a_mean_is_there_where_the_sum_is_beyond_all_floats(values: list[float]) -> None:
    mean = told([[{"x": value, "n": 1, "word": "a"} for value in values]])["x"].mean
    exact = sum(map(Fraction, values), Fraction()) / len(values)
    assert mean is not None and abs(Fraction(mean) - exact) <= abs(exact) / 2**50
