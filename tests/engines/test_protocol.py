"""The request's digest is a key for ever: it holds what determines an answer, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines import Answer, Constraint, Message, Request, Sampling

BASE = Request("m", (Message("user", "a"), Message("assistant", "b")), seed=3)

CHANGES: list[dict[str, Any]] = [
    {"model": "n"},
    {"messages": (Message("user", "ab"), Message("assistant", ""))},
    {"messages": (Message("user", "a"),)},
    {"messages": (Message("system", "a"), Message("assistant", "b"))},
    {"open_role": "user"},
    {"prefill": "x"},
    {"raw": True},
    {"seed": 4},
    {"labels": ("a",)},
    {"constraint": Constraint("regex", "a")},
    {"constraint": Constraint("grammar", "a")},
    *(
        {"sampling": replace(Sampling(), **change)}
        for change in (
            {"temperature": 0.8},
            {"top_p": 0.9},
            {"top_k": 5},
            {"min_p": 0.1},
            {"max_tokens": 9},
            {"stop": ("x",)},
            {"frequency_penalty": 0.1},
            {"presence_penalty": 0.1},
            {"repetition_penalty": 1.1},
        )
    ),
]


def test_everything_that_determines_an_answer_is_in_the_digest() -> None:
    digests = [BASE.digest, *(replace(BASE, **change).digest for change in CHANGES)]
    assert len(set(digests)) == len(digests)


def test_the_digest_is_the_same_in_every_release() -> None:
    """Journals are keyed by it: when this changes, every journal in the world is cold."""
    assert BASE.digest.hex() == GOLDEN
    assert len(BASE.digest) == 16


def written_whole(request: Request) -> list[Any]:
    """What the digest is of, as one list."""
    prompt: list[Any] = [request.model, [[m.role, m.content] for m in request.messages], request.open_role]
    prompt += [request.prefill, request.raw]
    if request.reward or request.labels:
        return [*prompt, "reward" if request.reward else list(request.labels)]
    s, constraint = request.sampling, request.constraint
    numbers = [float(s.temperature), float(s.top_p), s.top_k, float(s.min_p), s.max_tokens]
    penalties = [float(s.frequency_penalty), float(s.presence_penalty), float(s.repetition_penalty)]
    form = [constraint.kind, constraint.source] if constraint else None
    return [*prompt, numbers, list(s.stop), penalties, form, request.seed if s.temperature > 0 else 0]


NUMBERS = st.integers(0, 3) | st.floats(0, 3)
REQUESTS = st.builds(
    Request,
    st.text(),
    st.lists(st.builds(Message, st.sampled_from(["system", "user", "assistant"]), st.text()), max_size=3).map(tuple),
    open_role=st.sampled_from(["assistant", "user"]),
    prefill=st.text(max_size=3),
    raw=st.booleans(),
    sampling=st.builds(
        Sampling,
        temperature=NUMBERS,
        top_p=NUMBERS,
        top_k=st.integers(0, 9),
        min_p=NUMBERS,
        stop=st.lists(st.text(), max_size=2).map(tuple),
        repetition_penalty=NUMBERS,
    ),
    constraint=st.none() | st.builds(Constraint, st.sampled_from(["json_schema", "regex"]), st.text()),
    seed=st.integers(0, 2**64 - 1),
    labels=st.lists(st.text(), max_size=2).map(tuple),
    reward=st.booleans(),
)


@given(REQUESTS)
def test_a_digest_made_of_parts_is_that_of_the_whole(request: Request) -> None:
    whole = blake2b(orjson.dumps(written_whole(request)), digest_size=16).digest()
    assert request.digest == whole == replace(request, sampling=replace(request.sampling)).digest


GOLDEN = "4d6d5230d8e123cc9f1c227aa16faa24"


def test_a_whole_number_and_its_float_are_one_setting() -> None:
    whole = replace(BASE, sampling=Sampling(temperature=1, top_p=1))
    assert whole.digest == replace(BASE, sampling=Sampling(temperature=1.0, top_p=1.0)).digest


def test_greedy_calls_are_one_call_whatever_their_seed() -> None:
    greedy = replace(BASE, sampling=Sampling(temperature=0))
    assert greedy.digest == replace(greedy, seed=9).digest
    assert BASE.digest != replace(BASE, seed=9).digest


def test_a_judgement_is_one_call_whatever_the_sampling() -> None:
    judged = replace(BASE, labels=("yes", "no"))
    assert judged.digest == replace(judged, seed=9, sampling=Sampling(temperature=0.1)).digest
    assert judged.digest != replace(judged, labels=("no", "yes")).digest


@pytest.mark.parametrize("seed", [0, 2**63, 2**64 - 1])
def test_seeds_of_64_bits_are_keys(seed: int) -> None:
    assert replace(BASE, seed=seed).digest


@given(st.builds(Answer, text=st.text(), logprob=st.none() | st.floats(-9, 0), label_mass=st.none() | st.floats(0, 1)))
def test_an_answer_is_read_as_it_was_written(answer: Answer) -> None:
    assert Answer.from_json(answer.to_json()) == answer


def test_an_answer_is_written_one_way() -> None:
    answer = Answer("é", labels={"b": -1.0, "a": -2.0})
    assert (
        answer.to_json()
        == json.dumps(json.loads(answer.to_json()), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
