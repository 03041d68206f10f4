"""Claims: one journal of a folder runs an effect at a time, and one that is alone there locks nothing for it."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.journal import Journal, Stored, locks
from runtime.journal.claims import ALONE_AGAIN, HEARING, KNOCK, UNHEARD, Claims

A, B, C = (name.encode() * 16 for name in "abc")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def after(self, seconds: float) -> None:
        self.now += seconds + 0.001


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def two(tmp_path: Path, clock: Clock) -> Iterator[tuple[Claims, Claims]]:
    mine, theirs = Claims(tmp_path, clock), Claims(tmp_path, clock)
    yield mine, theirs
    mine.close()
    theirs.close()


def meet(mine: Claims, theirs: Claims, key: bytes) -> None:
    """The second knocks with `key`, the first hears it, and both are in."""
    assert not theirs.take(key)
    mine.hear()
    assert theirs.take(key)


def test_one_who_is_alone_locks_no_key(two: tuple[Claims, Claims], monkeypatch: pytest.MonkeyPatch) -> None:
    mine, _ = two
    mine.take(A)
    asked: list[int] = []
    monkeypatch.setattr(fcntl, "fcntl", lambda *arguments: asked.append(arguments[1]))
    assert all(mine.take(bytes([n]) * 16) for n in range(90))
    for n in range(90):
        mine.release(bytes([n]) * 16)
    assert asked == []


def test_what_runs_elsewhere_is_claimed_when_somebody_comes(two: tuple[Claims, Claims]) -> None:
    mine, theirs = two
    assert mine.take(A)
    meet(mine, theirs, B)
    assert not theirs.take(A) and not mine.take(B)
    mine.release(A)
    assert theirs.take(A)


def test_one_who_claims_again_and_again_hears_a_knock_by_itself(two: tuple[Claims, Claims], clock: Clock) -> None:
    mine, theirs = two
    assert mine.take(A) and not theirs.take(A)
    clock.after(HEARING)
    assert mine.take(B) and theirs.take(C) and not theirs.take(A)


def test_who_runs_nothing_is_in_nobodys_way(two: tuple[Claims, Claims]) -> None:
    mine, theirs = two
    assert mine.take(A)
    mine.release(A)
    assert theirs.take(A) and not mine.take(A)


def test_one_who_is_left_alone_locks_no_key_again(two: tuple[Claims, Claims], clock: Clock) -> None:
    mine, theirs = two
    assert mine.take(A)
    meet(mine, theirs, B)
    assert not mine.busy
    theirs.release(B)
    clock.after(ALONE_AGAIN)
    assert mine.take(C) and mine.busy


def test_one_who_does_not_answer_is_waited_for_a_while_and_not_for_ever(
    two: tuple[Claims, Claims], clock: Clock
) -> None:
    mine, theirs = two
    assert mine.take(A) and not theirs.take(B)
    clock.after(UNHEARD)
    assert theirs.take(B)
    mine.hear()
    assert not theirs.take(A) and not mine.take(B)
    clock.after(ALONE_AGAIN)
    assert theirs.take(C)
    theirs.release(B)
    theirs.release(C)
    assert mine.take(B)


def test_one_who_gives_up_waiting_knocks_no_more(two: tuple[Claims, Claims], tmp_path: Path) -> None:
    mine, theirs = two
    assert mine.take(A) and not theirs.take(B)
    theirs.release(B)
    outside = locks.Locks(tmp_path / "claims")
    assert not outside.others(KNOCK)
    outside.close()


def test_a_claim_ends_with_its_holder(two: tuple[Claims, Claims], tmp_path: Path) -> None:
    mine, _ = two
    third = Claims(tmp_path)
    assert third.take(A)
    meet(third, mine, B)
    assert not mine.take(A)
    third.close()
    assert mine.take(A)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(["take", "release", "hear", "wait"]))))
def test_no_two_ever_hold_one_key(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, str]]) -> None:
    clock = Clock()
    folder = tmp_path_factory.mktemp("claims")
    all_claims = [Claims(folder, clock) for _ in range(3)]
    held: dict[int, int] = {}
    for who, key, what in steps:
        claims, name = all_claims[who], bytes([key]) * 16
        if what == "take" and held.get(key) != who and claims.take(name):
            assert key not in held
            held[key] = who
        elif what == "release" and held.get(key) == who:
            claims.release(name)
            del held[key]
        elif what == "hear":
            claims.hear()
        elif what == "wait":
            clock.after(ALONE_AGAIN)  # shorter than anybody goes in without an answer
            for one in all_claims:
                one.hear()
    for one in all_claims:
        one.close()


def test_claims_work_where_only_locks_of_the_process_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_SET", None)
    monkeypatch.setattr(locks.Locks, "of_opening", False)

    async def call() -> bytes:
        return b"answer"

    with Journal.open(tmp_path) as journal:
        assert asyncio.run(journal.get_or_run(A, call)) == Stored(b"answer", True)


def test_a_journal_in_a_long_call_lets_another_one_in(tmp_path: Path) -> None:
    """Of the same folder, on the same loop: nothing is claimed anew meanwhile, so a timer has to hear it."""

    async def scenario() -> list[Stored]:
        done = asyncio.Event()

        async def long() -> bytes:
            await done.wait()
            return b"long"

        async def short() -> bytes:
            return b"short"

        with Journal.open(tmp_path) as one, Journal.open(tmp_path) as other:
            waiting = asyncio.ensure_future(one.get_or_run(A, long))
            await asyncio.sleep(0.01)
            came = await asyncio.wait_for(other.get_or_run(B, short), UNHEARD / 2)
            shared = asyncio.ensure_future(other.get_or_run(A, short))
            await asyncio.sleep(0.05)
            assert not shared.done()
            done.set()
            return [came, await waiting, await asyncio.wait_for(shared, 5)]

    expected = [Stored(b"short", True), Stored(b"long", True), Stored(b"long", False)]
    assert asyncio.run(scenario()) == expected
