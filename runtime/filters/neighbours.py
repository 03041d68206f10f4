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

Slots = npt.NDArray[np.intp]
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
        self._every = np.arange(self._bands)
        self._multipliers = (np.arange(1, SIZE + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
        self._signatures = ScratchRows(SIZE, np.uint16)
        self._make_room(_FIRST_ROOM)
        self._last: tuple[Signature, Slots] | None = None

    def __len__(self) -> int:
        return len(self._signatures)

    def find(self, signature: Signature) -> tuple[int, float] | None:
        """The index of the earliest added signature that is like enough, and how like it is."""
        self._rest()
        near = self._candidates(self._slots_of(signature))
        if len(near) == 0:
            return None
        likenesses = likeness(signature, self._signatures.take(near))
        enough = np.flatnonzero(likenesses >= self.threshold)
        if len(enough) == 0:
            return None
        first = enough[near[enough].argmin()]
        return int(near[first]), float(likenesses[first])

    def add(self, signature: Signature) -> int:
        """The index of the signature, from 0."""
        if len(self) == self._room:
            self._grow()
        slots = self._slots_of(signature)
        self._signatures.append(signature)
        self._next.append(self._heads.array[self._every, slots])
        self._heads.array[self._every, slots] = len(self)
        return len(self) - 1

    def _candidates(self, slots: Slots) -> npt.NDArray[np.int32]:
        """The signatures in the same slot of any band: those that agree there, and a few by chance. Some come twice."""
        bands, links, found = self._every, self._heads.array[self._every, slots], []
        while (held := links.nonzero()[0]).size:
            bands, links = bands[held], links[held] - 1
            found.append(links)
            links = self._next.take(links)[np.arange(len(links)), bands]
        return np.concatenate(found) if found else np.empty(0, np.int32)

    def _slots_of(self, signature: Signature) -> Slots:
        """What is looked for is mostly added next."""
        if self._last is None or self._last[0] is not signature:
            self._last = signature, self._slots(signature[None, :])[0]
        return self._last[1]

    def _slots(self, signatures: npt.NDArray[np.uint16]) -> Slots:
        """For each signature and band, a hash of the band's numbers: the row of a table where a chain begins."""
        words = (signatures.astype(np.uint64) + np.uint64(1)) * self._multipliers
        banded = ((words ^ (words >> np.uint64(29))) * self._multipliers).reshape(-1, self._bands, self._length)
        slots: Slots = (banded.sum(axis=2, dtype=np.uint64) >> np.uint64(64 - self._bits)).astype(np.intp)
        return slots

    def _make_room(self, room: int) -> None:
        self._room, self._bits = room, room.bit_length() - 1
        self._next = ScratchRows(self._bands, np.int32)
        self._heads = Mapped((self._bands, room), np.int32)
        self._last = None

    def _grow(self) -> None:
        self._make_room(2 * self._room)
        for start, held in self._signatures.blocks(_RELINKED):
            self._link(start, self._slots(held))
            self._heads.release()

    def _link(self, start: int, slots: Slots) -> None:
        """Many signatures at once. Of those with one slot each leads to the one before, the first to where it began."""
        place = (slots + self._every * self._heads.array.shape[1]).ravel()
        order = np.argsort(place, kind="stable")
        ordered, links = place[order], order // self._bands + start + 1
        begins = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        heads = self._heads.array.reshape(-1)
        before = np.concatenate(([_NONE], links[:-1]))
        before[begins] = heads[ordered[begins]]
        following = np.empty(len(place), np.int32)
        following[order] = before
        self._next.append(following)
        ends = np.concatenate((begins[1:], [True]))
        heads[ordered[ends]] = links[ends]

    def _rest(self) -> None:
        self.looked += 1
        if self.looked % _RELEASE == 0:
            self._heads.release()
