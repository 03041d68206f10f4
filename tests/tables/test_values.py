"""Values as a program has them and plain ones: what is stored is the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.functions.plain import Truth, plain
from dsl.diagnostics import SynthError
from runtime.tables.batches import batch_of_columns, batch_of_rows
from runtime.tables.schema import BOOL, FLOAT, INT, JSON, STR, Schema, Type, list_of, optional, record_of, schema


class Text(str):
    """As what a model wrote: a text with marks."""


class Whole(int):
    pass


class Number(float):
    pass


class Items(list[Any]):
    pass


class Record(dict[str, Any]):
    pass


TEXTS = st.text(st.characters(codec="utf-8"), max_size=4).flatmap(lambda text: st.sampled_from([text, Text(text)]))
INTS = st.integers(-(2**63), 2**63 - 1).flatmap(lambda number: st.sampled_from([number, Whole(number)]))
FLOATS = st.floats(allow_nan=False).flatmap(lambda number: st.sampled_from([number, Number(number)]))
TRUTHS = st.booleans().flatmap(lambda value: st.sampled_from([value, Truth(value)]))
LISTS = st.lists(TEXTS, max_size=3).flatmap(lambda items: st.sampled_from([items, Items(items), tuple(items)]))
RECORDS = st.fixed_dictionaries({"a": TEXTS, "b": TRUTHS, "n": INTS}).flatmap(
    lambda fields: st.sampled_from([fields, Record(fields)])
)
VALUES: dict[str, tuple[Type, st.SearchStrategy[Any]]] = {
    "text": (STR, TEXTS),
    "whole": (INT, INTS),
    "number": (FLOAT, FLOATS | INTS.filter(lambda number: abs(number) < 2**53)),
    "truth": (BOOL, TRUTHS),
    "list": (list_of(STR), LISTS),
    "record": (record_of({"a": STR, "b": BOOL, "n": INT}), RECORDS),
    "json": (JSON, RECORDS | LISTS | TRUTHS | TEXTS | FLOATS.filter(lambda number: abs(number) < 1e300)),
}
SCHEMA = schema({name: optional(type_) for name, (type_, _) in VALUES.items()})
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | found for name, (_, found) in VALUES.items()}), max_size=6)


@given(ROWS)
def test_marks_of_values_are_not_stored(rows: list[dict[str, Any]]) -> None:
    keys = [(n,) for n in range(len(rows))]
    assert batch_of_rows(SCHEMA, keys, rows).equals(batch_of_rows(SCHEMA, keys, plain(rows)))


@given(ROWS.filter(bool), st.sampled_from([0, "x", 0.5, True, 2**63 - 1]))
def test_rows_given_by_column_are_the_rows_given_one_by_one(rows: list[dict[str, Any]], part: Any) -> None:
    keys = [(f"a/{n}", part, n) for n in range(len(rows))]
    columns = {name: [row[name] for row in rows] for name in SCHEMA.names}
    assert batch_of_columns(SCHEMA, [*zip(*keys, strict=True)], columns).equals(batch_of_rows(SCHEMA, keys, rows))


@pytest.mark.parametrize(("type_", "value"), [(INT, 1.5), (INT, Number(1.5)), (STR, Truth(True)), (INT, Truth(True))])
def test_a_mark_hides_no_value_that_does_not_fit(type_: Type, value: object) -> None:
    of = Schema(schema({"x": type_}).columns)
    with pytest.raises(SynthError) as caught:
        batch_of_columns(of, [["first", "second"]], {"x": [None if type_.nullable else value, value]})
    assert caught.value.diagnostics[0].code == "E1012" and "row first" in caught.value.diagnostics[0].message


def test_a_key_given_by_column_that_cannot_be_sorted_is_named() -> None:
    with pytest.raises(SynthError) as caught:
        batch_of_columns(schema({"x": STR}), [["a", "b"], [1, 2**63]], {"x": ["", ""]})
    assert caught.value.diagnostics[0].code == "E1015" and "9223372036854775808" in caught.value.diagnostics[0].message
