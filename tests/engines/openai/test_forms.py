"""Forms of answers: a pattern as llama.cpp's grammar, a schema as strict mode takes it. The meaning stays."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engines.openai.constraints import strict_format, strict_value
from runtime.engines.openai.gbnf import choice_grammar, pattern_grammar
from runtime.engines.openai.strict import NotStrict, strict
from tests.engines.openai.server import constraint_of, strictly

# --- grammars ---


@pytest.mark.parametrize(
    ("pattern", "grammar"),
    [
        (r"[A-Z]{2}-\d{3}", r"root ::= ([A-Z]){2,2} [\x2D] ([0-9]){3,3}"),
        (r"(Why|How)\?", r"root ::= ([W] [h] [y] | [H] [o] [w]) [\x3F]"),
        (r"a*", "root ::= ([a]){0,}"),
        (r"[^?\n]", r"root ::= [^\x0A\x3F]"),
        (r"(?s).", "root ::= ."),
        (r"é|\U0001F600", r"root ::= [\xE9\U0001F600]"),
        (r"", 'root ::= ""'),
    ],
)
def test_a_pattern_is_written_as_a_grammar(pattern: str, grammar: str) -> None:
    assert pattern_grammar(pattern) == grammar


@pytest.mark.parametrize("pattern", [r"[A-Z]{2}-\d{3}/é", r"(Why|How) [^?\n]{5,30}[?]", r"[^a-c]x{2,}", r"\w+\s\S"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_grammar_takes_what_its_pattern_takes(pattern: str, data: st.DataObject) -> None:
    read = constraint_of({"grammar": pattern_grammar(pattern)}, "llamacpp")
    assert read is not None
    text = data.draw(st.one_of(st.from_regex(pattern, fullmatch=True), st.text(max_size=12)))
    if text.isascii():  # shorthands mean ASCII's share alone: what is decoded passes Python's check too
        assert bool(re.fullmatch(pattern, text)) == bool(re.fullmatch(read.source, text))


@given(st.lists(st.text(alphabet='ab "\\|[]\n\té', min_size=1, max_size=6), min_size=1, max_size=4, unique=True))
def test_a_choice_as_a_grammar_is_the_choice(choices: list[str]) -> None:
    read = constraint_of({"grammar": choice_grammar(json.dumps(choices))}, "llamacpp")
    assert read is not None
    assert all(re.fullmatch(read.source, choice) for choice in choices)
    assert not any(re.fullmatch(read.source, choice + "x") for choice in choices)


# --- strict schemas ---

NAMES = st.sampled_from(["a", "b", "c", "d"])
LEAVES = st.one_of(
    st.builds(lambda low: {"type": "integer", "minimum": low}, st.integers(-5, 5)),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=3), min_size=1, max_size=3, unique=True)),
    st.builds(lambda size: {"type": "string", "maxLength": size}, st.integers(1, 9)),
    st.just({"type": "boolean"}),
    st.just({"anyOf": [{"type": "string"}, {"type": "null"}]}),
)


def _record(properties: dict[str, Any], left_out: set[str]) -> dict[str, Any]:
    required = [name for name in properties if name not in left_out]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    records = st.builds(_record, st.dictionaries(NAMES, inner, min_size=1, max_size=3), st.sets(NAMES, max_size=2))
    return st.one_of(records, st.builds(lambda item: {"type": "array", "items": item, "maxItems": 3}, inner))


SCHEMAS = st.recursive(LEAVES, _nested, max_leaves=6)


@given(SCHEMAS)
@settings(deadline=None)
def test_any_schema_of_records_and_lists_becomes_one_that_strict_mode_takes(schema: dict[str, Any]) -> None:
    strictly(strict(schema).schema)


@given(SCHEMAS, st.data())
@settings(deadline=None)
def test_an_answer_of_the_strict_schema_reads_as_one_of_the_schema_itself(schema: Any, data: st.DataObject) -> None:
    """But for what strict mode cannot say: how long a text is."""
    found = strict(schema)
    answer = data.draw(_value_of(found.schema))
    jsonschema_rs.validate(found.schema, answer)
    read = json.loads(strict_value(json.dumps(schema), json.dumps(answer)))
    jsonschema_rs.validate(_without_lengths(schema), read)


def _value_of(schema: Any) -> st.SearchStrategy[Any]:
    if "anyOf" in schema:
        return st.one_of([_value_of(option) for option in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "object":
        return st.fixed_dictionaries({name: _value_of(child) for name, child in schema["properties"].items()})
    if schema["type"] == "array":
        return st.lists(_value_of(schema["items"]), max_size=schema["maxItems"])
    plain: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(schema.get("minimum", 0), 99),
        "string": st.text(max_size=3),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return plain[schema["type"]]


def _without_lengths(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_lengths(value) for key, value in schema.items() if key != "maxLength"}
    return [_without_lengths(item) for item in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"type": "array"}, {"type": "array", "items": {}}])
def test_what_strict_mode_cannot_say_is_asked_for_without_its_promise(schema: dict[str, Any]) -> None:
    with pytest.raises(NotStrict):
        strict(schema)
    assert strict_format(json.dumps(schema))["response_format"]["json_schema"]["strict"] is False
    assert strict_value(json.dumps(schema), '{"value": 3}') == '{"value": 3}'


def test_definitions_stay_at_the_top_of_what_is_wrapped() -> None:
    schema = {"type": "array", "items": {"$ref": "#/$defs/n"}, "$defs": {"n": {"enum": ["x", "y"]}}}
    found = strict(schema)
    assert found.wrapped
    jsonschema_rs.validate(found.schema, {"value": ["x"]})
    assert not jsonschema_rs.is_valid(found.schema, {"value": ["z"]})
    assert found.read({"value": ["x"]}) == ["x"]


def test_text_that_is_no_json_is_left_for_validation() -> None:
    assert strict_value('{"type": "array", "items": {"type": "integer"}}', '{"value": [1') == '{"value": [1'
