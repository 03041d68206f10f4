"""Shapes: every answer is read as its type, or refused in one line that says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.program.shape import Problem, Shape

TICKET = Shape.json(
    {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False},
    check=lambda it: None if it["n"] > 0 else "n: n > 0",
)


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        (Shape.text(), "  plain \n", "plain"),
        (Shape.text(regex="(Why|How) [^?]+[?]"), "Why is it so?", "Why is it so?"),
        (Shape.text(language="python"), "x = 1", "x = 1"),
        (Shape.text(language="json"), '{"a": 1}', '{"a": 1}'),
        (Shape.choice(["calm", "angry"]), "angry", "angry"),
        (TICKET, '{"n": 3}', {"n": 3}),
    ],
)
def test_an_answer_of_the_type_is_its_value(shape: Shape, text: str, value: object) -> None:
    assert shape.read(text) == value


@pytest.mark.parametrize(
    ("shape", "text", "reason"),
    [
        (Shape.text(regex="(Why|How) [^?]+[?]"), "Because.", "does not match"),
        (Shape.text(language="python"), "def", "is not Python"),
        (Shape.text(language="json"), "{", "is not JSON"),
        (Shape.choice(["calm", "angry"]), "sad", "is none of calm, angry"),
        (TICKET, "no", "is not JSON"),
        (TICKET, '{"n": "x"}', 'n: "x" is not of type "integer"'),
        (TICKET, '{"n": 0}', "n: n > 0"),
    ],
)
def test_any_other_answer_is_a_problem_that_says_why(shape: Shape, text: str, reason: str) -> None:
    found = shape.read(text)
    assert isinstance(found, Problem)
    assert reason in found.reason


@given(st.text())
def test_an_answer_that_was_cut_off_is_never_a_value(text: str) -> None:
    assert Shape.text().read(text, "length") == Problem("cut off at max_tokens")


@given(st.text())
def test_no_text_makes_reading_raise(text: str) -> None:
    for shape in (TICKET, Shape.text(language="python"), Shape.text(language="markdown"), Shape.choice(["a"])):
        shape.read(text)
