"""Things with a text in; those next to a text, in the order of texts, out."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from runtime.engines.slots import shared


class Placed(Protocol):
    """`number` is another one's for nothing else, and tells equal texts apart: the smaller stands first."""

    @property
    def text(self) -> str: ...

    @property
    def number(self) -> int: ...


Item = TypeVar("Item", bound=Placed)


class Ordered(Generic[Item]):
    """Kept sorted: adding, removing and looking for a neighbour compare O(log n) texts."""

    def __init__(self) -> None:
        self._places: list[tuple[str, int]] = []
        self._items: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, item: Item) -> bool:
        return item.number in self._items

    def add(self, item: Item) -> None:
        insort(self._places, (item.text, item.number))
        self._items[item.number] = item

    def remove(self, item: Item) -> None:
        del self._places[bisect_left(self._places, (item.text, item.number))]
        del self._items[item.number]

    def around(self, text: str, number: int = -1) -> tuple[Item | None, Item | None]:
        """The last before a place and the first at or after it. Without a number the place is before all of `text`."""
        at = bisect_left(self._places, (text, number))
        before = self._items[self._places[at - 1][1]] if at else None
        after = self._items[self._places[at][1]] if at < len(self._places) else None
        return before, after

    def first(self) -> Item | None:
        return self._items[self._places[0][1]] if self._places else None

    def equal(self, text: str) -> list[Item]:
        """All with this very text, as they came."""
        first = last = bisect_left(self._places, (text, -1))
        while last < len(self._places) and self._places[last][0] == text:
            last += 1
        return [self._items[number] for _, number in self._places[first:last]]


def longest(text: str, others: Iterable[Placed | None], least: int = 1) -> int:
    """With how many characters of `text` one of `others` begins, too; 0 for fewer than `least`."""
    head, found = text[:least], 0
    for other in others:
        if other is not None and other.text.startswith(head):
            found = max(found, shared(text, other.text))
    return found if found >= least else 0
