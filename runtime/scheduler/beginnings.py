"""Prompts that a server has computed in; how much of the beginning of another one it has, out."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from runtime.scheduler.ordered import Ordered, longest

MOST = 512
"""Prompts that are remembered. What a server still holds of them is not known: it is taken to hold the latest."""


@dataclass(frozen=True, slots=True)
class _Computed:
    text: str
    number: int


class Beginnings:
    """The latest `most` texts."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._sorted: Ordered[_Computed] = Ordered()
        self._latest: OrderedDict[str, _Computed] = OrderedDict()
        self._count = 0

    def add(self, text: str) -> None:
        if text in self._latest:
            self._latest.move_to_end(text)
            return
        self._count += 1
        self._latest[text] = found = _Computed(text, self._count)
        self._sorted.add(found)
        if len(self._latest) > self._most:
            self._sorted.remove(self._latest.popitem(last=False)[1])

    def shared(self, text: str) -> int:
        """With how many characters of `text` one of these begins, too."""
        return longest(text, self._sorted.around(text))
