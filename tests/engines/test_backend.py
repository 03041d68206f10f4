"""SGLang programs, written by hand, run on our engines: inline, in threads, and many at once in greenlets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import sglang as sgl

from runtime.bridge import run_in_greenlet
from runtime.engines import Answer, Capabilities, Constraint, EngineUnavailable, Message, Request, Sampling
from runtime.engines.backend import Call, SglBackend
from runtime.engines.deterministic import DeterministicEngine


@sgl.function  # type: ignore[untyped-decorator]
def ask(s: Any, passage: str, call: Call | None = None) -> None:
    s += sgl.system("You ask one question.")
    s += sgl.user("Text: " + passage)
    s += sgl.assistant(sgl.gen("answer", max_tokens=40, temperature=0.5, stop=["\n\n"]))


@sgl.function  # type: ignore[untyped-decorator]
def ask_and_reply(s: Any, passage: str) -> None:
    s += sgl.user(passage)
    s += sgl.assistant(sgl.gen("question", regex="(Why|How) [a-z ]{5,20}[?]"))
    s += sgl.user("Answer it.")
    s += sgl.assistant("Well, " + sgl.gen("answer"))


@sgl.function  # type: ignore[untyped-decorator]
def verdict(s: Any, text: str, call: Call | None = None) -> None:
    s += sgl.user(text)
    s += sgl.assistant(sgl.select("verdict", ["yes", "no"]))


@sgl.function  # type: ignore[untyped-decorator]
def continued(s: Any, text: str) -> None:
    s += text
    s += sgl.gen("rest", max_tokens=5)


class Recorder:
    """Answers through an engine and keeps what was asked: what a journal is to a program."""

    def __init__(self, engine: DeterministicEngine) -> None:
        self.engine, self.requests = engine, list[Request]()

    async def complete(self, request: Request) -> Answer:
        self.requests.append(request)
        return await self.engine.complete(request)


@pytest.fixture
def engine() -> DeterministicEngine:
    return DeterministicEngine()


@pytest.fixture
def recorder(engine: DeterministicEngine) -> Recorder:
    return Recorder(engine)


def test_a_program_runs_by_hand_on_any_engine(engine: DeterministicEngine) -> None:
    state = ask.run(passage="A lamp.", backend=SglBackend(engine), use_thread=False)
    assert state["answer"]
    assert state.messages()[-1] == {"role": "assistant", "content": state["answer"]}


def test_threads_and_inline_give_the_same(engine: DeterministicEngine) -> None:
    inline = ask.run(passage="A lamp.", backend=SglBackend(engine), use_thread=False)["answer"]
    threaded = ask.run(passage="A lamp.", backend=SglBackend(engine))["answer"]
    assert inline == threaded


def test_a_batch_of_the_frontend_runs(engine: DeterministicEngine) -> None:
    states = ask.run_batch([{"passage": f"Lamp {i}."} for i in range(8)], backend=SglBackend(engine), num_threads=4)
    assert len({state["answer"] for state in states}) == 8


def test_sixty_four_programs_share_one_loop(engine: DeterministicEngine) -> None:
    engine.delay, engine.jitter = 0.005, 0.02
    backend = SglBackend(engine)

    def program(index: int) -> tuple[str, Call]:
        call = Call(seed=index)
        return ask.run(passage="A lamp.", call=call, backend=backend, use_thread=False)["answer"], call

    async def run() -> list[tuple[str, Call]]:
        return await asyncio.wait_for(asyncio.gather(*(run_in_greenlet(program, i) for i in range(64))), timeout=5)

    results = asyncio.run(run())
    for index, (text, call) in enumerate(results):
        assert call.request is not None
        assert call.request.seed == index
        assert call.answer is not None
        assert call.answer.text == text
    assert len({text for text, _ in results}) > 60


def test_the_request_is_what_the_program_said(engine: DeterministicEngine, recorder: Recorder) -> None:
    ask.run(passage="A lamp.", backend=SglBackend(engine, recorder), use_thread=False)
    assert recorder.requests == [
        Request(
            model="deterministic:1",
            messages=(Message("system", "You ask one question."), Message("user", "Text: A lamp.")),
            sampling=Sampling(temperature=0.5, max_tokens=40, stop=("\n\n",)),
        )
    ]


def test_a_second_turn_sees_the_first_and_keeps_its_opening(engine: DeterministicEngine, recorder: Recorder) -> None:
    state = ask_and_reply.run(passage="A lamp.", backend=SglBackend(engine, recorder), use_thread=False)
    first, second = recorder.requests
    assert first.constraint == Constraint("regex", "(Why|How) [a-z ]{5,20}[?]")
    assert second.messages[1] == Message("assistant", state["question"])
    assert second.prefill == "Well, "
    assert not state["answer"].startswith("Well, ")


def test_a_call_overrides_what_gen_says(engine: DeterministicEngine, recorder: Recorder) -> None:
    call = Call(
        seed=2**63, sampling=Sampling(max_tokens=7), constraint=Constraint("choice", json.dumps(["north", "south"]))
    )
    state = ask.run(passage="A lamp.", call=call, backend=SglBackend(engine, recorder), use_thread=False)
    assert state["answer"] in ("north", "south")
    assert recorder.requests[0].seed == 2**63
    assert recorder.requests[0].sampling == Sampling(max_tokens=7)


def test_select_is_a_judgement_of_one_call(engine: DeterministicEngine, recorder: Recorder) -> None:
    call = Call()
    state = verdict.run(text="Is it?", call=call, backend=SglBackend(engine, recorder), use_thread=False)
    assert [request.labels for request in recorder.requests] == [("yes", "no")]
    details = state.get_meta_info("verdict")
    assert set(details["labels"]) == {"yes", "no"}
    assert state["verdict"] == max(details["labels"], key=details["labels"].get)
    assert call.answer is not None
    assert call.text == state["verdict"]


def test_text_without_roles_is_a_raw_prompt(engine: DeterministicEngine, recorder: Recorder) -> None:
    continued.run(text="Once upon a", backend=SglBackend(engine, recorder), use_thread=False)
    assert recorder.requests[0].raw
    assert engine.render(recorder.requests[0]) == "Once upon a"


def test_a_pattern_the_engine_lacks_comes_back_as_plain_text(recorder: Recorder, engine: DeterministicEngine) -> None:
    engine.capabilities = Capabilities(json_schema=True)
    call = Call(constraint=Constraint("regex", "(Why|How) [a-z ]{5,20}[?]"))
    state = ask.run(passage="A lamp.", call=call, backend=SglBackend(engine, recorder), use_thread=False)
    assert recorder.requests[0].constraint is not None
    assert recorder.requests[0].constraint.kind == "json_schema"
    assert state["answer"].startswith(("Why ", "How "))
    assert call.answer is not None
    assert call.answer.text.startswith('"')


def test_an_engines_fault_comes_out_as_it_is(engine: DeterministicEngine) -> None:
    engine.unavailable_from = 1
    backend = SglBackend(engine)
    with pytest.raises(EngineUnavailable):
        ask.run(passage="A lamp.", backend=backend, use_thread=False)
    with pytest.raises(EngineUnavailable):
        asyncio.run(run_in_greenlet(lambda: ask.run(passage="A lamp.", backend=backend, use_thread=False)))


def test_the_stop_strings_of_one_call_do_not_reach_the_next(engine: DeterministicEngine, recorder: Recorder) -> None:
    backend = SglBackend(engine, recorder)
    stops = ["x"]
    for _ in range(2):
        continued.run(text="Once", stop=stops, backend=backend, use_thread=False)
    assert [request.sampling.stop for request in recorder.requests] == [("x",), ("x",)]
    assert stops == ["x"]
