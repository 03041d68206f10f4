"""The contract on real servers of the API: llama.cpp's, in this process, and any that `SYNTH_TEST_OPENAI_URL` names."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Iterator
from typing import Any

import pytest

from runtime.engines import Engine, Message, make_engine
from runtime.engines.llamacpp import SPINS
from runtime.engines.weights import find_weights
from tests.engines.abilities import CacheContract, LabelContract
from tests.engines.contract import EngineContract, GrammarContract, one, request_of

NAMED = os.environ.get("SYNTH_TEST_OPENAI_URL")
"""A server to test as well; `SYNTH_TEST_OPENAI_FLAVOUR` is its flavour."""


@pytest.fixture(scope="module")
def llamacpp() -> Iterator[Engine]:
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_weights())
    params.n_parallel, params.n_ctx, params.verbosity = 2, 4096, -1
    params.warmup = params.ui = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = len(os.sched_getaffinity(0))
    params.n_threads_http = 64  # each test has an event loop of its own, and connections that outlive it hold a thread
    server = xllamacpp.Server(params)
    engine = make_engine("openai", {"url": server.listening_address, "flavour": "llamacpp", "concurrency": 2})
    yield engine
    asyncio.run(engine.close())


@pytest.mark.live
class TestLlamaCppServer(EngineContract, GrammarContract, CacheContract, LabelContract):
    @pytest.fixture
    def engine(self, llamacpp: Engine) -> Engine:
        return llamacpp

    def test_its_prompts_and_labels_are_those_of_the_engine_in_this_process(self, engine: Engine) -> None:
        """The same weights, asked over HTTP and without: the same prompt, the same probability of yes."""
        inside = make_engine("llamacpp", {"context": 2048})
        question = (Message("user", "Is a lamp a light? Answer yes or no."),)
        ours, theirs = (one(it, request_of(it, messages=question, labels=("yes", "no"))) for it in (engine, inside))
        assert engine.render(request_of(engine)) == inside.render(request_of(inside))
        assert ours.labels == pytest.approx(dict(theirs.labels), abs=0.05)
        asyncio.run(inside.close())


if NAMED:

    @pytest.mark.live
    class TestNamedServer(EngineContract):
        @pytest.fixture(scope="class")
        def engine(self) -> Iterator[Engine]:
            settings: dict[str, Any] = {"url": NAMED}
            settings["flavour"] = os.environ.get("SYNTH_TEST_OPENAI_FLAVOUR", "plain")
            engine = make_engine("openai", settings)
            yield engine
            asyncio.run(engine.close())

        def test_what_it_thinks_of_labels_is_no_more_than_everything(self, engine: Engine) -> None:
            if engine.capabilities.logprobs:
                answer = one(engine, request_of(engine, labels=tuple(map(str, range(1, 6)))))
                assert sum(map(math.exp, answer.labels.values())) <= 1 + 1e-6
