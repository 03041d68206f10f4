"""Columns compared as Arrow say the same as their values compared one by one."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.diff.distinct import distinct
from runtime.diff.values import same
from runtime.tables.schema import BOOL, FLOAT, INT, STR, Type, arrow_type, list_of, optional, record_of

TEXTS = st.sampled_from(["", "a", "b"])
FLOATS = st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf])
RECORDS = st.fixed_dictionaries({"t": TEXTS, "f": st.none() | FLOATS, "l": st.none() | st.lists(TEXTS, max_size=2)})
RECORD = record_of({"t": STR, "f": optional(FLOAT), "l": optional(list_of(STR))})
COLUMNS: list[tuple[Type, st.SearchStrategy[Any]]] = [
    (STR, TEXTS),
    (INT, st.integers(0, 2)),
    (FLOAT, FLOATS),
    (BOOL, st.booleans()),
    (list_of(optional(FLOAT)), st.lists(st.none() | FLOATS, max_size=3)),
    (list_of(list_of(STR)), st.lists(st.lists(TEXTS, max_size=2), max_size=2)),
    (RECORD, RECORDS),
    (list_of(RECORD), st.lists(RECORDS, max_size=2)),
]


@pytest.mark.parametrize(("type_", "values"), COLUMNS, ids=lambda value: str(value) if isinstance(value, Type) else "")
@given(st.data())
def test_a_column_differs_where_its_values_do(type_: Type, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    pairs = data.draw(st.lists(st.tuples(st.none() | values, st.none() | values), max_size=12))
    before, after = (pa.array([pair[side] for pair in pairs], arrow_type(type_)) for side in (0, 1))
    assert distinct(before, after).tolist() == [not same(*pair) for pair in pairs]
    assert distinct(before[1:], after[1:]).tolist() == [not same(*pair) for pair in pairs[1:]]
