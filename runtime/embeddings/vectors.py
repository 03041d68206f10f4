"""Numbers that an embedding model made of a text in; the vector that is kept and compared, in eight bits each, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.int8]
LARGEST = 127


class Encoder(Protocol):
    """An embedding model. All its vectors have one length."""

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        """May wait for a server, within a greenlet that an event loop drives."""


def scaled(numbers: npt.NDArray[np.float64]) -> Vector:
    """Whole numbers, the largest of which is 127: what is computed from them is exact. Zeros stay zeros."""
    largest = np.abs(numbers).max(initial=0.0)
    if largest == 0.0:
        return np.zeros(len(numbers), np.int8)
    vector: Vector = np.rint(numbers / largest * LARGEST).astype(np.int8)
    return vector
