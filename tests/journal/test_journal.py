"""The journal within one process: stored before used, run once, shared in flight, nothing kept of a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.journal import Journal, Stats, Stored

Result = TypeVar("Result")


def digest(name: object) -> bytes:
    return blake2b(repr(name).encode(), digest_size=16).digest()


KEY = digest("key")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "journal") as opened:
        yield opened


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(asyncio.wait_for(coroutine, 20))


class Effect:
    """An effect that counts its runs and comes back when it is let go."""

    def __init__(self, value: bytes = b"answer", fault: Exception | None = None, held: bool = False) -> None:
        self.value, self.fault, self.runs = value, fault, 0
        self.go = asyncio.Event()
        if not held:
            self.go.set()

    async def __call__(self) -> bytes:
        self.runs += 1
        await self.go.wait()
        if self.fault:
            raise self.fault
        return self.value


def test_an_effect_runs_once_and_is_answered_from_the_journal_after(journal: Journal) -> None:
    async def scenario() -> tuple[Stored, Stored, int]:
        effect = Effect()
        return await journal.get_or_run(KEY, effect), await journal.get_or_run(KEY, effect), effect.runs

    assert run(scenario()) == (Stored(b"answer", True), Stored(b"answer", False), 1)


def test_a_value_is_on_disk_before_its_caller_sees_it(journal: Journal, tmp_path: Path) -> None:
    async def scenario() -> bytes | None:
        await journal.get_or_run(KEY, Effect())
        with Journal.open(tmp_path / "journal") as other:
            return other.get(KEY)

    assert run(scenario()) == b"answer"


def test_equal_keys_in_flight_share_one_call(journal: Journal) -> None:
    async def scenario() -> tuple[list[Stored], int]:
        effect = Effect(held=True)
        asks = [asyncio.ensure_future(journal.get_or_run(KEY, effect)) for _ in range(5)]
        await asyncio.sleep(0)
        effect.go.set()
        return await asyncio.gather(*asks), effect.runs

    stored, runs = run(scenario())
    assert runs == 1
    assert [one.value for one in stored] == [b"answer"] * 5
    assert sorted(one.fresh for one in stored) == [False] * 4 + [True]


def test_a_fault_reaches_all_who_wait_and_stores_nothing(journal: Journal) -> None:
    async def scenario() -> tuple[list[object], bytes | None, Stored]:
        effect = Effect(fault=TimeoutError("no answer"), held=True)
        asks = [asyncio.ensure_future(journal.get_or_run(KEY, effect)) for _ in range(3)]
        await asyncio.sleep(0)
        effect.go.set()
        faults = await asyncio.gather(*asks, return_exceptions=True)
        assert effect.runs == 1
        return [type(fault) for fault in faults], journal.get(KEY), await journal.get_or_run(KEY, Effect())

    assert run(scenario()) == ([TimeoutError] * 3, None, Stored(b"answer", True))


def test_a_cancelled_caller_leaves_the_call_to_the_next_who_waits(journal: Journal) -> None:
    async def scenario() -> tuple[Stored, int]:
        first, second = Effect(b"first", held=True), Effect(b"second")
        leader = asyncio.ensure_future(journal.get_or_run(KEY, first))
        follower = asyncio.ensure_future(journal.get_or_run(KEY, second))
        await asyncio.sleep(0)
        leader.cancel()
        return await follower, second.runs

    assert run(scenario()) == (Stored(b"second", True), 1)


def test_a_cancelled_waiter_disturbs_nobody(journal: Journal) -> None:
    async def scenario() -> Stored:
        effect = Effect(held=True)
        leader = asyncio.ensure_future(journal.get_or_run(KEY, effect))
        await asyncio.sleep(0)
        waiter = asyncio.ensure_future(journal.get_or_run(KEY, effect))
        await asyncio.sleep(0)
        waiter.cancel()
        effect.go.set()
        return await leader

    assert run(scenario()) == Stored(b"answer", True)


def test_what_came_back_is_stored_though_its_caller_is_cancelled_meanwhile(journal: Journal) -> None:
    async def scenario() -> Stored:
        effect = Effect()
        leader = asyncio.ensure_future(journal.get_or_run(KEY, effect))
        while not effect.runs:
            await asyncio.sleep(0)
        leader.cancel()
        await asyncio.gather(leader, return_exceptions=True)
        return await journal.get_or_run(KEY, Effect(b"another"))

    assert run(scenario()) == Stored(b"answer", False)


def test_the_first_write_wins_over_a_call_in_flight(journal: Journal, tmp_path: Path) -> None:
    """An import does not claim: whoever was asking meanwhile gets the imported answer, not its own."""

    async def scenario() -> Stored:
        effect = Effect(b"own", held=True)
        ask = asyncio.ensure_future(journal.get_or_run(KEY, effect))
        await asyncio.sleep(0)
        with Journal.open(tmp_path / "journal") as other:
            assert other.put_many([(KEY, b"imported")]) == 1
        effect.go.set()
        return await ask

    assert run(scenario()) == Stored(b"imported", False)


def test_two_journals_of_one_folder_share_a_call_in_flight(journal: Journal, tmp_path: Path) -> None:
    async def scenario() -> tuple[list[Stored], int]:
        effect = Effect(held=True)
        with Journal.open(tmp_path / "journal") as other:
            asks = [asyncio.ensure_future(one.get_or_run(KEY, effect)) for one in (journal, other)]
            await asyncio.sleep(0.02)
            assert effect.runs == 1
            effect.go.set()
            return await asyncio.gather(*asks), effect.runs

    assert run(scenario()) == ([Stored(b"answer", True), Stored(b"answer", False)], 1)


def test_a_fault_frees_the_claim_for_another_journal(journal: Journal, tmp_path: Path) -> None:
    async def scenario() -> Stored:
        effect = Effect(fault=TimeoutError(), held=True)
        with Journal.open(tmp_path / "journal") as other:
            ask = asyncio.ensure_future(journal.get_or_run(KEY, effect))
            await asyncio.sleep(0)
            waiting = asyncio.ensure_future(other.get_or_run(KEY, Effect(b"theirs")))
            await asyncio.sleep(0.01)
            effect.go.set()
            await asyncio.gather(ask, return_exceptions=True)
            return await waiting

    assert run(scenario()) == Stored(b"theirs", True)


def test_many_in_flight_each_get_their_own_answer(journal: Journal) -> None:
    def effect(number: int) -> Callable[[], Awaitable[bytes]]:
        async def answer() -> bytes:
            await asyncio.sleep(0)
            return b"%d" % number

        return answer

    async def scenario() -> list[Stored]:
        return await asyncio.gather(*[journal.get_or_run(digest(n % 500), effect(n % 500)) for n in range(1_500)])

    stored = run(scenario())
    assert [one.value for one in stored] == [b"%d" % (n % 500) for n in range(1_500)]
    assert sum(one.fresh for one in stored) == 500
    assert journal.stats().effects == 500


@settings(deadline=None, max_examples=25)
@given(
    writes=st.lists(st.tuples(st.integers(0, 8), st.binary(max_size=4)), max_size=30),
    parts=st.integers(1, 4),
)
def test_whatever_is_imported_how_often_the_first_value_stays(
    writes: list[tuple[int, bytes]], parts: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first: dict[bytes, bytes] = {}
    for name, value in writes:
        first.setdefault(digest(name), value)
    with Journal.open(tmp_path_factory.mktemp("journal")) as journal:
        new = sum(journal.put_many((digest(n), v) for n, v in writes[part::parts]) for part in range(parts))
        held = journal.get_many(digest(name) for name in range(9))
        assert journal.known(digest(name) for name in range(9)) == set(first) == set(held)
        assert new == len(first)
        if parts == 1:
            assert held == first


def test_asking_for_many_keys_gives_those_that_are_held(journal: Journal) -> None:
    assert journal.put_many((digest(n), b"%d" % n) for n in range(1_200)) == 1_200
    held = journal.get_many(digest(n) for n in range(1_000, 2_400))
    assert held == {digest(n): b"%d" % n for n in range(1_000, 1_200)}
    assert journal.get_many([]) == {}


def test_facts_keep_their_last_value(journal: Journal) -> None:
    journal.set_facts({"file a": b"1", "file b": b"2"})
    journal.set_facts({"file a": b"3"})
    assert journal.fact("file a") == b"3"
    assert journal.facts(["file a", "file b", "file c"]) == {"file a": b"3", "file b": b"2"}
    assert journal.fact("file c") is None


def test_everything_is_there_after_closing_and_opening_again(tmp_path: Path) -> None:
    async def ask(journal: Journal, effect: Effect) -> Stored:
        return await journal.get_or_run(KEY, effect)

    with Journal.open(tmp_path) as journal:
        run(ask(journal, Effect()))
        journal.set_facts({"root": b"digest"})
        journal.sync()
        assert journal.stats() == Stats(effects=1, facts=1, bytes=journal.stats().bytes)
    with Journal.open(tmp_path) as journal:
        assert run(ask(journal, Effect(b"never"))) == Stored(b"answer", False)
        assert journal.fact("root") == b"digest"


def test_closing_stores_what_came_back_in_the_same_moment(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal, effect = Journal.open(tmp_path), Effect()
        ask = asyncio.ensure_future(journal.get_or_run(KEY, effect))
        while not effect.runs:
            await asyncio.sleep(0)
        journal.close()
        ask.cancel()

    run(scenario())
    with Journal.open(tmp_path) as journal:
        assert journal.get(KEY) == b"answer"
