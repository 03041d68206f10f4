"""What is cut out of an answer's bytes, and written once for many requests, changes neither answer nor request."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.protocol import Constraint, Message, Request, Sampling
from runtime.engines.sglang.bodies import Bodies
from runtime.engines.sglang.pared import Pared, pared
from runtime.engines.sglang.wire import answer_of, generate_body

_KEYS = ('"output_ids":[', '"output_token_logprobs":[[', '"output_token_ids_logprobs":[[', "]]]", "]],", "\\", '"')
TEXTS = st.lists(st.sampled_from(_KEYS) | st.text(max_size=8), max_size=6).map("".join)
NUMBERS = st.floats(-60, 0) | st.integers(-9, 0)
TOKENS = st.lists(st.tuples(NUMBERS, st.integers(0, 200_000)), min_size=1, max_size=5)


def _said(text: str, tokens: list[tuple[float, int]], more: dict[str, Any] | None = None) -> dict[str, Any]:
    """As SGLang orders it."""
    lists = {
        "input_token_logprobs": [],
        "output_token_logprobs": [[number, token, None] for number, token in tokens],
        "input_token_ids_logprobs": [],
        "output_token_ids_logprobs": [[[-3.5, 0, None]] for _ in tokens],
    }
    counts = {"prompt_tokens": 9, "completion_tokens": len(tokens), "cached_tokens": 4}
    meta = {"id": "0", "finish_reason": {"type": "length", "length": 5}, **lists, **counts, **(more or {})}
    return {"text": text, "output_ids": [token for _, token in tokens], "meta_info": meta}


@given(text=TEXTS, tokens=TOKENS)
def test_an_answer_without_its_lists_is_the_same_answer(text: str, tokens: list[tuple[float, int]]) -> None:
    said = _said(text, tokens)
    found = pared(orjson.dumps(said))
    assert isinstance(found, Pared) and found.data["meta_info"]["output_token_logprobs"] == []
    assert answer_of(found) == answer_of(said)


JSON = st.recursive(
    st.none() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=6,
)
LISTS = st.sampled_from(["output_token_logprobs", "output_token_ids_logprobs", "input_token_logprobs", "hidden_states"])


@given(text=TEXTS, tokens=TOKENS, more=st.dictionaries(LISTS, JSON, max_size=2), blanks=st.booleans())
def test_whatever_else_stands_there_an_answer_reads_as_before(
    text: str, tokens: list[tuple[float, int]], more: dict[str, Any], blanks: bool
) -> None:
    said = _said(text, tokens, more)
    found = pared(orjson.dumps(said, option=orjson.OPT_INDENT_2 if blanks else None))
    assert _read(found) == _read(said)


def _read(said: Any) -> object:
    try:
        return answer_of(said)
    except Exception as fault:
        return type(fault)


@pytest.mark.parametrize(
    "lists",
    [
        [[None, 7, None], [-2.0, 8, None]],
        [[-1.0, 7, "a"], [-2.0, 8, "b"]],
        [[-1.0, 7], [-2.0, 8]],
        [],
        [[-1.0, 7, None, 0]],
    ],
)
def test_log_probabilities_of_another_shape_are_read_one_by_one(lists: list[Any]) -> None:
    said = _said("a", [(-1.0, 7)], {"output_token_logprobs": lists})
    assert answer_of(pared(orjson.dumps(said))) == answer_of(said)


def test_what_is_no_json_is_a_value_error() -> None:
    body = orjson.dumps(_said("a", [(-1.0, 7)]))
    for broken in (b"", b"busy", body[:-1], body.replace(b"meta_info", b"meta_info\xff")):
        with pytest.raises(ValueError):
            pared(broken)


SAMPLING = st.builds(
    Sampling,
    temperature=st.sampled_from([0, 0.0, 0.7, 1]),
    max_tokens=st.integers(1, 99),
    stop=st.sampled_from([(), ('"', "\n")]),
)
CONSTRAINTS = st.sampled_from([None, Constraint("regex", 'a"b|ä'), Constraint("json_schema", '{"type": "object"}')])
REQUESTS = st.tuples(SAMPLING, CONSTRAINTS, st.integers(0, 2**64 - 1))


@given(made=st.lists(REQUESTS, min_size=1, max_size=3), prompt=TEXTS, seeded=st.booleans())
def test_a_body_in_bytes_is_that_of_the_long_way(
    made: list[tuple[Sampling, Constraint | None, int]], prompt: str, seeded: bool
) -> None:
    bodies = Bodies("sglang")
    for sampling, constraint, seed in made * 2:
        request = Request("m", (Message("user", "?"),), sampling=sampling, constraint=constraint, seed=seed)
        body = orjson.loads(bodies.written(request, prompt, "r1", seeded))
        assert body == {**generate_body(request, prompt, "sglang", seeded), "rid": "r1"}
