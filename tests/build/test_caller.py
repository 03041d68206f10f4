"""A caller in front of an engine with a short way: stored before used, told what went wrong, and called off cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.build.caller import Caller
from runtime.build.progress import Progress
from runtime.engines.begun import Told
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, EngineUnavailable, Message, Request
from runtime.journal import Journal
from runtime.scheduler.dispatch import Dispatcher

HELLO = Answer("Hello.", prompt_tokens=3)


class Shortly(DeterministicEngine):
    """Answers on the short way alone, when the test says so; one call at a time."""

    def __init__(self) -> None:
        super().__init__(concurrency=1)
        self.asked: list[tuple[Request, Told]] = []
        self.cancelled = 0

    def begin(self, request: Request, told: Told) -> Shortly:
        self.asked.append((request, told))
        return self

    def cancel(self) -> None:
        self.cancelled += 1


def question(number: int) -> Request:
    return Request("m", (Message("user", f"Question {number}"),), seed=number)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "journal") as opened:
        yield opened


async def until_asked(engine: Shortly, count: int) -> None:
    while len(engine.asked) < count:
        await asyncio.sleep(0)


def test_an_answer_is_counted_and_stored_before_it_is_used(journal: Journal) -> None:
    async def scenario() -> None:
        engine, progress = Shortly(), Progress("rows")
        caller = Caller(Dispatcher(engine), journal, progress)
        first, same = caller.promised(question(1)), caller.promised(question(1))
        await until_asked(engine, 1)
        engine.asked[0][1](HELLO)
        assert await first == await same == await caller.promised(question(1)) == HELLO
        assert Answer.from_json(journal.get(question(1).digest) or b"") == HELLO
        assert (len(engine.asked), progress.fresh, progress.reused, progress.prompt_tokens) == (1, 1, 2, 3)

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_a_fault_of_the_engine_is_told_as_a_diagnostic_and_makes_room(journal: Journal) -> None:
    async def scenario() -> None:
        engine = Shortly()
        caller = Caller(Dispatcher(engine), journal, Progress("rows"))
        first, second = caller.promised(question(1)), caller.promised(question(2))
        await until_asked(engine, 1)
        engine.asked[0][1](EngineUnavailable("mock", "is gone"))
        with pytest.raises(SynthError) as fault:
            await first
        assert fault.value.diagnostics[0].code == "E0904"
        await until_asked(engine, 2)
        engine.asked[1][1](HELLO)
        assert await second == HELLO

    asyncio.run(asyncio.wait_for(scenario(), 20))


@pytest.mark.parametrize("sent", [True, False])
def test_who_is_cancelled_is_called_off_wherever_it_is_and_makes_room(journal: Journal, sent: bool) -> None:
    async def scenario() -> None:
        engine = Shortly()
        caller = Caller(Dispatcher(engine), journal, Progress("rows"))
        calls = [asyncio.ensure_future(caller.promised(question(number))) for number in range(3)]
        await until_asked(engine, 1)
        calls[0 if sent else 1].cancel()
        await asyncio.sleep(0.01)
        assert engine.cancelled == sent
        for number in (1, 2) if sent else (0, 2):
            await until_asked(engine, len(engine.asked))
            engine.asked[-1][1](HELLO)
            assert await calls[number] == HELLO
        assert [request.seed for request, _ in engine.asked] == ([0, 1, 2] if sent else [0, 2])

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_a_call_that_is_not_permitted_is_not_sent(journal: Journal) -> None:
    async def scenario() -> None:
        engine, told = Shortly(), list[object]()

        def never() -> None:
            raise PermissionError("the time is used up")

        dispatcher = Dispatcher(engine)
        for number in range(600):  # each makes room for the next one, which is refused, too
            dispatcher.begin(question(number), never, told.append)
        while len(told) < 600:
            await asyncio.sleep(0)
        assert engine.asked == []

    asyncio.run(asyncio.wait_for(scenario(), 20))
