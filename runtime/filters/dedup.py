"""Candidates' values in, in candidate order; for each, the key of the earlier one that it duplicates, or None, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.filters.compare import Index, index
from runtime.scratch import Spool

if TYPE_CHECKING:
    from runtime.embeddings import Encoder


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`of` is the printed key of the earliest candidate that passed and is the same, or like enough."""

    of: str
    likeness: float


class Deduplicator:
    """Compares each value with those admitted before it. Its answers depend on the values and their order alone."""

    def __init__(self, within: Index) -> None:
        self._within = within
        self._keys = Spool()

    def prepare(self, value: object) -> Any:
        """What comparing needs of a value; None for null, which duplicates nothing and is not compared with."""
        return None if value is None else self._within.prepare(value)

    def admit(self, key: str, value: object) -> Duplicate | None:
        """None, and the value is compared with from now on; or the one it duplicates, and it is forgotten."""
        return None if value is None else self._told(key, self._within.admit([self._within.prepare(value)])[0])

    def admit_all(self, candidates: Sequence[tuple[str, Any]]) -> list[Duplicate | None]:
        """(key, prepared value) of each, in order: as if they came one at a time."""
        present = [(key, prepared) for key, prepared in candidates if prepared is not None]
        near = iter(self._within.admit([prepared for _, prepared in present]) if present else [])
        return [None if prepared is None else self._told(key, next(near)) for key, prepared in candidates]

    def _told(self, key: str, near: tuple[int, float] | None) -> Duplicate | None:
        if near is None:
            self._keys.append(key)
            return None
        return Duplicate(self._keys[near[0]], near[1])


def deduplicator(method: str, threshold: float | None = None, encoder: Encoder | None = None) -> Deduplicator:
    """`exact`, or `minhash` or `meaning` with its threshold."""
    return Deduplicator(index(method, threshold, encoder))
