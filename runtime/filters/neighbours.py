"""Signatures in, one after the other; the earliest one that is at least as like as a threshold, out.

Locality-sensitive hashing: a signature is cut into bands, and only those that agree in a whole band are compared
(Leskovec, Rajaraman, Ullman, chapter 3). Half a kilobyte for each signature, in arrays that double.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from runtime.filters.minhash import SIZE, Signature, likeness

RECALL = 0.999
"""The bands are as long as they can be for a pair at the threshold still to agree in one, with this probability."""
_FIRST_ROOM = 256
_NONE = -1


def band_length(threshold: float) -> int:
    """The longest divisor of SIZE with which a pair that is as like as `threshold` is found with RECALL."""
    lengths = [length for length in (32, 16, 8, 4, 2) if 1 - (1 - threshold**length) ** (SIZE // length) >= RECALL]
    return lengths[0] if lengths else 1


class Neighbours:
    """Signatures seen so far. Deterministic: what is found depends on the signatures and their order alone."""

    def __init__(self, threshold: float) -> None:
        self.threshold, self.count = threshold, 0
        self._length = band_length(threshold)
        self._bands = SIZE // self._length
        self._multipliers = (np.arange(1, SIZE + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
        self._make_room(_FIRST_ROOM)

    def find(self, signature: Signature) -> tuple[int, float] | None:
        """The index of the earliest added signature that is like enough, and how like it is."""
        near = self._candidates(self._slots(signature[None, :])[0])
        if len(near) == 0:
            return None
        likenesses = likeness(signature, self._signatures[near])
        enough = np.flatnonzero(likenesses >= self.threshold)
        return (int(near[enough[0]]), float(likenesses[enough[0]])) if len(enough) else None

    def add(self, signature: Signature) -> int:
        """The index of the signature, from 0."""
        if self.count == len(self._signatures):
            self._grow()
        index = self.count
        self._signatures[index] = signature
        self._link(index, self._slots(signature[None, :])[0])
        self.count += 1
        return index

    def _candidates(self, slots: npt.NDArray[np.intp]) -> npt.NDArray[np.int32]:
        """The signatures in the same slot of any band, lowest first: those that agree there, and a few by chance."""
        bands = np.arange(self._bands)
        links, found = self._heads[bands, slots], []
        while (held := links != _NONE).any():
            bands, links = bands[held], links[held]
            found.append(links)
            links = self._next[links, bands]
        return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int32)

    def _slots(self, signatures: npt.NDArray[np.uint16]) -> npt.NDArray[np.intp]:
        """For each signature and band, a hash of the band's numbers: the row of a table where a chain begins."""
        words = signatures.astype(np.uint64) + np.uint64(1)
        mixed = (words * self._multipliers) ^ ((words * self._multipliers) >> np.uint64(29))
        banded = (mixed * self._multipliers).reshape(len(signatures), self._bands, self._length)
        slots: npt.NDArray[np.intp] = (banded.sum(axis=2, dtype=np.uint64) >> np.uint64(64 - self._bits)).astype(
            np.intp
        )
        return slots

    def _link(self, index: int, slots: npt.NDArray[np.intp]) -> None:
        bands = np.arange(self._bands)
        self._next[index] = self._heads[bands, slots]
        self._heads[bands, slots] = index

    def _make_room(self, room: int) -> None:
        self._bits = room.bit_length() - 1
        self._signatures = np.empty((room, SIZE), dtype=np.uint16)
        self._next = np.full((room, self._bands), _NONE, dtype=np.int32)
        self._heads = np.full((self._bands, room), _NONE, dtype=np.int32)

    def _grow(self) -> None:
        held = self._signatures
        self._make_room(2 * len(held))
        self._signatures[: len(held)] = held
        for index, slots in enumerate(self._slots(held)):
            self._link(index, slots)
