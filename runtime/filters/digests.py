"""Digests of 128 bits in; the index of the one that is the same, out. 24 to 32 bytes each; a dictionary takes 200."""

from __future__ import annotations

from array import array
from struct import Struct

_FIRST_ROOM = 1 << 10
_HALVES = Struct("<QQ").unpack
_VECTOR = 1 << 14
"""Digests from which on their places in a larger table are found all at once."""


class DigestTable:
    """Open addressing: a digest's index lies at the first free place after the one that its first half says."""

    def __init__(self) -> None:
        self._highs, self._lows = array("Q"), array("Q")
        self._make_room(_FIRST_ROOM)

    @property
    def count(self) -> int:
        return len(self._highs)

    def find(self, digest: bytes) -> int | None:
        link = self._links[self._place(*_halves(digest))]
        return link - 1 if link else None

    def add(self, digest: bytes) -> int:
        """The index of the digest, from 0. It must not be there yet."""
        if self.admit(digest) is not None:
            raise ValueError("the digest is there already")
        return self.count - 1

    def admit(self, digest: bytes) -> int | None:
        """The index of the one that is the same; None, and this one is added, where there is none."""
        if 2 * self.count >= len(self._links):
            self._grow()
        high, low = _halves(digest)
        place = self._place(high, low)
        if link := self._links[place]:
            return link - 1
        self._highs.append(high)
        self._lows.append(low)
        self._links[place] = self.count
        return None

    def skip(self) -> int:
        """An index that no digest has."""
        self._highs.append(0)
        self._lows.append(0)
        return self.count - 1

    def _place(self, high: int, low: int) -> int:
        """Where the digest lies, or would."""
        links, highs, mask = self._links, self._highs, self._mask
        place = high & mask
        while (link := links[place]) and not (highs[link - 1] == high and self._lows[link - 1] == low):
            place = (place + 1) & mask
        return place

    def _make_room(self, room: int) -> None:
        self._mask = room - 1
        self._links = array("I", bytes(4 * room))

    def _grow(self) -> None:
        links = self._links
        self._make_room(2 * len(links))
        if self.count >= _VECTOR:
            self._place_all(links)
            return
        for link in links:
            if link:
                self._links[self._place(self._highs[link - 1], self._lows[link - 1])] = link

    def _place_all(self, before: array[int]) -> None:
        """Round by round: where several want one place, one gets it, and the others try the next."""
        import numpy as np

        links, highs = np.frombuffer(self._links, np.uint32), np.frombuffer(self._highs, np.uint64)
        mask = np.uint64(self._mask)
        left = np.frombuffer(before, np.uint32)
        left = left[left > 0]
        places = highs[left - 1] & mask
        while len(left):
            free = links[places] == 0
            links[places[free]] = left[free]
            lost = links[places] != left
            left, places = left[lost], (places[lost] + np.uint64(1)) & mask


def _halves(digest: bytes) -> tuple[int, int]:
    high, low = _HALVES(digest)
    return high, low
