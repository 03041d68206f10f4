"""Judgements over labels of any number of tokens: what is asked, and what the sums are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines import Engine
from runtime.engines.sglang.engine import SglangEngine
from runtime.engines.sglang.forms import Forms, exclusive, forms_of
from tests.engines.contract import ask, one, request_of
from tests.engines.sglang.server import SglangServer


@pytest.fixture
def engine(server: SglangServer) -> Engine:
    return SglangEngine(url=server.url, model="made-up")


def _bodies(server: SglangServer) -> list[dict[str, object]]:
    return [body for path, body in server.seen if path == "/generate"]


def test_labels_of_one_token_are_one_question(server: SglangServer, engine: Engine) -> None:
    one(engine, request_of(engine, labels=("yes", "no")))
    assert len(_bodies(server)) == 1


def test_a_label_of_several_tokens_is_spelt_behind_the_prompts_own_tokens(server: SglangServer, engine: Engine) -> None:
    request = request_of(engine, labels=("yes", "perhaps not"))
    answer = one(engine, request)
    first, spelt = _bodies(server)
    prompt = server.encode(server.start + str(first["text"]))
    for ids, start in zip(spelt["input_ids"], spelt["logprob_start_len"], strict=True):  # type: ignore[call-overload]
        assert ids[: len(prompt)] == prompt
        assert server.decode(ids[len(prompt) :]).strip().lower() == "perhaps not"
        assert start == len(prompt) - 1
    assert set(answer.labels) == {"yes", "perhaps not"}


def test_the_log_probability_of_a_label_is_the_sum_over_its_tokens_and_spellings(
    server: SglangServer, engine: Engine
) -> None:
    answer = one(engine, request_of(engine, labels=("perhaps not", "surely")))
    spelt = _bodies(server)[1]
    prompt = len(server.encode(server.start + str(_bodies(server)[0]["text"])))
    sums = [sum(map(server.logprob, ids[prompt:])) for ids in spelt["input_ids"]]  # type: ignore[attr-defined]
    assert math.isclose(answer.labels["perhaps not"], math.log(sum(map(math.exp, sums))), rel_tol=1e-6)


def test_what_a_judgement_costs_is_all_that_was_read_for_it(server: SglangServer, engine: Engine) -> None:
    answer = one(engine, request_of(engine, labels=("yes", "perhaps not")))
    forms = len(_bodies(server)[1]["input_ids"])  # type: ignore[arg-type]
    assert answer.prompt_tokens > forms * answer.cached_tokens / (forms + 1) > 0


def test_the_spellings_of_labels_are_tokenized_once(server: SglangServer, engine: Engine) -> None:
    ask(engine, *[request_of(engine, labels=("yes", "no"))] * 3)
    asked = [body for path, body in server.seen if path == "/tokenize" and "yes" in body.get("prompt", ())]
    assert len(asked) == 1


def test_a_spelling_that_is_all_but_impossible_is_not_asked_about() -> None:
    forms = Forms({"a": ((1,), (2, 3)), "b": ((4,),)})
    assert forms.longer({1: math.log(0.5), 2: math.log(1e-7), 4: math.log(0.4)}) == []
    assert forms.longer({1: math.log(0.5), 2: math.log(0.1), 4: math.log(0.4)}) == [(2, 3)]


def test_a_label_without_a_shorter_spelling_is_asked_about_however_unlikely_it_is() -> None:
    forms = Forms({"a": ((2, 3), (5, 6)), "b": ((4,),)})
    assert forms.longer({2: -40.0, 5: -30.0, 4: -0.1}) == [(5, 6)]


def test_a_label_that_begins_another_is_without_what_counts_for_the_other() -> None:
    forms = forms_of({"1": [[7]], "10": [[7, 8]]})
    answer = forms.judged({7: math.log(0.6)}, {(7, 8): math.log(0.45)}, 5, 0)
    assert math.isclose(math.exp(answer.labels["1"]), 0.15)
    assert math.isclose(math.exp(answer.labels["10"]), 0.45)
    assert math.isclose(answer.label_mass or 0, 0.6)


@st.composite
def _trees(draw: st.DrawFn) -> dict[tuple[int, ...], float]:
    """Probabilities of sequences as a model gives them: what continues one is no likelier than it, all together."""
    found: dict[tuple[int, ...], float] = {}

    def grow(prefix: tuple[int, ...], mass: float, depth: int) -> None:
        for token in range(draw(st.integers(0, 2))):
            share = mass * draw(st.floats(0.01, 0.45))
            found[*prefix, token] = share
            if depth:
                grow((*prefix, token), share, depth - 1)

    grow((), 1.0, 2)
    return found


@given(_trees())
def test_exclusive_probabilities_add_up_to_those_of_the_shortest(tree: dict[tuple[int, ...], float]) -> None:
    alone = exclusive({form: math.log(p) for form, p in tree.items()})
    shortest = [p for form, p in tree.items() if not any(form[:n] in tree for n in range(1, len(form)))]
    assert math.isclose(sum(map(math.exp, alone.values())), sum(shortest), rel_tol=1e-9, abs_tol=1e-12)
    assert all(alone[form] <= math.log(p) + 1e-9 for form, p in tree.items())
