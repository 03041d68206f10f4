"""Prompts that a server is computing in; who had better wait for one of them, and who waits no more, out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from runtime.engines.slots import shared
from runtime.scheduler.beginnings import Beginnings
from runtime.scheduler.ordered import Ordered, Placed

PASSED = 512
"""So many sendings pass those who are held for one flight, at most."""
HOLDS = 4
"""So often is one held: for what all share, what a page shares, and so on."""


class Held(Placed, Protocol):
    """`flight` is what it is held for."""

    holds: int

    @property
    def flight(self) -> Any: ...

    @flight.setter
    def flight(self, flight: Any) -> None: ...


Item = TypeVar("Item", bound=Held)


@dataclass(eq=False, slots=True)
class Flight(Generic[Item]):
    """A prompt that is being computed. `until` is the sending with which it holds nobody any more."""

    text: str
    number: int
    until: int
    followers: dict[int, Item] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None


class Holds(Generic[Item]):
    """Who is held is in nobody's turns. `held` is how many are."""

    def __init__(self) -> None:
        self._flights: Ordered[Flight[Item]] = Ordered()
        self._begun: deque[Flight[Item]] = deque()
        self.held = 0
        self._sent = 0
        self._count = 0

    def fly(self, text: str) -> Flight[Item]:
        self._count += 1
        flight: Flight[Item] = Flight(text, self._count, self._sent + PASSED)
        self._flights.add(flight)
        self._begun.append(flight)
        return flight

    def of(self, item: Item, computed: Beginnings, least: int) -> Flight[Item] | None:
        """What computes at least `least` characters of its beginning that are not computed yet."""
        if not self._flights or item.holds >= HOLDS or len(item.text) < least:
            return None
        found = [flight for flight in self._flights.around(item.text) if flight is not None]
        best = max(found, key=lambda flight: shared(flight.text, item.text))
        common = shared(best.text, item.text)
        return best if common >= least and common - computed.shared(item.text) >= least else None

    def hold(self, item: Item, flight: Flight[Item]) -> None:
        item.holds += 1
        item.flight = flight
        flight.followers[item.number] = item
        self.held += 1

    def leave(self, item: Item, flight: Flight[Item]) -> None:
        """A held one that wants no more; a prompt that is warmed for nobody is given up."""
        self.held -= flight.followers.pop(item.number, None) is not None
        if flight.task is not None and not flight.followers:
            flight.task.cancel()

    def land(self, flight: Flight[Item]) -> list[Item]:
        """It holds nobody any more: those who are free."""
        if flight in self._flights:
            self._flights.remove(flight)
        followers = list(flight.followers.values())
        flight.followers.clear()
        self.held -= len(followers)
        for item in followers:
            item.flight = None
        return followers

    def passed(self) -> Iterable[Flight[Item]]:
        """Counts a sending; the flights that have held others for long enough."""
        self._sent += 1
        return self._long_enough() if self._begun else ()

    def _long_enough(self) -> Iterator[Flight[Item]]:
        while self._begun and (self._begun[0].until <= self._sent or self._begun[0] not in self._flights):
            flight = self._begun.popleft()
            if flight in self._flights:
                yield flight
