"""Digests of 128 bits in; the index of the one that is the same, out. Forty bytes each; a dictionary takes 200."""

from __future__ import annotations

from array import array

_FIRST_ROOM = 1 << 10


class DigestTable:
    """Open addressing: a digest lies at the first free place after the one that its first half says."""

    def __init__(self) -> None:
        self.count = 0
        self._make_room(_FIRST_ROOM)

    def find(self, digest: bytes) -> int | None:
        index = self._indices[self._place(*_halves(digest))]
        return index - 1 if index else None

    def add(self, digest: bytes) -> int:
        """The index of the digest, from 0. It must not be there yet."""
        if 2 * self.count >= len(self._indices):
            self._grow()
        self.count += 1
        self._put(*_halves(digest), self.count)
        return self.count - 1

    def skip(self) -> int:
        """An index that no digest has."""
        self.count += 1
        return self.count - 1

    def _put(self, high: int, low: int, index: int) -> None:
        place = self._place(high, low)
        self._highs[place], self._lows[place], self._indices[place] = high, low, index

    def _place(self, high: int, low: int) -> int:
        """Where the digest lies, or would."""
        place = high & self._mask
        while self._indices[place] and not (self._highs[place] == high and self._lows[place] == low):
            place = (place + 1) & self._mask
        return place

    def _make_room(self, room: int) -> None:
        self._mask = room - 1
        self._highs, self._lows = array("Q", bytes(8 * room)), array("Q", bytes(8 * room))
        self._indices = array("I", bytes(4 * room))

    def _grow(self) -> None:
        highs, lows, indices = self._highs, self._lows, self._indices
        self._make_room(2 * len(indices))
        for place, index in enumerate(indices):
            if index:
                self._put(highs[place], lows[place], index)


def _halves(digest: bytes) -> tuple[int, int]:
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")
