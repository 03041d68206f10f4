"""Things with a text in; those next to a text, in the order of texts, out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
_FEW = 32
"""Letters that two texts are first compared by."""


class Ordered(Generic[Item]):
    """Kept sorted: adding, removing and looking for a neighbour compare O(log n) texts.

    Texts stand in a list of their own beside the items: to compare two of them alone is the quickest.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._items: list[Item] = []
        self._numbers: set[int] = set()
        self._times: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, item: Item) -> bool:
        return item.number in self._numbers

    def add(self, item: Item) -> None:
        text, number = item.text, item.number
        at = bisect_right(self._texts, text)
        while at and self._texts[at - 1] == text and self._items[at - 1].number > number:
            at -= 1  # one that comes back stands before those that came after it
        self._texts.insert(at, text)
        self._items.insert(at, item)
        self._numbers.add(number)
        self._times[text] = self._times.get(text, 0) + 1

    def remove(self, item: Item) -> None:
        text, number = item.text, item.number
        at = bisect_left(self._texts, text)
        while self._items[at].number != number:
            at += 1
        del self._texts[at], self._items[at]
        self._numbers.remove(number)
        times = self._times.pop(text) - 1
        if times:
            self._times[text] = times

    def around(self, text: str) -> tuple[Item | None, Item | None]:
        """The last before all of `text` and the first at or after it."""
        at = bisect_left(self._texts, text)
        return self._items[at - 1] if at else None, self._items[at] if at < len(self._items) else None

    def first(self) -> Item | None:
        return self._items[0] if self._items else None

    def equal(self, text: str) -> list[Item]:
        """All with this very text, as they came."""
        times = self._times.get(text, 0)
        at = bisect_left(self._texts, text) if times else 0
        return self._items[at : at + times]


def longest(text: str, others: Iterable[Placed | None], least: int = 1) -> int:
    """With how many characters of `text` one of `others` begins, too; 0 for fewer than `least`."""
    head, found = text[:least], 0
    for other in others:
        if other is not None and other.text.startswith(head):
            found = max(found, shared(text, other.text))
    return found if found >= least else 0


def begins_nearer(one: str, other: str, text: str) -> bool:
    """Whether `one` begins with more of `text` than `other` does. Mostly a few letters of the three tell."""
    low, high = 0, _FEW
    while one.startswith(head := text[:high]):
        if not other.startswith(head):
            return True
        if high >= len(text):
            return False
        low, high = high, 2 * high
    if other.startswith(head):
        return False
    while high - low > 1:  # both have all up to `low`, and none has all up to `high`
        middle = (low + high) // 2
        part = text[low:middle]
        begins = one.startswith(part, low)
        if begins != other.startswith(part, low):
            return begins
        low, high = (middle, high) if begins else (low, middle)
    return False
