"""How much of the prompts of a build a simulated server never has to compute, by the order in which they are sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from runtime.scheduler.dispatch import Dispatcher
from tests.scheduler.job import build
from tests.scheduler.radix import BLOCK, TOKENS, RadixCache, SimulatedServer
from tests.scheduler.virtual import run

PAGES, QUESTIONS, AHEAD = 20, 10, 4


@dataclass(frozen=True)
class Measured:
    server: SimulatedServer
    seconds: float

    @property
    def saved(self) -> float:
        return self.server.saved

    @property
    def best(self) -> float:
        """What a server without end could save, asked one by one."""
        texts = {self.server.render(request) for request in self.server.order}
        computed = {hash(text[:at]) for text in texts for at in range(BLOCK, len(text) + 1, BLOCK)}
        return 1 - len(computed) * TOKENS / self.server.asked


def measured(
    capacity: int, in_flight: int = 16, *, remembers: bool = True, by_page: bool = True, samples: int = 1
) -> Measured:
    async def measure() -> Measured:
        server = SimulatedServer(
            capacity=capacity, running=in_flight // 2, concurrency=in_flight, remembers=remembers, warms=remembers
        )
        sender, loop = Dispatcher(server), asyncio.get_running_loop()
        calls = await build(sender.ask, PAGES, QUESTIONS, AHEAD * in_flight, by_page=by_page, samples=samples)
        assert calls == len(server.order) == 2 * PAGES * QUESTIONS * samples
        return Measured(server, loop.time())

    return run(measure())


@pytest.mark.parametrize("in_flight", [16, 64, 128])
@pytest.mark.parametrize("by_page", [True, False])
def test_with_room_for_all_that_runs_nearly_all_that_can_be_shared_is(in_flight: int, by_page: bool) -> None:
    capacity = 600 * in_flight
    found = measured(capacity, in_flight, by_page=by_page)
    if by_page or in_flight > 16:  # else more pages are waited for than there is room for, whatever the order
        assert found.saved >= 0.95 * found.best


@pytest.mark.parametrize("capacity", [8_192, 40_000])
@pytest.mark.parametrize("in_flight", [16, 64])
@pytest.mark.parametrize("by_page", [True, False])
def test_more_is_shared_and_it_takes_no_longer_than_first_come_first_sent(
    capacity: int, in_flight: int, by_page: bool
) -> None:
    fifo = measured(capacity, in_flight, remembers=False, by_page=by_page)
    found = measured(capacity, in_flight, by_page=by_page)
    assert found.saved >= fifo.saved
    assert found.seconds <= fifo.seconds


def test_samples_of_one_prompt_cost_one_prompt() -> None:
    found = measured(8_192, samples=3)
    assert found.saved >= 0.98 * found.best


def test_one_request_more_for_each_page_is_what_leading_costs() -> None:
    found = measured(40_000)
    assert found.server.requests == 2 * PAGES * QUESTIONS + PAGES


def test_the_simulated_cache_forgets_what_was_used_longest_ago() -> None:
    cache = RadixCache(4)
    a, b, c = ("a" * 2 * BLOCK, "b" * 2 * BLOCK, "c" * 2 * BLOCK)
    cache.insert(a)
    cache.insert(b)
    cache.path(a)
    cache.insert(c)
    assert [len(cache.path(text)) for text in (a, b, c)] == [2, 0, 2]


def test_the_simulated_cache_keeps_what_is_in_use() -> None:
    cache = RadixCache(4)
    a, b, c = ("a" * 2 * BLOCK, "b" * 2 * BLOCK, "c" * 2 * BLOCK)
    cache.insert(a)
    cache.lock(cache.path(a), 1)
    cache.insert(b)
    cache.insert(c)
    assert [len(cache.path(text)) for text in (a, b, c)] == [2, 0, 2]
