"""JSON schemas: made-up values are valid, and what decoders would drop in silence is taken out and said."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.samples import UnsupportedSchema, of_schema
from runtime.engines.schemas import InvalidSchema, decodable

LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(
        lambda a, b: {"type": "integer", "minimum": a, "maximum": a + b}, st.integers(-99, 99), st.integers(0, 9)
    ),
    st.builds(lambda a: {"type": "number", "minimum": a, "maximum": a + 1}, st.integers(-9, 9)),
    st.builds(
        lambda a, b: {"type": "string", "minLength": a, "maxLength": a + b}, st.integers(0, 30), st.integers(0, 30)
    ),
    st.just({"type": "string", "pattern": "^[A-Z][a-z]{2,5}$"}),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=5), min_size=1, max_size=4, unique=True)),
    st.just({"type": ["string", "null"]}),
    st.just({"type": "integer", "multipleOf": 5, "minimum": 3}),
)


def _array(items: Any) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda low, more: {"type": "array", "items": items, "minItems": low, "maxItems": low + more},
        st.integers(0, 3),
        st.integers(0, 3),
    )


def _object(properties: dict[str, Any]) -> Any:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.flatmap(_array),
        st.dictionaries(st.text(min_size=1, max_size=6), inner, max_size=4).map(_object),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
    ),
    max_leaves=8,
)


@given(SCHEMAS, st.integers(0, 2**32))
def test_a_made_up_value_is_valid(schema: Any, seed: int) -> None:
    value = of_schema(Random(seed), schema)
    jsonschema_rs.validate(schema, json.loads(json.dumps(value)))


@given(SCHEMAS, st.integers(0, 2**32))
def test_what_decoders_follow_accepts_all_that_the_schema_does(schema: Any, seed: int) -> None:
    reduced = decodable(json.dumps(schema))
    assert reduced.exact
    jsonschema_rs.validate(reduced.schema, json.loads(json.dumps(of_schema(Random(seed), schema))))


@pytest.mark.parametrize(
    ("extra", "kept"),
    [
        ({"uniqueItems": True}, {}),
        ({"not": {"const": 1}}, {}),
        ({"if": {}, "then": {}}, {}),
        ({"format": "email"}, {}),
        ({"pattern": "(?=a)b"}, {}),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, {"anyOf": [{"type": "integer"}, {"type": "number"}]}),
    ],
)
def test_a_keyword_that_decoders_drop_is_taken_out_and_said(extra: dict[str, Any], kept: dict[str, Any]) -> None:
    reduced = decodable(json.dumps(extra))
    assert reduced.schema == kept
    assert not reduced.exact


@pytest.mark.parametrize(
    "schema",
    [{"title": "T", "description": "d"}, {"format": "date"}, {"oneOf": [{"type": "string"}, {"type": "null"}]}],
)
def test_words_about_a_schema_and_exact_rewritings_leave_it_exact(schema: dict[str, Any]) -> None:
    assert decodable(json.dumps(schema)).exact


@pytest.mark.parametrize("source", ['{"type": "objct"}', "{", "3", '{"$ref": "#/nowhere"}', '{"required": "a"}'])
def test_what_is_no_schema_is_refused(source: str) -> None:
    with pytest.raises(InvalidSchema):
        decodable(source)


@pytest.mark.parametrize("schema", [False, {"not": {}}, {"type": "integer", "minimum": 3, "maximum": 2}])
def test_a_schema_for_which_nothing_is_made_says_so(schema: Any) -> None:
    with pytest.raises(UnsupportedSchema):
        of_schema(Random(0), schema)
