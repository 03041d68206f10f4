"""A row's hash: equal for equal rows, different for others, whatever the order of columns or the way in."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from runtime.tables.key_columns import encode_keys, encoded_list, print_keys
from runtime.tables.rows import hash_rows, row_bytes
from runtime.tables.schema import FLOAT, INT, STR, Schema, arrow_type, list_of, optional, schema

TEXTS = st.none() | st.text(st.characters(codec="utf-8"), max_size=3)
SCHEMA = schema(
    {"a": optional(STR), "b": optional(STR), "n": optional(INT), "x": optional(FLOAT), "l": optional(list_of(STR))}
)
ROWS = st.fixed_dictionaries(
    {
        "a": TEXTS,
        "b": TEXTS,
        "n": st.none() | st.integers(-3, 3),
        "x": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "l": st.none() | st.lists(TEXTS.filter(lambda text: text is not None), max_size=2),
    }
)


def hashes(rows: list[dict[str, Any]], of: Schema = SCHEMA) -> list[bytes]:
    arrays = {c.name: pa.array([row[c.name] for row in rows], arrow_type(c.type)) for c in of.columns}
    found: list[bytes] = hash_rows(row_bytes(pa.table(arrays), of).to_pylist(), of).to_pylist()
    return found


@given(ROWS, ROWS)
def test_hashes_are_equal_exactly_for_equal_rows(a: dict[str, Any], b: dict[str, Any]) -> None:
    first, second = hashes([a, b])
    assert (first == second) == (a == b)
    assert len(first) == 16


@given(ROWS)
def test_the_order_of_columns_is_not_content(row: dict[str, Any]) -> None:
    assert hashes([row], Schema(SCHEMA.columns[::-1])) == hashes([row])


def test_a_renamed_or_retyped_column_is_other_content() -> None:
    plain = hashes([{"a": None}], schema({"a": optional(STR)}))
    assert plain != hashes([{"b": None}], schema({"b": optional(STR)}))
    assert plain != hashes([{"a": None}], schema({"a": optional(INT)}))


def test_whether_nulls_are_allowed_is_not_content() -> None:
    assert hashes([{"a": "x"}], schema({"a": STR})) == hashes([{"a": "x"}], schema({"a": optional(STR)}))


def test_the_hash_of_a_row_never_changes() -> None:
    """Stored data holds these: a change here is a new format version."""
    row = {"a": "text", "b": None, "n": -7, "x": 0.5, "l": ["ü", ""]}
    assert hashes([row])[0].hex() == "1a81753a12a5fa3399fbfb8c4938cfce"


KEY_PARTS = st.tuples(
    st.text(st.characters(codec="utf-8") | st.sampled_from("\0/%\n"), max_size=5),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)


@given(st.lists(KEY_PARTS, min_size=1, max_size=8))
def test_keys_by_column_are_the_keys_by_row(keys: list[Any]) -> None:
    types = [pa.string(), pa.int64(), pa.float64(), pa.bool_()]
    columns = [pa.array([key[i] for key in keys], types[i]) for i in range(4)]
    encoded, printed = encoded_list(keys)
    assert encode_keys(columns).equals(encoded) and print_keys(columns).equals(printed)
