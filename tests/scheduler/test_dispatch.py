"""The dispatcher: who goes when, who leads and who follows, what is sent together, and that nothing is ever stuck."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import (
    Answer,
    Capabilities,
    EngineRejected,
    EngineUnavailable,
    Message,
    Request,
    Sampling,
)
from runtime.scheduler import holds
from runtime.scheduler.by_prefix import LONG
from runtime.scheduler.dispatch import Dispatcher
from runtime.scheduler.turns import JOINING
from tests.scheduler.virtual import run

REMEMBERS = Capabilities(logprobs=True, prefix_cache=True, warm=True, batch=True)
PAGE = "a page of many words, " * (LONG // 10)
OTHER = "quite another page, " * (LONG // 10)


@dataclass
class Watched(DeterministicEngine):
    """Notes what happens, in order: `warm`, `call`, `batch` with the texts, and what was given up."""

    capabilities: Capabilities = REMEMBERS
    seconds: Callable[[str], float] = lambda text: 1.0
    fails: Callable[[str], Exception | None] = lambda text: None
    seen: list[tuple[str, str]] = field(default_factory=list)
    flying: int = 0
    peak: int = 0

    async def complete(self, request: Request) -> Answer:
        return (await self._during("call", [request]))[0]

    async def complete_all(self, requests: Sequence[Request]) -> list[Answer]:
        return await self._during("batch", requests)

    async def warm(self, request: Request) -> None:
        await self._during("warm", [request])

    async def _during(self, what: str, requests: Sequence[Request]) -> list[Answer]:
        text = told(requests[0])
        self.seen.append((what, text if what != "batch" else f"{text} x{len(requests)}"))
        self.flying += len(requests)
        self.peak = max(self.peak, self.flying)
        try:
            await asyncio.sleep(self.seconds(f"{what} {text}"))
            if (error := self.fails(f"{what} {text}")) is not None:
                raise error
            return [Answer(f"{told(request)} {request.seed}") for request in requests]
        except asyncio.CancelledError:
            self.seen.append(("given up", text))
            raise
        finally:
            self.flying -= len(requests)


def asked(text: str, seed: int = 0, words: int = 100) -> Request:
    return Request("m", (Message("user", text),), seed=seed, sampling=Sampling(max_tokens=words))


def judged(text: str) -> Request:
    return Request("m", (Message("user", text),), labels=("yes", "no"))


def told(request: Request) -> str:
    """What stands behind the page."""
    return request.messages[0].content.removeprefix(PAGE).removeprefix(OTHER)


def all_of(engine: Watched, requests: Sequence[Request]) -> list[Answer]:
    async def ask() -> list[Answer]:
        sender = Dispatcher(engine)
        return list(await asyncio.gather(*(sender.ask(request) for request in requests)))

    return run(ask())


# --- order ---


def test_an_engine_without_a_memory_is_sent_what_comes_first_first() -> None:
    engine = Watched(capabilities=Capabilities(), concurrency=2)
    all_of(engine, [asked(text) for text in "cabcab"])
    assert [text for _, text in engine.seen] == [*"cabcab"]
    assert engine.peak == 2


def test_an_engine_with_a_memory_is_sent_what_begins_alike_together() -> None:
    engine = Watched(concurrency=1)
    all_of(engine, [asked(text) for text in ("b1", "a1", "c1", "b2", "a2")])
    assert [text for _, text in engine.seen] == ["a1", "a2", "b1", "b2", "c1"]


def test_an_engine_that_takes_one_call_at_a_time_keeps_the_order_of_the_rows() -> None:
    engine = Watched(concurrency=1, capabilities=Capabilities(prefix_cache=True))
    all_of(engine, [asked(text) for text in "cab"])
    assert [text for _, text in engine.seen] == [*"cab"]


def test_every_answer_goes_to_the_one_who_asked() -> None:
    requests = [asked(f"{PAGE}{number % 3}", seed) for number in range(7) for seed in (number, number + 50)]
    answers = all_of(Watched(concurrency=4), requests)
    assert [answer.text for answer in answers] == [f"{told(request)} {request.seed}" for request in requests]


# --- leaders ---


def test_what_many_share_is_computed_once_before_they_follow() -> None:
    engine = Watched(concurrency=8)
    all_of(engine, [asked(PAGE + str(number)) for number in range(3)])
    assert engine.seen == [("warm", "0"), ("call", "0"), ("call", "1"), ("call", "2")]


def test_a_short_beginning_is_not_waited_for() -> None:
    engine = Watched(concurrency=8)
    all_of(engine, [asked("a short page" + str(number)) for number in range(3)])
    assert {what for what, _ in engine.seen} == {"call"}


def test_what_nobody_shares_is_sent_at_once() -> None:
    engine = Watched(concurrency=8)
    all_of(engine, [asked(PAGE), asked(OTHER)])
    assert {what for what, _ in engine.seen} == {"call"}


def test_a_judgement_leads_the_others_of_its_text_by_itself() -> None:
    engine = Watched(concurrency=8)

    async def ask() -> float:
        sender, loop = Dispatcher(engine), asyncio.get_running_loop()
        await asyncio.gather(*(sender.ask(judged(PAGE + str(number))) for number in range(4)))
        return loop.time()

    assert run(ask()) == 2  # one, then three at a time
    assert {what for what, _ in engine.seen} == {"call"}


def test_an_engine_that_cannot_warm_is_sent_all_that_write_at_once() -> None:
    engine = Watched(capabilities=replace(REMEMBERS, warm=False), concurrency=8)
    all_of(engine, [asked(PAGE + str(number)) for number in range(3)])
    assert engine.peak == 3


def test_no_more_is_warmed_than_those_who_follow_have_room() -> None:
    engine = Watched(concurrency=4)
    all_of(engine, [asked(page + str(number)) for page in (PAGE, OTHER) for number in range(4)])
    assert [what for what, _ in engine.seen].index("call") == 1


@pytest.mark.parametrize("error", [EngineUnavailable("e", "gone"), EngineRejected("e", "too long")])
def test_a_leader_that_fails_holds_nobody_up(error: Exception) -> None:
    engine = Watched(concurrency=8, fails=lambda text: error if text == "warm 0" else None)
    answers = all_of(engine, [asked(PAGE + str(number)) for number in range(3)])
    assert [answer.text for answer in answers] == ["0 0", "1 0", "2 0"]


def test_a_leading_judgement_that_fails_holds_nobody_up() -> None:
    engine = Watched(concurrency=8, fails=lambda text: EngineRejected("e", "no") if text == "call 0" else None)

    async def ask() -> list[Answer | BaseException]:
        sender = Dispatcher(engine)
        return await asyncio.gather(*(sender.ask(judged(PAGE + str(n))) for n in range(3)), return_exceptions=True)

    first, *others = run(ask())
    assert isinstance(first, EngineRejected) and all(isinstance(other, Answer) for other in others)


def test_a_bug_of_an_engine_comes_out_where_its_prompt_was_asked() -> None:
    engine = Watched(concurrency=8, fails=lambda text: ZeroDivisionError() if text == "warm 0" else None)
    with pytest.raises(ZeroDivisionError):
        all_of(engine, [asked(PAGE + str(number)) for number in range(3)])


def test_a_leader_that_is_cancelled_leaves_the_beginning_to_the_others() -> None:
    engine = Watched(concurrency=8)
    first, *others = _cancelling(engine, [asked(PAGE + str(number)) for number in range(3)], {0: 0.5})
    assert isinstance(first, asyncio.CancelledError) and [str(other) for other in others if other is None] == []
    assert ("call", "0") not in engine.seen and ("call", "2") in engine.seen


def test_nothing_is_warmed_for_nobody() -> None:
    engine = Watched(concurrency=8)
    _cancelling(engine, [asked(PAGE + str(number)) for number in range(3)], dict.fromkeys(range(3), 0.5))
    assert engine.seen == [("warm", "0"), ("given up", "0")]


def test_one_who_is_held_is_sent_when_enough_others_have_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "PASSED", 5)
    engine = Watched(concurrency=3, seconds=lambda text: 1000.0 if text.startswith("warm") else 1.0)

    async def ask() -> float:
        sender, loop = Dispatcher(engine), asyncio.get_running_loop()
        held = [asyncio.ensure_future(sender.ask(asked(PAGE + str(number)))) for number in range(2)]
        await asyncio.sleep(0)
        for number in range(20):
            await sender.ask(asked(f"x{number}"))
        await asyncio.gather(*held)
        return loop.time()

    assert run(ask()) < 1000


# --- samples ---


def test_samples_go_together_once_their_prompt_is_computed() -> None:
    engine = Watched(concurrency=8)
    answers = all_of(engine, [asked(PAGE, seed) for seed in range(4)])
    assert engine.seen == [("warm", ""), ("batch", " x4")]
    assert [answer.text for answer in answers] == [f" {seed}" for seed in range(4)]


def test_samples_count_as_so_many_calls_in_flight() -> None:
    engine = Watched(concurrency=3)
    all_of(engine, [asked("a", seed) for seed in range(7)])
    assert engine.peak == 3
    assert engine.seen == [("batch", "a x3"), ("batch", "a x3"), ("call", "a")]


def test_who_asks_for_something_else_is_no_sample() -> None:
    engine = Watched(concurrency=8)
    all_of(engine, [asked("a", 1), asked("a", 2), asked("a", 3, words=7), replace(asked("a", 4), prefill="b")])
    assert sorted(engine.seen) == [("batch", "a x2"), ("call", "a"), ("call", "a")]


def test_one_cancelled_sample_leaves_the_others_their_answers() -> None:
    engine = Watched(concurrency=8)
    first, *others = _cancelling(engine, [asked("a", seed) for seed in range(3)], {0: 0.5})
    assert isinstance(first, asyncio.CancelledError) and all(isinstance(other, Answer) for other in others)
    assert ("given up", "a") not in engine.seen


def test_a_batch_that_nobody_waits_for_is_given_up() -> None:
    engine = Watched(concurrency=8)
    _cancelling(engine, [asked("a", seed) for seed in range(3)], dict.fromkeys(range(3), 0.5))
    assert engine.seen == [("batch", "a x3"), ("given up", "a")]


def test_a_batch_that_fails_fails_for_each() -> None:
    engine = Watched(concurrency=8, fails=lambda text: EngineUnavailable("e", "gone"))
    ends = _cancelling(engine, [asked("a", seed) for seed in range(3)], {})
    assert all(isinstance(end, EngineUnavailable) for end in ends)


# --- stops ---


@pytest.mark.parametrize("remembers", [True, False])
def test_whoever_may_not_any_more_is_not_sent(remembers: bool) -> None:
    engine = Watched(concurrency=1, capabilities=replace(REMEMBERS, prefix_cache=remembers))
    left = [2]

    def permit() -> None:
        if not left[0]:
            raise RuntimeError("the budget is used up")
        left[0] -= 1

    async def ask() -> list[Answer | BaseException]:
        sender = Dispatcher(engine)
        return await asyncio.gather(*(sender.ask(asked(str(n)), permit) for n in range(5)), return_exceptions=True)

    ends = run(ask())
    assert [isinstance(end, Answer) for end in ends] == [True, True, False, False, False]
    assert len(engine.seen) == 2


@pytest.mark.parametrize("remembers", [True, False])
def test_a_stop_sends_nothing_more_and_gives_up_what_is_in_flight(remembers: bool) -> None:
    engine = Watched(concurrency=2, capabilities=replace(REMEMBERS, prefix_cache=remembers))
    _cancelling(engine, [asked(str(number)) for number in range(9)], dict.fromkeys(range(9), 0.5))
    assert engine.seen == [("call", "0"), ("call", "1"), ("given up", "0"), ("given up", "1")]


def test_the_number_in_flight_follows_what_the_engine_wants() -> None:
    engine = Watched(concurrency=1)

    async def ask() -> list[int]:
        sender, peaks = Dispatcher(engine), []
        for engine.concurrency in (1, 6, 2):
            engine.peak = 0
            await asyncio.gather(*(sender.ask(asked(f"{engine.concurrency}-{n}")) for n in range(12)))
            peaks.append(engine.peak)
        return peaks

    assert run(ask()) == [1, 6, 2]


def test_one_dispatcher_serves_one_loop_after_another() -> None:
    engine = Watched(concurrency=2)
    sender = Dispatcher(engine)
    assert run(sender.ask(asked("a"))).text == "a 0"
    assert run(sender.ask(asked("b"))).text == "b 0"


# --- whatever happens ---


async def _told(sender: Dispatcher, request: Request) -> Answer:
    """As `ask`, on the way of who is told."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def tell(fate: Answer | BaseException) -> None:
        future.set_exception(fate) if isinstance(fate, BaseException) else future.set_result(fate)

    begun = sender.begin(request, lambda: None, tell)
    try:
        return await future
    except asyncio.CancelledError:
        begun.cancel()
        raise


