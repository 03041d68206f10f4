"""Signatures in, one after the other; the earliest one that is at least as like as a threshold, out.

Locality-sensitive hashing: a signature is cut into bands, and only those that agree in a whole band are compared
(Leskovec, Rajaraman, Ullman, chapter 3). Half a kilobyte each, on disk: signatures and chains are read when
they are needed, the tables in which chains begin are mapped.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from runtime.filters.minhash import SIZE, Signature, likeness
from runtime.scratch import Mapped, ScratchRows

RECALL = 0.999
"""The bands are as long as they can be for a pair at the threshold still to agree in one, with this probability."""
_FIRST_ROOM = 256
_NONE = 0
"""No link. A link is an index and one, so that a new table, which is zeros, has none."""
_RELEASE = 512
"""Signatures looked for between two times that the table's pages are given back."""
_RELINKED = 4_096
"""Signatures whose places are computed at once when the table grows."""


def band_length(threshold: float) -> int:
    """The longest divisor of SIZE with which a pair that is as like as `threshold` is found with RECALL."""
    lengths = [length for length in (32, 16, 8, 4, 2) if 1 - (1 - threshold**length) ** (SIZE // length) >= RECALL]
    return lengths[0] if lengths else 1


class Neighbours:
    """Signatures seen so far. Deterministic: what is found depends on the signatures and their order alone."""

    def __init__(self, threshold: float) -> None:
        self.threshold, self.looked = threshold, 0
        self._length = band_length(threshold)
        self._bands = SIZE // self._length
        self._multipliers = (np.arange(1, SIZE + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
        self._signatures = ScratchRows(SIZE, np.uint16)
        self._make_room(_FIRST_ROOM)

    def __len__(self) -> int:
        return len(self._signatures)

    def find(self, signature: Signature) -> tuple[int, float] | None:
        """The index of the earliest added signature that is like enough, and how like it is."""
        self._rest()
        near = self._candidates(self._slots(signature[None, :])[0])
        if len(near) == 0:
            return None
        likenesses = likeness(signature, self._signatures.take(near))
        enough = np.flatnonzero(likenesses >= self.threshold)
        return (int(near[enough[0]]), float(likenesses[enough[0]])) if len(enough) else None

    def add(self, signature: Signature) -> int:
        """The index of the signature, from 0."""
        if len(self) == self._room:
            self._grow()
        index = len(self)
        self._signatures.append(signature)
        self._link(index, self._slots(signature[None, :])[0])
        return index

    def _candidates(self, slots: npt.NDArray[np.intp]) -> npt.NDArray[np.int32]:
        """The signatures in the same slot of any band, lowest first: those that agree there, and a few by chance."""
        bands = np.arange(self._bands)
        links, found = self._heads.array[bands, slots], []
        while (held := links != _NONE).any():
            bands, links = bands[held], links[held] - 1
            found.append(links)
            links = self._next.take(links)[np.arange(len(links)), bands]
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
        self._next.append(self._heads.array[bands, slots])
        self._heads.array[bands, slots] = index + 1

    def _make_room(self, room: int) -> None:
        self._room, self._bits = room, room.bit_length() - 1
        self._next = ScratchRows(self._bands, np.int32)
        self._heads = Mapped((self._bands, room), np.int32)

    def _grow(self) -> None:
        self._make_room(2 * self._room)
        for start, held in self._signatures.blocks(_RELINKED):
            for index, slots in enumerate(self._slots(held), start):
                self._link(index, slots)
            self._heads.release()

    def _rest(self) -> None:
        self.looked += 1
        if self.looked % _RELEASE == 0:
            self._heads.release()
