"""Rows of an evaluation set in; for a text, the first of them that it overlaps, out. The index is made once, of hashes.

By `ngram(n)`: a run of n words in common. A text of fewer than n words overlaps where it stands whole in the other, on
either side. By `exact`, `minhash` and `meaning`: the same, or as like as that, as `dedup` has it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from runtime.filters.compare import Index, index
from runtime.filters.words import Hashes, contains, runs, words

if TYPE_CHECKING:
    from runtime.embeddings import Encoder

BATCH = 512
"""Texts to keep clear of that are prepared at once."""


class Reference(Protocol):
    """The texts to keep clear of, by index; null ones overlap nothing. They are read more than once."""

    def __len__(self) -> int: ...

    def text(self, place: int) -> str | None: ...


class Overlaps(Protocol):
    def find(self, value: object) -> int | None:
        """The index of the first text that the value overlaps."""


def overlaps(method: str, number: float | None, reference: Reference, encoder: Encoder | None = None) -> Overlaps:
    """`ngram` with the length of its runs, or a way to compare whole texts with its threshold."""
    if method == "ngram" and number is not None:
        return Ngrams(int(number), reference)
    return Alike(index(method, number, encoder), reference)


class Alike:
    """Overlap of whole texts."""

    def __init__(self, within: Index, reference: Reference) -> None:
        self._within = within
        self._places = array("I")
        for start in range(0, len(reference), BATCH):
            some = range(start, min(start + BATCH, len(reference)))
            texts = {place: text for place in some if (text := reference.text(place)) is not None}
            for prepared in within.prepare_all(list(texts.values())):
                within.add(prepared)
            self._places.extend(texts)

    def find(self, value: object) -> int | None:
        if value is None:
            return None
        [near] = self._within.find([self._within.prepare(value)])
        return None if near is None else self._places[near[0]]


@dataclass(frozen=True, slots=True)
class _Table:
    """Distinct hashes in order, and for each the first text that has it."""

    hashes: Hashes
    owners: Any

    def find(self, wanted: Hashes) -> list[int]:
        """The texts that own one of the hashes, in order."""
        if not len(self.hashes):
            return []
        places = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.unique(self.owners[places[self.hashes[places] == wanted]]).tolist()  # type: ignore[no-any-return]


class Ngrams:
    """Twelve bytes for each run of words. What a hash says is looked up in the text, so no chance drops a row."""

    def __init__(self, n: int, reference: Reference) -> None:
        self.n, self._reference = n, reference
        self._running: dict[int, _Table] = {}
        self._whole: dict[int, _Table] = self._short()

    def find(self, value: object) -> int | None:
        if not isinstance(value, str) or not (given := words(value)):
            return None
        length = min(self.n, len(given))
        if length not in self._running:
            self._running[length] = self._table(length, whole=False)
        found = [(owner, length) for owner in self._running[length].find(runs(given, length))]
        for short, table in self._whole.items():
            if short < length:
                found += [(owner, short) for owner in table.find(runs(given, short))]
        return next((owner for owner, run in sorted(found) if self._sure(given, owner, run)), None)

    def _sure(self, given: Sequence[str], owner: int, length: int) -> bool:
        """Whether the owner really has a run of this length in common."""
        other = words(self._reference.text(owner) or "")
        starts = range(len(given) - length + 1)
        return any(contains(other, given[start : start + length]) for start in starts)

    def _short(self) -> dict[int, _Table]:
        """Texts of fewer than n words, by their number of words."""
        lengths = {len(words(text)) for place in range(len(self._reference)) if (text := self._reference.text(place))}
        return {length: self._table(length, whole=True) for length in sorted(lengths) if 0 < length < self.n}

    def _table(self, length: int, *, whole: bool) -> _Table:
        """Of all runs of this length; or, `whole`, only of texts that have no word more."""
        hashes, owners = array("Q"), array("I")
        for place in range(len(self._reference)):
            given = words(self._reference.text(place) or "")
            if len(given) < length or (whole and len(given) > length):
                continue
            found = runs(given, length)
            hashes.frombytes(found.tobytes())
            owners.frombytes(np.full(len(found), place, np.uint32).tobytes())
        distinct, first = np.unique(np.frombuffer(hashes, np.uint64), return_index=True)
        return _Table(distinct, np.frombuffer(owners, np.uint32)[first])
