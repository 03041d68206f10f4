"""Prompts that wait to be sent in; which goes next out: the one nearest to the last one, and nobody waits for ever.

A server keeps the beginnings that it has computed until it needs the room. So what begins alike is to be sent together:
next goes what stands nearest to the last one sent, in the order of texts, and behind the last text the first one.

All that waits when a *round* begins is sent in it. Those who come later join it only as often as there were some to
begin with (at least `JOINING`), then they wait for the next one. So a round sends at most 2 × max(W, `JOINING`), where
W is the most that wait at a time, and each goes in the round in which it came or in the one after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from runtime.scheduler.ordered import Ordered, Placed, begins_nearer, longest

JOINING = 32


class Waits(Placed, Protocol):
    """`came` is the round in which it came: `Turns` writes and reads it."""

    came: int


Item = TypeVar("Item", bound=Waits)


class Turns(Generic[Item]):
    """Whoever is taken is out, and comes back with `back` or is told of with `sent`."""

    def __init__(self) -> None:
        self._old: Ordered[Item] = Ordered()
        self._new: Ordered[Item] = Ordered()
        self._last = ""
        self._round = 0
        self._joining = 0

    def __len__(self) -> int:
        return len(self._old) + len(self._new)

    def add(self, item: Item) -> None:
        item.came = self._round
        self._new.add(item)

    def back(self, item: Item) -> None:
        """One that was taken and not sent keeps its round."""
        (self._old if item.came < self._round else self._new).add(item)

    def remove(self, item: Item) -> None:
        (self._old if item.came < self._round else self._new).remove(item)

    def __contains__(self, item: Item) -> bool:
        return item in self._old or item in self._new

    def sent(self, item: Item) -> None:
        self._last = item.text
        self._joining -= item.came == self._round

    def take(self) -> Item | None:
        """The next one."""
        if not self._old:
            self._begin()
        found = self._nearest()
        if found is not None:
            self.remove(found)
        return found

    def equal(self, text: str) -> list[Item]:
        old, new = self._old.equal(text), self._new.equal(text)
        return old + new if old and new else old or new

    def shared(self, text: str, least: int) -> int:
        """With how many characters of `text` one that waits begins, too; 0 for fewer than `least`."""
        return longest(text, (*self._old.around(text), *self._new.around(text)), least)

    def _begin(self) -> None:
        self._old, self._new = self._new, self._old
        self._round += 1
        self._joining = max(len(self._old), JOINING)

    def _nearest(self) -> Item | None:
        """The first at or behind the last one sent, unless the one before it has more in common with that."""
        before, after = self._old.around(self._last)
        if self._joining > 0 and self._new:
            before_new, after_new = self._new.around(self._last)
            before = _pick(max, before, before_new)
            after = _pick(min, after, after_new)
            first = after or _pick(min, self._old.first(), self._new.first())
        else:
            first = after or self._old.first()
        if before is None or first is None or before is first:
            return first
        return before if begins_nearer(before.text, first.text, self._last) else first


def _pick(which: Callable[..., Item], one: Item | None, other: Item | None) -> Item | None:
    if one is None or other is None:
        return one or other
    return which(one, other, key=_place)


def _place(item: Placed) -> tuple[str, int]:
    return item.text, item.number
