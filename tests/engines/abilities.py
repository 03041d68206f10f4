"""What engines must do that declare more than the least. A test class mixes in what its engine declares."""

from __future__ import annotations

import asyncio
import math
from typing import cast

import pytest

from runtime.engines import Answer, Engine, EngineRejected, Message, Request, Sampling
from runtime.engines.protocol import Batching, Embedding, Warming
from tests.engines.contract import ENOUGH, ask, choice, one, regex, request_of


class LabelContract:
    """For engines that score labels of any length."""

    def test_a_label_of_several_tokens_is_scored(self, engine: Engine) -> None:
        labels = ("yes", "perhaps not today, my friend")
        answer = one(engine, request_of(engine, labels=labels))
        assert set(answer.labels) == set(labels)
        assert answer.labels[labels[1]] < answer.labels["yes"] <= 0
        assert answer.label_mass is not None and answer.label_mass <= 1 + 1e-6

    def test_labels_that_begin_alike_share_no_probability(self, engine: Engine) -> None:
        labels = tuple(map(str, range(1, 11)))
        answer = one(engine, request_of(engine, labels=labels))
        assert sum(map(math.exp, answer.labels.values())) <= 1 + 1e-6


class CacheContract:
    """For engines that declare a prefix cache, and tell what it gave."""

    def test_a_second_prompt_finds_the_beginning_of_the_first(self, engine: Engine) -> None:
        first, second = (one(engine, beginning(engine, text)) for text in ("One?", "Two?"))
        assert second.cached_tokens > first.prompt_tokens / 2


class WarmingContract:
    """For engines that declare warming."""

    def test_a_warmed_prompt_is_found_in_the_cache(self, engine: Engine) -> None:
        request = beginning(engine, "Three?", "Today the subject is rope.")

        async def warmed() -> Answer:
            await cast(Warming, engine).warm(request)
            return await engine.complete(request)

        answer = asyncio.run(warmed())
        assert answer.cached_tokens > answer.prompt_tokens / 2


class BatchingContract:
    """For engines that declare batches."""

    def test_samples_of_one_request_are_as_many_answers_in_one_body(self, engine: Engine) -> None:
        hot = Sampling(temperature=1.5, max_tokens=8)
        answers = together(engine, [request_of(engine, sampling=hot, seed=seed) for seed in range(4)])
        assert len(answers) == 4
        assert len({answer.text for answer in answers}) > 1
        assert all(0 < answer.completion_tokens <= 8 and answer.prompt_tokens for answer in answers)

    def test_every_sample_has_the_form_that_was_asked_for(self, engine: Engine) -> None:
        requests = [request_of(engine, sampling=ENOUGH, constraint=choice(["red", "blue"]), seed=n) for n in range(3)]
        assert {answer.text for answer in together(engine, requests)} <= {"red", "blue"}

    def test_a_form_that_cannot_be_decoded_refuses_the_whole_body(self, engine: Engine) -> None:
        with pytest.raises(EngineRejected):
            together(engine, [request_of(engine, constraint=regex("(a"), seed=seed) for seed in range(2)])

    def test_samples_are_what_a_call_for_each_would_give_where_seeds_are_kept(self, engine: Engine) -> None:
        requests = [request_of(engine, seed=seed) for seed in range(3)]
        texts = [answer.text for answer in together(engine, requests)]
        assert not engine.capabilities.seed or texts == [answer.text for answer in ask(engine, *requests)]


class EmbeddingContract:
    """For engines that embed texts."""

    def test_every_text_has_a_vector_in_its_place(self, engine: Engine) -> None:
        texts = ["a lamp", "a rope in the rain", "a lamp"]
        vectors = embedded(engine, texts)
        assert len(vectors) == 3
        assert {len(vector) for vector in vectors} == {len(vectors[0])}
        assert _cosine(vectors[0], vectors[2]) > 0.999 > _cosine(vectors[0], vectors[1])

    def test_no_texts_have_no_vectors(self, engine: Engine) -> None:
        assert embedded(engine, []) == []


def beginning(engine: Engine, question: str, subject: str = "You answer about lamps, and only about lamps.") -> Request:
    """A request with a long beginning that others share."""
    messages = (Message("system", f"{subject} " * 8), Message("user", question))
    return request_of(engine, messages=messages)


def together(engine: Engine, requests: list[Request]) -> list[Answer]:
    """The answers of one body."""
    return asyncio.run(cast(Batching, engine).complete_all(requests))


def embedded(engine: Engine, texts: list[str]) -> list[list[float]]:
    return asyncio.run(cast(Embedding, engine).embed(texts))


def _cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True)) / (math.hypot(*one) * math.hypot(*other))
