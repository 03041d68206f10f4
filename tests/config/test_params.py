"""`-p name=value` and a profile's params: what a shell leaves of a value is read as a person meant it."""

from __future__ import annotations

import pytest

from compiler.types import INT, STR, Choice, Optional, Type
from dsl import tree
from dsl.diagnostics import SynthError, page
from dsl.source import Source
from runtime.config import param_source, parse_param, profile_params, read_config


def value(expression: tree.Expr) -> object:
    assert isinstance(expression, tree.Constant)
    return expression.value


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("n=100", None, 100),
        (" n = 1_000 ", INT, 1000),
        ("n=0.5", None, 0.5),
        ("n=true", None, True),
        ("n=formal", None, "formal"),
        ('n="two words"', None, "two words"),
        ("n=two words", STR, "two words"),
        ("n=3", STR, "3"),
        ("n=a=b", Optional(STR), "a=b"),
        ("n=high", Choice(("low", "high")), "high"),
        ('n="high"', STR, "high"),
    ],
)
def test_a_value_is_read_as_a_person_meant_it(text: str, wanted: Type | None, expected: object) -> None:
    name, expression = parse_param(text, wanted)
    assert name == "n"
    assert value(expression) == expected


def test_a_list_stays_an_expression() -> None:
    _, expression = parse_param("topics=[1, 2]")
    assert isinstance(expression, tree.ListExpr)
    assert [value(item) for item in expression.items] == [1, 2]


@pytest.mark.parametrize("text", ["takes", "takes=", "=3", "3=4", ""])
def test_what_sets_nothing_is_a_diagnostic_with_the_way_out(text: str) -> None:
    with pytest.raises(SynthError) as caught:
        parse_param(text)
    (found,) = caught.value.diagnostics
    assert found.code == "E0707"
    assert page("E0707")
    assert found.help


def test_a_broken_value_is_shown_in_the_option() -> None:
    with pytest.raises(SynthError) as caught:
        parse_param("n=[1, 2")
    span = caught.value.diagnostics[0].span
    assert span is not None
    assert span.path == param_source("n", "[1, 2").path


def test_a_profile_s_params_stand_at_their_line() -> None:
    text = '[profile.a.params]\ntakes = 1\ntopics = ["x", 2.5]\nlimits = { low = 1 }\n'
    source = Source("synth.toml", text)
    config = read_config(source)
    found = profile_params(config, config.profile("a"))
    assert value(found["takes"]) == 1
    assert source.slice(found["takes"].span) == "takes"
    topics, limits = found["topics"], found["limits"]
    assert isinstance(topics, tree.ListExpr)
    assert [value(item) for item in topics.items] == ["x", 2.5]
    assert isinstance(limits, tree.ObjectExpr)
    assert [(entry.key, value(entry.value)) for entry in limits.entries] == [("low", 1)]
