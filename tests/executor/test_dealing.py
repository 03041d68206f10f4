"""Every candidate is given to one worker, in its turn; what a lost one had is given out again, without what is safe."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runtime.config.model import Config, EngineConfig
from runtime.config.project import Project
from runtime.executor.claims import Claims
from runtime.executor.dealing import STRETCH, InTurns, Stretches
from runtime.executor.ledger import Ledger
from runtime.executor.shipment import dealt, servers_of, share_of
from runtime.journal import Journal

ASKING = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 40)), min_size=1, max_size=60)


@given(st.integers(0, 500), st.integers(1, 4), ASKING)
def test_stretches_are_dealt_whole_and_once(total: int, workers: int, asking: list[tuple[int, int]]) -> None:
    dealer, seen = Stretches(total, workers), list[int]()
    everybody = [(worker, 7) for worker in range(workers)] * (total + 1)
    for worker, most in [*((worker % workers, most) for worker, most in asking), *everybody]:
        if (part := dealer.deal(worker, most)) is not None:
            assert part[1] - part[0] <= most
            seen += range(*part)
    assert sorted(seen) == list(range(total))


def test_a_worker_keeps_to_its_own_stretch_while_it_lasts() -> None:
    dealer = Stretches(1_000, 2)
    assert [dealer.deal(0, 100), dealer.deal(1, 100), dealer.deal(0, 100)] == [(0, 100), (500, 600), (100, 200)]


def test_stretches_go_on_where_candidates_never_end() -> None:
    dealer = Stretches(None, 2)
    assert [dealer.deal(0, 8), dealer.deal(1, 8), dealer.deal(0, 8)] == [(0, 8), (STRETCH, STRETCH + 8), (8, 16)]


@given(st.integers(0, 200), st.integers(1, 3), st.lists(st.integers(1, 30), max_size=40))
def test_turns_are_in_order_and_no_further_ahead_than_is_wanted(total: int, workers: int, asking: list[int]) -> None:
    done = 0
    dealer = InTurns(total, workers, lambda: 20, lambda: done)
    for most in asking:
        before = dealer.dealt
        part = dealer.deal(0, most)
        if part is not None:
            assert part[0] == before < part[1] <= total
            assert part[1] - done <= max(20, done + 20)
            done = part[0]


def test_what_is_safe_is_not_run_again() -> None:
    ledger = Ledger()
    first, second = ledger.give(0, 0, 4), ledger.give(0, 4, 6)
    assert [ledger.end(0, first.number, place) for place in (0, 1, 0)] == [True, True, False]
    ledger.seal(first.number, [0])
    ledger.seal(second.number, [4, 5])
    assert ledger.lose(0) == [first.number]
    again = ledger.move(first.number, 1)
    assert (again.start, again.stop, again.skip) == (0, 4, frozenset({0}))
    assert ledger.running(1) == 3
    assert not ledger.end(1, first.number, 1)
    assert ledger.holder(first.number) == 1
    ledger.cut(2)
    ledger.seal(first.number, [1])
    assert not ledger


def test_servers_are_dealt_so_that_each_has_a_worker_and_each_worker_one() -> None:
    urls = ["a", "b", "c"]
    assert [servers_of(urls, number, 2) for number in range(2)] == [["a", "c"], ["b"]]
    assert [servers_of(urls, number, 5) for number in range(5)] == [["a"], ["b"], ["c"], ["a"], ["b"]]
    assert dealt(urls, 1, 2) == ["b", "a", "c"]


def test_calls_in_flight_are_shared_by_those_who_share_a_server() -> None:
    def share(engine: EngineConfig, workers: int) -> dict[str, object]:
        project = Project(Path(), Path(), Config(engines={"gpu": engine}))
        return dict(share_of(project, 0, workers).config.engines["gpu"].settings)

    several = EngineConfig("gpu", "sglang", {"urls": ["http://a:1", "http://b:1"], "concurrency": 128})
    assert share(several, 2) == {"urls": ["http://a:1", "http://b:1"], "concurrency": 128}
    assert share(several, 4)["concurrency"] == 64
    hosted = EngineConfig("gpu", "openai", {"url": "http://a/v1", "requests_per_minute": 600})
    assert share(hosted, 3) == {"url": "http://a/v1", "concurrency": 6, "requests_per_minute": 200}


def test_a_call_is_granted_to_one_worker_and_passed_on_when_that_one_fails(tmp_path: Path) -> None:
    async def go(journal: Journal) -> None:
        claims = Claims(journal)
        assert await claims.claim(0, b"key") is None
        second = asyncio.ensure_future(claims.claim(1, b"key"))
        third = asyncio.ensure_future(claims.claim(2, b"key"))
        await asyncio.sleep(0)
        claims.lost(0)
        assert await second is None
        claims.landed([(b"key", b"answer")])
        assert await third == b"answer"
        assert claims.held([b"key", b"other"]) == {b"key": b"answer"}
        await claims.store()
        assert journal.get(b"key") == b"answer"

    with Journal.open(tmp_path) as journal:
        asyncio.run(go(journal))
