"""What is read ahead of its use: found without the disk, each once, never another value, and never too much of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.journal import Journal, Stored
from runtime.journal.ahead import _OVERHEAD, Ahead
from runtime.journal.looks import Looks

KEYS = [bytes([n]) * 16 for n in range(6)]


async def never() -> bytes:
    raise AssertionError("it was asked again")


def test_what_was_read_ahead_is_answered_without_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(tmp_path) as journal:
        journal.put_many((key, b"answer %d" % key[0]) for key in KEYS[:4])
        assert journal.prefetch(KEYS) == 4
        with monkeypatch.context() as unplugged:
            unplugged.setattr(journal, "_reader", None)
            assert asyncio.run(journal.get_or_run(KEYS[1], never)) == Stored(b"answer 1", False)
            assert journal.get(KEYS[2]) == b"answer 2"


def test_what_was_read_ahead_is_there_again_after_it_was_used(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.put_many([(KEYS[0], b"answer")])
        journal.prefetch(KEYS)
        assert [journal.get(KEYS[0]) for _ in range(3)] == [b"answer"] * 3


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), st.binary(max_size=40), max_size=4)), st.integers(0, 900))
def test_never_more_is_kept_than_allowed_and_never_another_value(added: list[dict[bytes, bytes]], most: int) -> None:
    ahead = Ahead(most)
    values: dict[bytes, bytes] = {}
    for some in added:
        some = {key: values.setdefault(key, value) for key, value in some.items()}
        ahead.add(some)
        assert ahead.bytes <= most
    found = {key: value for key in KEYS if (value := ahead.take(key)) is not None}
    assert found.items() <= values.items() and ahead.bytes == 0
    assert sum(len(value) + _OVERHEAD for value in found.values()) <= most


def test_keys_of_one_turn_of_the_loop_are_looked_up_together() -> None:
    asked: list[list[bytes]] = []

    def look(keys: object) -> dict[bytes, bytes]:
        asked.append(list(keys))  # type: ignore[call-overload]
        return {KEYS[0]: b"held"}

    async def scenario() -> list[bytes | None]:
        looks = Looks(look)
        found = await asyncio.gather(*(looks.ask(key) for key in KEYS[:3]))
        return [*found, await looks.ask(KEYS[0])]

    assert asyncio.run(scenario()) == [b"held", None, None, b"held"]
    assert asked == [KEYS[:3], KEYS[:1]]


def test_who_is_cancelled_before_the_look_is_left_out_of_it(tmp_path: Path) -> None:
    """Or its claim would be nobody's, and stay."""

    async def answer() -> bytes:
        return b"answer"

    async def scenario() -> Stored:
        with Journal.open(tmp_path) as one, Journal.open(tmp_path) as other:
            gone = asyncio.ensure_future(one.get_or_run(KEYS[0], never))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.wait([gone])
            return await asyncio.wait_for(other.get_or_run(KEYS[0], answer), 1)

    assert asyncio.run(scenario()) == Stored(b"answer", True)


def test_a_fault_of_the_look_is_told_to_all_who_asked() -> None:
    def look(keys: object) -> dict[bytes, bytes]:
        raise OSError("the disk is gone")

    async def scenario() -> list[object]:
        looks = Looks(look)
        return await asyncio.gather(*(looks.ask(key) for key in KEYS), return_exceptions=True)

    assert [str(error) for error in asyncio.run(scenario())] == ["the disk is gone"] * len(KEYS)


def test_a_loop_that_ended_in_between_holds_up_no_other(tmp_path: Path) -> None:
    async def ask_and_leave(looks: Looks) -> None:
        looks.ask(KEYS[0])

    async def ask(looks: Looks) -> bytes | None:
        return await asyncio.wait_for(looks.ask(KEYS[0]), 1)

    looks = Looks(lambda keys: {KEYS[0]: b"held"})
    loop = asyncio.new_event_loop()
    loop.run_until_complete(ask_and_leave(looks))
    loop.close()
    assert asyncio.run(ask(looks)) == b"held"
