"""Those who ask the journal without a coroutine: all that holds for `get_or_run`, and both share one effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.journal import Journal, Stored
from runtime.journal.flights import Flight
from tests.journal.test_journal import KEY, Effect, run


class Told(Flight):
    """`effect` is called where the effect is to run; `fate` is what came of it."""

    def __init__(self, journal: Journal, effect: Callable[[Told], None]) -> None:
        super().__init__(journal, KEY)
        self.effect, self.runs = effect, 0
        self.fate: asyncio.Future[Stored | BaseException] = asyncio.get_running_loop().create_future()
        self.start()

    def begin(self) -> None:
        self.runs += 1
        self.effect(self)

    def told(self, fate: Stored | BaseException) -> None:
        self.fate.set_result(fate)


def keeps(flight: Told) -> None:
    flight.keep(b"answer")


def waits(flight: Told) -> None:
    """Comes back when the test says so."""


async def begun(flight: Told) -> None:
    while not flight.runs:
        await asyncio.sleep(0)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "journal") as opened:
        yield opened


def test_a_value_is_on_disk_before_it_is_told_and_is_not_made_again(journal: Journal, tmp_path: Path) -> None:
    async def scenario() -> None:
        assert await Told(journal, keeps).fate == Stored(b"answer", True)
        with Journal.open(tmp_path / "journal") as other:
            assert other.get(KEY) == b"answer"
        later = Told(journal, keeps)
        assert (await later.fate, later.runs) == (Stored(b"answer", False), 0)
        journal.prefetch([KEY])
        assert await Told(journal, keeps).fate == Stored(b"answer", False)

    run(scenario())


def test_flights_and_coroutines_share_one_effect(journal: Journal) -> None:
    async def scenario() -> None:
        first, effect = Told(journal, waits), Effect()
        waiting = asyncio.ensure_future(journal.get_or_run(KEY, effect))
        second = Told(journal, keeps)
        await begun(first)
        await asyncio.sleep(0)
        first.keep(b"one")
        assert await first.fate == Stored(b"one", True)
        assert await second.fate == await waiting == Stored(b"one", False)
        assert (second.runs, effect.runs) == (0, 0)

    run(scenario())


def test_a_fault_is_told_to_all_and_stores_nothing(journal: Journal) -> None:
    def breaks(flight: Told) -> None:
        raise TimeoutError("no answer")

    async def scenario() -> None:
        flights = [Told(journal, breaks) for _ in range(3)]
        fates = [await flight.fate for flight in flights]
        assert [type(fate) for fate in fates] == [TimeoutError] * 3
        assert sum(flight.runs for flight in flights) == 1
        assert journal.get(KEY) is None

    run(scenario())


@pytest.mark.parametrize("when", ["looking", "running", "storing"])
def test_one_that_is_given_up_leaves_the_effect_to_the_next(journal: Journal, when: str) -> None:
    async def scenario() -> None:
        first, second = Told(journal, waits), Told(journal, keeps)
        if when != "looking":
            await begun(first)
        if when == "storing":
            first.keep(b"first")
        first.give_up()
        value = b"first" if when == "storing" else b"answer"
        assert await second.fate == Stored(value, when != "storing")
        assert not first.fate.done()
        assert await Told(journal, keeps).fate == Stored(value, False)

    run(scenario())


def test_one_that_waits_can_be_given_up(journal: Journal) -> None:
    async def scenario() -> None:
        first, second = Told(journal, waits), Told(journal, keeps)
        await begun(first)
        second.give_up()
        first.keep(b"one")
        assert await first.fate == Stored(b"one", True)
        await asyncio.sleep(0)
        assert not second.fate.done()

    run(scenario())


def test_what_another_journal_runs_is_waited_for(journal: Journal, tmp_path: Path) -> None:
    async def scenario() -> None:
        with Journal.open(tmp_path / "journal") as other:
            effect = Effect(b"theirs", held=True)
            theirs = asyncio.ensure_future(other.get_or_run(KEY, effect))
            while not effect.runs:
                await asyncio.sleep(0.01)
            ours, left = Told(journal, keeps), Told(journal, keeps)
            await asyncio.sleep(0.2)
            left.give_up()
            effect.go.set()
            assert await theirs == Stored(b"theirs", True)
            assert (await ours.fate, ours.runs) == (Stored(b"theirs", False), 0)

    run(scenario())
