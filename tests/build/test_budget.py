"""Budgets: what may be written; that no more is spent, whoever asks how much at once; and that what fits is asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.diagnostics import SynthError
from runtime.build.amounts import read_budget
from runtime.build.budget import Allowance, Need, OutOfTime, most, so_far
from runtime.build.progress import Progress
from runtime.config.model import Budget
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Message, Request, Sampling


def test_a_budget_is_read_over_the_profiles_own() -> None:
    assert read_budget("tokens=2M, minutes=0.5", Budget(calls=7)) == Budget(2_000_000, 7, 0.5)


@pytest.mark.parametrize("text", ["token=2M", "tokens", "tokens=", "tokens=-3", "minutes=soon", "calls=0", ""])
def test_anything_else_is_a_mistake_with_a_way_out(text: str) -> None:
    with pytest.raises(SynthError, match="E0908") as error:
        read_budget(text, Budget())
    assert error.value.diagnostics[0].help


@dataclass
class Asker:
    """Asks with so many in flight; each call needs at most so much and costs what it costs."""

    budget: Budget
    progress: Progress = field(default_factory=lambda: Progress("qa"))
    stopped: list[SynthError] = field(default_factory=list)
    answered: list[Need] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.allowance = Allowance(self.budget)

    async def ask(self, need: Need, cost: int, turns: int) -> None:
        try:
            await self.allowance.take(need, self.progress)
        except SynthError as error:
            self.stopped.append(error)
            return
        try:
            for _ in range(turns):
                await asyncio.sleep(0)
            self.progress.fresh += need.calls
            self.progress.prompt_tokens += cost
            self.answered.append(need)
            self.within()
        finally:
            self.allowance.give_back(need)

    def within(self) -> None:
        assert self.budget.tokens is None or self.progress.tokens <= self.budget.tokens
        assert self.budget.calls is None or self.progress.fresh <= self.budget.calls

    def all(self, calls: list[tuple[int, float, int]]) -> None:
        async def run() -> None:
            needs = [(Need(1, tokens), int(tokens * share), turns) for tokens, share, turns in calls]
            await asyncio.gather(*(self.ask(*need) for need in needs))

        asyncio.run(run())


asked = st.lists(st.tuples(st.integers(1, 100), st.floats(0, 1), st.integers(0, 4)), min_size=1, max_size=30)


@given(calls=asked, tokens=st.integers(1, 400), most_calls=st.one_of(st.none(), st.integers(1, 20)))
@settings(max_examples=60)
def test_no_more_is_spent_than_the_budget_and_what_fits_is_asked(
    calls: list[tuple[int, float, int]], tokens: int, most_calls: int | None
) -> None:
    asker = Asker(Budget(tokens=tokens, calls=most_calls))
    asker.all(calls)
    asker.within()
    assert len(asker.answered) + len(asker.stopped) == len(calls)
    if min(need for need, _, _ in calls) <= tokens:
        assert asker.answered, "a call fits, and none was made"
    if not asker.stopped:
        return
    assert {error.diagnostics[0].code for error in asker.stopped} == {"E0907"}
    largest = max(need for need, _, _ in calls)
    assert asker.progress.fresh == most_calls or asker.progress.tokens + largest > tokens, "it stopped with room left"


def test_a_large_call_that_does_not_fit_keeps_no_small_one_from_being_made() -> None:
    asker = Asker(Budget(tokens=50))
    asker.all([(60, 1, 0), (20, 1, 1), (70, 1, 0), (30, 1, 0)])
    assert sorted(need.tokens for need in asker.answered) == [20, 30] and len(asker.stopped) == 2


def test_what_was_reserved_and_not_spent_is_there_for_the_next() -> None:
    asker = Asker(Budget(tokens=100))
    asker.all([(60, 0.1, 3)] * 7)
    assert len(asker.answered) == 7 and asker.progress.tokens == 42


def test_who_leaves_while_waiting_takes_no_room_along() -> None:
    async def run() -> None:
        asker = Asker(Budget(calls=2))
        first = asyncio.ensure_future(asker.ask(Need(2, 1), 1, 5))
        await asyncio.sleep(0)
        waiting = [asyncio.ensure_future(asker.ask(Need(1, 1), 1, 0)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        first.cancel()
        await asyncio.gather(first, *waiting, return_exceptions=True)
        assert len(asker.answered) == 1 and not asker.stopped

    asyncio.run(run())


def test_after_the_minutes_no_call_begins_and_those_in_flight_come_to_their_end() -> None:
    async def run() -> None:
        now = [0.0]
        allowance = Allowance(Budget(minutes=2), clock=lambda: now[0])
        progress = Progress("qa")
        await allowance.take(Need(1, 10), progress)
        now[0] = 121.0
        with pytest.raises(OutOfTime):
            allowance.check_time()
        late = asyncio.ensure_future(allowance.take(Need(1, 10), progress))
        await asyncio.sleep(0.01)
        assert not late.done(), "it stopped while a call was in flight"
        allowance.give_back(Need(1, 10))
        with pytest.raises(SynthError, match="E0907"):
            await late

    asyncio.run(run())


def test_what_the_journal_answers_costs_nothing() -> None:
    asker = Asker(Budget(calls=1, tokens=1), Progress("qa", reused=1_000))
    asker.all([(1, 1, 0)])
    assert not asker.stopped


texts = st.text(max_size=60)


@given(texts=st.lists(texts, min_size=1, max_size=3), prefill=texts, limit=st.integers(1, 50))
def test_no_call_costs_more_than_it_reserves(texts: list[str], prefill: str, limit: int) -> None:
    messages = tuple(Message("user", text) for text in texts)
    request = Request("m", messages, prefill=prefill, sampling=Sampling(max_tokens=limit))
    answer = asyncio.run(DeterministicEngine().complete(request))
    assert answer.prompt_tokens + answer.completion_tokens <= most(request).tokens


def test_what_is_left_is_told_by_what_was_asked_so_far() -> None:
    progress = Progress("qa", wanted=100, candidates=100, kept=5, attempted=10, fresh=40, prompt_tokens=4_000)
    progress.ended, progress.given = 20, 10
    said = so_far(progress)
    assert said == "`qa`: 5 rows kept of 10 tried; about 80 candidates, 320 calls and 32,000 tokens are left"