_texts = st.sampled_from(
    ["", "a", "b", PAGE, PAGE + "1", PAGE + "2", PAGE + OTHER, PAGE + OTHER + "3", OTHER, OTHER + "4"]
)
_wishes = st.tuples(
    _texts,
    st.integers(0, 3),  # seed
    st.sampled_from(["write", "judge"]),
    st.floats(0, 5),  # when it comes
    st.one_of(st.none(), st.floats(0, 8)),  # when it is cancelled
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(_wishes, max_size=30, unique_by=lambda wish: wish[:3]),
    st.integers(1, 5),
    st.integers(0, 2**16),
    st.sampled_from([REMEMBERS, replace(REMEMBERS, warm=False), replace(REMEMBERS, batch=False), Capabilities()]),
    st.sampled_from(["all wait", "all are told", "both"]),
)
def test_all_who_stay_are_answered_whoever_fails_or_leaves(
    wishes: list[tuple[str, int, str, float, float | None]],
    concurrency: int,
    luck: int,
    capabilities: Capabilities,
    ways: str,
) -> None:
    def chance(text: str, of: int) -> bool:
        return hash((text, luck)) % of == 0

    engine = Watched(
        concurrency=concurrency,
        capabilities=capabilities,
        seconds=lambda text: 0.1 + hash((text, luck)) % 10 / 5,
        fails=lambda text: EngineUnavailable("e", "gone") if chance(text, 5) else None,
    )

    async def one(sender: Dispatcher, wish: tuple[str, int, str, float, float | None]) -> str:
        text, seed, kind, comes, leaves = wish
        await asyncio.sleep(comes)
        request = asked(text, seed) if kind == "write" else judged(text + str(seed))
        try:
            async with asyncio.timeout(leaves):
                waits = ways == "all wait" or (ways == "both" and seed % 2)
                answer = await (sender.ask(request) if waits else _told(sender, request))
        except TimeoutError:
            return "left"
        except EngineUnavailable:
            return "failed"
        assert answer.text == f"{told(request)} {request.seed}"
        return "answered"

    async def everything() -> tuple[list[str], int]:
        sender = Dispatcher(engine)
        ends = await asyncio.gather(*(one(sender, wish) for wish in wishes))
        await asyncio.sleep(10)  # what nobody waits for has ended
        assert engine.flying == 0
        engine.peak, engine.fails = 0, lambda text: None
        await asyncio.gather(*(sender.ask(asked(f"again {number}")) for number in range(2 * concurrency)))
        return ends, engine.peak

    ends, peak = run(everything())  # `Stuck` where somebody would wait for ever
    assert len(ends) == len(wishes)
    assert peak == concurrency  # no place was lost on the way, and none won


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(_texts, st.integers(0, 50), st.floats(0, 20)), max_size=80), st.integers(1, 4))
def test_nobody_is_passed_by_more_than_the_bound(wishes: list[tuple[str, int, float]], concurrency: int) -> None:
    """At most so many rounds as it is held and two more, and what passes it while it is held."""
    engine = Watched(concurrency=concurrency)
    sent, passed = [0], list[int]()

    async def one(sender: Dispatcher, text: str, number: int, comes: float) -> None:
        await asyncio.sleep(comes)
        came = sent[0]

        def permit() -> None:
            passed.append(sent[0] - came)
            sent[0] += 1

        await sender.ask(asked(f"{text}{number}"), permit)

    async def everything() -> None:
        sender = Dispatcher(engine)
        await asyncio.gather(*(one(sender, *wish) for wish in wishes))

    run(everything())
    most = max(JOINING, len(wishes))
    assert max(passed, default=0) <= (2 + holds.HOLDS) * 2 * most + holds.HOLDS * holds.PASSED


def _cancelling(engine: Watched, requests: Sequence[Request], when: dict[int, float]) -> list[Answer | BaseException]:
    """The ends of all, where some are cancelled after so many seconds."""

    async def ask() -> list[Answer | BaseException]:
        sender, loop = Dispatcher(engine), asyncio.get_running_loop()
        tasks = [asyncio.ensure_future(sender.ask(request)) for request in requests]
        for index, seconds in when.items():
            loop.call_later(seconds, tasks[index].cancel)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(5)
        assert engine.flying == 0
        return ends

    return run(ask())
