"""Candidates' values in, in candidate order; for each, the key of the earlier one that it duplicates, or None, out."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from runtime.filters.canonical import like_text, same_text


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`of` is the printed key of the earliest candidate that passed and is the same, or like enough."""

    of: str
    likeness: float


class Deduplicator(Protocol):
    """Compares each value with those admitted before it. Its answers depend on the values and their order alone."""

    def admit(self, key: str, value: object) -> Duplicate | None:
        """None, and the value is compared with from now on; or the one it duplicates, and it is forgotten.

        Null duplicates nothing and is not compared with.
        """


class ExactDeduplicator:
    """Same text (see `canonical`). About 200 bytes and a key for each admitted value."""

    def __init__(self) -> None:
        self._keys: dict[bytes, str] = {}

    def admit(self, key: str, value: object) -> Duplicate | None:
        if value is None:
            return None
        digest = blake2b(same_text(value).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if (first := self._keys.get(digest)) is not None:
            return Duplicate(first, 1.0)
        self._keys[digest] = key
        return None


class MinhashDeduplicator:
    """Estimated likeness of `threshold` or more (see `minhash`). About 700 bytes and a key for each admitted value."""

    def __init__(self, threshold: float) -> None:
        if not 0 < threshold <= 1:
            raise ValueError(f"a likeness is above 0 and at most 1, not {threshold}")
        from runtime.filters.neighbours import Neighbours

        self._near = Neighbours(threshold)
        self._keys: list[str] = []

    def admit(self, key: str, value: object) -> Duplicate | None:
        if value is None:
            return None
        from runtime.filters.minhash import signature

        found = signature(like_text(value))
        if (like := self._near.find(found)) is not None:
            return Duplicate(self._keys[like[0]], like[1])
        self._near.add(found)
        self._keys.append(key)
        return None


def deduplicator(method: str, threshold: float | None = None) -> Deduplicator:
    """`exact`, or `minhash` with its threshold."""
    if method == "exact":
        return ExactDeduplicator()
    if method == "minhash" and threshold is not None:
        return MinhashDeduplicator(threshold)
    raise ValueError(f"no way to find duplicates is called {method!r}")
