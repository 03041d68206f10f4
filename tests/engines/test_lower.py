"""What an engine lacks becomes something it has, or is refused by name; nothing is skipped in silence."""

from __future__ import annotations

import json

import pytest

from dsl.diagnostics import SynthError, codes
from runtime.engines import Capabilities, Constraint
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.lower import check, lacking, lower

REGEX = Constraint("regex", r"\d+ lamps?")
CHOICE = Constraint("choice", '["a+b", "c"]')
SCHEMA = Constraint("json_schema", '{"type": "object", "properties": {"b": {}, "a": {}}}')
GRAMMAR = Constraint("grammar", 'root ::= "a"')

ALL = Capabilities(
    json_schema=True,
    regex=True,
    choice=True,
    grammar=True,
    seed=True,
    logprobs=True,
    prefill=True,
    tokenize=True,
    prefix_cache=True,
)
NONE = Capabilities()


def engine_with(capabilities: Capabilities) -> DeterministicEngine:
    return DeterministicEngine(name="small", capabilities=capabilities)


@pytest.mark.parametrize("constraint", [REGEX, CHOICE, SCHEMA, GRAMMAR])
def test_an_engine_that_can_is_asked_as_it_stands(constraint: Constraint) -> None:
    lowered = lower(constraint, engine_with(ALL))
    assert lowered.constraint == constraint
    assert lowered.decoded
    assert not lowered.quoted


def test_a_pattern_becomes_a_schemas() -> None:
    lowered = lower(REGEX, engine_with(Capabilities(json_schema=True)))
    assert lowered.constraint is not None
    assert json.loads(lowered.constraint.source) == {"type": "string", "pattern": "^(?:[0-9]{1,} lamps{0,1})$"}
    assert lowered.read('"3 lamps"') == "3 lamps"


def test_a_choice_becomes_a_pattern_or_a_schema() -> None:
    pattern = lower(CHOICE, engine_with(Capabilities(regex=True)))
    assert pattern.constraint == Constraint("regex", r"a\+b|c")
    schema = lower(CHOICE, engine_with(Capabilities(json_schema=True)))
    assert schema.constraint is not None
    assert json.loads(schema.constraint.source)["enum"] == ["a+b", "c"]


@pytest.mark.parametrize("constraint", [REGEX, CHOICE])
def test_what_nothing_stands_in_for_is_decoded_freely_and_said(constraint: Constraint) -> None:
    lowered = lower(constraint, engine_with(NONE))
    assert lowered.constraint is None
    assert not lowered.decoded


def test_a_pattern_that_no_decoder_follows_is_left_to_validation() -> None:
    lowered = lower(Constraint("regex", "(?=a)[a-z]+"), engine_with(ALL))
    assert lowered.constraint is None
    assert not lowered.decoded


def test_a_schema_that_is_followed_in_part_says_so() -> None:
    lowered = lower(Constraint("json_schema", '{"type": "array", "uniqueItems": true}'), engine_with(ALL))
    assert lowered.constraint is not None
    assert not lowered.decoded


def test_text_that_is_no_json_string_is_left_for_validation() -> None:
    lowered = lower(REGEX, engine_with(Capabilities(json_schema=True)))
    assert lowered.read('"3 lam') == '"3 lam'
    assert lowered.read("[3]") == "[3]"


@pytest.mark.parametrize("constraint", [SCHEMA, GRAMMAR])
def test_a_record_or_a_grammar_has_no_stand_in(constraint: Constraint) -> None:
    with pytest.raises(SynthError) as raised:
        lower(constraint, engine_with(NONE))
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.code == "E0804"
    assert "`small`" in diagnostic.message


def test_features_without_a_stand_in_are_refused_by_name() -> None:
    needs = ("logprobs", "prefill", "tokenize")
    found = lacking(engine_with(NONE), needs)
    assert [diagnostic.code for diagnostic in found] == ["E0804"] * 3
    assert "log-probabilities" in found[0].message
    assert "votes" in (found[0].help or "")
    assert lacking(engine_with(ALL), needs) == ()
    assert lacking(engine_with(NONE), ()) == ()


def test_a_setting_that_an_engine_has_no_words_for_is_refused_by_name() -> None:
    assert lacking(engine_with(ALL), ("top_k",)) == ()
    (found,) = lacking(engine_with(Capabilities(sampling=("min_p",))), ("min_p", "top_k"))
    assert "`top_k`" in found.message


@pytest.mark.parametrize(
    "constraint",
    [
        Constraint("json_schema", '{"type": "objct"}'),
        Constraint("json_schema", "{"),
        Constraint("regex", "(a"),
        Constraint("choice", "[]"),
        Constraint("choice", '["a", "a"]'),
        Constraint("choice", '["a", 1]'),
        Constraint("choice", "{"),
    ],
)
def test_a_malformed_form_is_a_diagnostic_on_every_engine(constraint: Constraint) -> None:
    found = check(constraint)
    assert found is not None
    assert found.code == "E0805"
    with pytest.raises(SynthError, match="E0805"):
        lower(constraint, engine_with(ALL))


def test_every_code_of_engines_has_a_page() -> None:
    assert {f"E080{i}" for i in range(1, 7)} <= set(codes())
