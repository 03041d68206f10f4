"""Embeddings in, one after the other; the earliest one whose cosine is at least a threshold, out. None is missed.

Vectors are of eight bits, so that a cosine is exact arithmetic and no batch size, order of adding or processor changes
it. What may be near is found by blocked matrix products in single precision; what is near, by whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
import numpy.typing as npt

from runtime.embeddings import SIZE, Vector
from runtime.scratch import ScratchRows, room

Near = tuple[int, float]
"""The index of the vector that is near, and the cosine."""
BLOCK = 4_096
"""Vectors compared with at once: four megabytes of floats."""
ROWS = 512
"""Vectors that are looked for at once."""
SLACK = 1e-4
"""More than single precision can be wrong by, over SIZE products of unit vectors; over more of them, as much more."""
Floats = npt.NDArray[np.float32]


class Meanings:
    """Vectors of `size` numbers seen so far, on disk; a block of them is in memory while it is compared with."""

    def __init__(self, threshold: float, size: int = SIZE) -> None:
        self.threshold = threshold
        self._likely = threshold - SLACK * max(1.0, size / SIZE)
        self._held = ScratchRows(size, np.int8)
        self._floats = room((BLOCK, size), np.float32)
        self._cosines = room((ROWS, BLOCK), np.float32)

    def __len__(self) -> int:
        return len(self._held)

    def add(self, vector: Vector) -> int:
        """The index of the vector, from 0."""
        self._held.append(vector)
        return len(self._held) - 1

    def find(self, vectors: Sequence[Vector]) -> list[Near | None]:
        """For each, the earliest added vector that is near enough."""
        return [near for start in range(0, len(vectors), ROWS) for near in self._find(vectors[start : start + ROWS])]

    def _find(self, vectors: Sequence[Vector]) -> list[Near | None]:
        found: list[Near | None] = [None] * len(vectors)
        looking, queries = np.arange(len(vectors)), _unit(np.stack(vectors))
        for start, block in self._held.blocks(BLOCK):
            cosines = self._cosines[: len(looking), : len(block)]
            np.matmul(queries[looking], _unit(block, self._floats).T, out=cosines)
            likely = cosines >= self._likely
            for row in np.flatnonzero(likely.any(axis=1)).tolist():
                place = int(looking[row])
                found[place] = self._first(vectors[place], block, np.flatnonzero(likely[row]), start)
            looking = looking[[found[place] is None for place in looking]]
            if not len(looking):
                break
        return found

    def admit(self, vectors: Sequence[Vector]) -> list[Near | None]:
        """As if each were looked for, and added where nothing is near, before the next one is."""
        found, first, fresh = self.find(vectors), len(self), list[int]()
        unit = _unit(np.stack(vectors))
        for place, near in enumerate(found):
            if near is None and fresh:
                likely = np.flatnonzero(unit[fresh] @ unit[place] >= self._likely)
                block = np.stack([vectors[other] for other in fresh])
                near = found[place] = self._first(vectors[place], block, likely, first) if len(likely) else None
            if near is None:
                self.add(vectors[place])
                fresh.append(place)
        return found

    def _first(
        self, vector: Vector, block: npt.NDArray[np.int8], likely: npt.NDArray[np.intp], start: int
    ) -> Near | None:
        for index in likely.tolist():
            like = cosine(vector, block[index])
            if like >= self.threshold:
                return start + index, like
        return None


def cosine(one: Vector, other: Vector) -> float:
    """Exact but for its last division. Of no token and no token it is 1; of no token and some, 0."""
    first, second = one.astype(np.int64), other.astype(np.int64)
    squares = int(first @ first) * int(second @ second)
    if squares == 0:
        return float(not first.any() and not second.any())
    return int(first @ second) / sqrt(squares)


def _unit(vectors: npt.NDArray[np.int8], into: Floats | None = None) -> Floats:
    """Of length one, nearly. Zeros become a vector that is near its like, which the exact test then decides."""
    floats = np.empty(vectors.shape, np.float32) if into is None else into[: len(vectors)]
    floats[:] = vectors
    lengths = np.sqrt(np.einsum("ij,ij->i", floats, floats))
    floats[lengths == 0.0, 0] = lengths[lengths == 0.0] = 1.0
    floats /= lengths[:, None]
    return floats
