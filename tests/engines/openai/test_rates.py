"""Limits of requests and tokens a minute: kept, without bursts, and what a server says of its own is obeyed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.openai.rates import LONGEST, Rates, seconds
from runtime.engines.protocol import Engine
from tests.engines.contract import ask, request_of
from tests.engines.openai.server import ApiServer, serving
from tests.engines.openai.test_engine import engine_of


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def rates(requests: float | None = None, tokens: float | None = None) -> tuple[Rates, Clock]:
    clock = Clock()
    return Rates(requests, tokens, clock), clock


def test_calls_are_spread_over_the_minute() -> None:
    limits, _ = rates(requests=60)
    assert [limits.wait(0) for _ in range(4)] == pytest.approx([0, 1, 2, 3])


def test_a_call_is_paid_for_before_the_next_one_goes() -> None:
    limits, _ = rates(tokens=6000)
    assert [limits.wait(cost) for cost in (300, 100, 0)] == pytest.approx([0, 3, 4])


def test_what_a_call_did_not_use_is_given_back() -> None:
    limits, _ = rates(tokens=6000)
    limits.wait(600)
    limits.settle(600, 100)
    assert limits.wait(0) == pytest.approx(1)


def test_time_that_passed_unused_makes_no_burst() -> None:
    limits, clock = rates(requests=60)
    limits.wait(0)
    clock.now += 600
    assert [limits.wait(0) for _ in range(3)] == pytest.approx([0, 1, 2])


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 400)), min_size=2, max_size=40))
def test_no_minute_sees_more_than_the_limits_and_one_call(calls: list[tuple[float, int]]) -> None:
    limits, clock = rates(requests=120, tokens=3000)
    sent = []
    for pause, cost in calls:
        clock.now += pause
        sent.append((clock.now + limits.wait(cost), cost))
    for start, _ in sent:
        within = [cost for moment, cost in sent if start <= moment < start + 60]
        assert len(within) <= 120 + 1
        assert sum(within) <= 3000 + max(within) + 1


def test_without_limits_nothing_waits() -> None:
    limits, _ = rates()
    assert [limits.wait(10**6) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1s", 1), ("6m0s", 360), ("120ms", 0.12), ("1.5", 1.5), ("1h2m", 3720), ("", None), ("soon", None)],
)
def test_durations_are_read_as_servers_write_them(text: str, value: float | None) -> None:
    assert seconds(text) == (None if value is None else pytest.approx(value))


def test_a_server_whose_limit_is_used_up_is_left_alone_until_it_resets() -> None:
    limits, _ = rates()
    limits.hear({b"x-ratelimit-remaining-requests": b"3", b"x-ratelimit-reset-requests": b"8s"})
    assert limits.wait(1) == 0
    limits.hear({b"x-ratelimit-remaining-tokens": b"0", b"x-ratelimit-reset-tokens": b"7s"})
    assert limits.wait(1) == pytest.approx(7)


def test_a_limit_for_a_day_is_not_waited_out_in_silence() -> None:
    limits, _ = rates()
    limits.hear({b"x-ratelimit-remaining-requests": b"0", b"x-ratelimit-reset-requests": b"9h"})
    assert limits.wait(1) == pytest.approx(LONGEST)


# --- against a server ---


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer()) as running:
        yield running


def _timed(engine: Engine, calls: int) -> float:
    start = time.monotonic()
    ask(engine, *(request_of(engine, seed=seed) for seed in range(calls)))
    return time.monotonic() - start


def test_requests_leave_at_the_declared_rate(server: ApiServer) -> None:
    assert _timed(engine_of(server, requests_per_minute=600), 6) >= 0.5


def test_a_server_that_says_its_limit_is_used_up_is_asked_again_after_its_reset(server: ApiServer) -> None:
    engine = engine_of(server)
    server.headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "400ms"}
    _timed(engine, 1)
    server.headers = {}
    assert _timed(engine, 1) >= 0.3


def test_a_busy_server_is_asked_again_when_it_says(server: ApiServer) -> None:
    server.replies = [
        (429, {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}, {"retry-after": "0.4"})
    ]
    engine = engine_of(server)
    assert _timed(engine, 1) >= 0.35
    asyncio.run(engine.close())
