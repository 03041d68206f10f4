"""Generated values: each carries what the engine said of it, and is plain everywhere else."""

from __future__ import annotations

import json
import pickle
from typing import Any

import orjson
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import library as fn
from compiler.functions.canonical import identity
from compiler.functions.plain import plain
from runtime.filters.canonical import same_text
from runtime.program.pieces import printed
from runtime.program.values import Meta, Verdict, generated
from runtime.sampling import seed_of

SCALARS = st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


def marked(value: Any) -> Any:
    """As `value`, with every part of it generated."""
    inner = value
    if isinstance(value, list):
        inner = [marked(item) for item in value]
    if isinstance(value, dict):
        inner = {key: marked(item) for key, item in value.items()}
    return generated(inner, Meta(-0.25, "hm"))


@given(VALUES)
def test_a_generated_value_is_its_plain_value_to_whatever_compares_hashes_or_writes_it(value: Any) -> None:
    found = marked(value)
    assert (found == value, value == found) == (True, True)
    assert (plain(found), repr(plain(found))) == (value, repr(value))
    assert repr(found) == repr(value)
    assert identity(found) == identity(value)
    assert fn.str_(found) == fn.str_(value)
    assert same_text([found] if isinstance(value, int) and abs(value) < 2**63 else "") is not None
    assert seed_of(found) == seed_of(value)
    assert printed(found) == printed(value)
    assert pickle.loads(pickle.dumps(found)) == value


@given(VALUES)
def test_every_generated_value_says_how_likely_it_was_and_keeps_it(value: Any) -> None:
    found = marked(value)
    assert (fn.logprob(found), fn.reasoning(found)) == (-0.25, "hm")
    kept = pickle.loads(pickle.dumps(found))
    best = fn.list_best([found], lambda it: 3)
    assert (fn.logprob(kept), fn.logprob(best), fn.score(best)) == (-0.25, -0.25, 3)
    assert (best == value, fn.score(found)) == (True, None)


def test_null_is_null_and_says_nothing() -> None:
    assert generated(None, Meta(-1.0)) is None
    assert fn.logprob(None) is None


@given(st.lists(st.booleans()))
def test_lists_of_generated_truth_values_are_asked_as_plain_ones(values: list[bool]) -> None:
    found = [marked(value) for value in values]
    for method in (fn.list_any, fn.list_all, fn.list_none, fn.list_count, fn.list_majority):
        assert method(found) == method(values)
    assert fn.list_unique(found) == fn.list_unique(values)
    assert fn.list_contains(found, True) == (True in values)
    assert fn.list_sort(found) == sorted(values)
    assert pa.array(plain(found), pa.bool_()).to_pylist() == values


def test_a_plain_truth_value_that_is_ranked_has_its_score() -> None:
    best = fn.list_best([False, True], lambda it: 1 if it else 0)
    assert (best == True, fn.score(best), bool(best)) == (True, 1, True)  # noqa: E712


def test_a_verdict_is_written_as_the_truth_value_it_is() -> None:
    said = {"said": Verdict(True, 0.75)}
    assert identity(said) == orjson.dumps({"said": True})
    assert fn.str_(said) == json.dumps({"said": True})
    assert same_text(said["said"]) == "true"
    assert fn.score(fn.list_best([said["said"]], lambda it: it.p)) == 0.75


def test_a_schema_is_held_against_generated_numbers() -> None:
    schema = marked({"type": "object", "properties": {"n": {"type": "number", "minimum": 0.5}, "ok": {"const": True}}})
    assert fn.is_schema(schema)
    assert fn.conforms(marked({"n": 1.5, "ok": True}), schema)
    assert not fn.conforms(marked({"n": 0.25, "ok": True}), schema)
