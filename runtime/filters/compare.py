"""A way to compare in (`exact`, `minhash(0.8)`, `meaning(0.9)`); an index that finds what is the same or alike, out.

`prepare` is the work that a value needs by itself, in any order. `find` and `admit` compare, many values at once where
that pays; what they say depends on the values and their order alone, and not on how many came at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

from runtime.filters.canonical import like_text, same_text

if TYPE_CHECKING:
    from runtime.embeddings import Encoder, Vector
    from runtime.filters.meanings import Meanings

Near = tuple[int, float]
"""The index of the value that is near enough, and how near, from 0 to 1."""


class Index(Protocol):
    """Values admitted so far, numbered from 0. Null is never prepared: it is like nothing."""

    def prepare(self, value: object) -> Any: ...

    def prepare_all(self, values: Sequence[object]) -> list[Any]:
        """As `prepare` for each; of a model that a server runs, many are asked for at once."""

    def add(self, prepared: Any) -> int:
        """Without a look at what is there."""

    def find(self, prepared: Sequence[Any]) -> list[Near | None]:
        """For each the earliest that is near enough."""

    def admit(self, prepared: Sequence[Any]) -> list[Near | None]:
        """As `find`, one after the other; what nothing is near to is added before the next one is looked for."""


class _OneByOne:
    """For ways to compare that gain nothing from many at once."""

    def prepare(self, value: object) -> Any:
        raise NotImplementedError

    def prepare_all(self, values: Sequence[object]) -> list[Any]:
        return [self.prepare(value) for value in values]

    def one(self, prepared: Any) -> Near | None:
        raise NotImplementedError

    def add(self, prepared: Any) -> int:
        raise NotImplementedError

    def find(self, prepared: Sequence[Any]) -> list[Near | None]:
        return [self.one(item) for item in prepared]

    def admit(self, prepared: Sequence[Any]) -> list[Near | None]:
        return [self._admit(item) for item in prepared]

    def _admit(self, item: Any) -> Near | None:
        near = self.one(item)
        if near is None:
            self.add(item)
        return near


class Exact(_OneByOne):
    """The same text (see `canonical`)."""

    def __init__(self) -> None:
        from runtime.filters.digests import DigestTable

        self._table = DigestTable()

    def prepare(self, value: object) -> bytes:
        return blake2b(same_text(value).encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def one(self, prepared: bytes) -> Near | None:
        index = self._table.find(prepared)
        return None if index is None else (index, 1.0)

    def _admit(self, item: bytes) -> Near | None:
        index = self._table.admit(item)
        return None if index is None else (index, 1.0)

    def add(self, prepared: bytes) -> int:
        """Of texts that are the same, the first is found."""
        found = self._table.find(prepared)
        return self._table.add(prepared) if found is None else self._table.skip()


class Minhash(_OneByOne):
    """Estimated likeness of `threshold` or more (see `minhash`)."""

    def __init__(self, threshold: float) -> None:
        from runtime.filters.neighbours import Neighbours

        self._near = Neighbours(threshold)

    def prepare(self, value: object) -> Any:
        from runtime.filters.minhash import signature

        return signature(like_text(value))

    def one(self, prepared: Any) -> Near | None:
        return self._near.find(prepared)

    def add(self, prepared: Any) -> int:
        return self._near.add(prepared)


class Meaning:
    """A cosine of `threshold` or more between embeddings (see `meanings`): the package's, or those of `encoder`."""

    def __init__(self, threshold: float, encoder: Encoder | None = None) -> None:
        from runtime.embeddings import embedder

        self.threshold = threshold
        self._model: Encoder = embedder() if encoder is None else encoder
        self._held: Meanings | None = None

    def prepare(self, value: object) -> Vector:
        return self.prepare_all([value])[0]

    def prepare_all(self, values: Sequence[object]) -> list[Vector]:
        return self._model.encode([meant(value) for value in values])

    def add(self, prepared: Vector) -> int:
        return self._near(prepared).add(prepared)

    def find(self, prepared: Sequence[Vector]) -> list[Near | None]:
        return self._near(prepared[0]).find(prepared) if prepared else []

    def admit(self, prepared: Sequence[Vector]) -> list[Near | None]:
        return self._near(prepared[0]).admit(prepared) if prepared else []

    def _near(self, vector: Vector) -> Meanings:
        """How many numbers a vector has is known from the first one."""
        if self._held is None:
            from runtime.filters.meanings import Meanings

            self._held = Meanings(self.threshold, len(vector))
        return self._held


def meant(value: object) -> str:
    """The text whose meaning a value has."""
    return value if isinstance(value, str) else same_text(value)


def index(method: str, threshold: float | None = None, encoder: Encoder | None = None) -> Index:
    """`exact`; `minhash` or `meaning` with a threshold above 0 and at most 1. Meanings are the `encoder`'s, if any."""
    if method == "exact":
        return Exact()
    if method not in ("minhash", "meaning") or threshold is None:
        raise ValueError(f"no way to compare is called {method!r}")
    if not 0 < threshold <= 1:
        raise ValueError(f"a likeness is above 0 and at most 1, not {threshold}")
    return Minhash(threshold) if method == "minhash" else Meaning(threshold, encoder)
