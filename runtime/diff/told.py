"""Two versions of a dataset in; what its own tables say of a row that differs (why it was dropped, which statements
marked it for a person) out.

A row that went and is rejected in the new version was not rejected in the old one, so its rejected row lies in a shard
that only the new version has: no other shard is read for a reason. Flags stand in `calls`, where those shards are read
that hold calls of a candidate that differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from runtime.decisions.model import STATEMENT as BY_A_PERSON
from runtime.diff.changes import Changes
from runtime.diff.model import RowState
from runtime.diff.shards import Differing, Version
from runtime.tables.keys import decode_key, encode_key
from runtime.tables.manifest import Manifest

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, np.dtype[np.int64]]

STATEMENT, REASON = "statement", "reason"
FLAG = "flag"
Reasons = Mapping[bytes, str]
"""Candidates and why each was dropped: the title of the statement that dropped it."""


@dataclass(frozen=True)
class Told:
    """Of one dataset. Nothing is read before it is asked for."""

    manifests: tuple[Manifest | None, Manifest | None]
    rejected: tuple[Version, Version]
    calls: tuple[Version, Version]
    tables: Sequence[Changes]

    @property
    def parts(self) -> int:
        """How many parts a candidate's key has."""
        return max((len(manifest.key) for manifest in self.manifests if manifest), default=1)

    @cached_property
    def moved(self) -> tuple[frozenset[bytes], frozenset[bytes]]:
        """Candidates whose rows went, and whose rows came; one that only moved to another table did neither."""
        went, came = self._candidates("removed"), self._candidates("added")
        return frozenset(went - came), frozenset(came - went)

    def _candidates(self, state: RowState) -> set[bytes]:
        found: set[bytes] = set()
        for table in self.tables:
            if getattr(table.counts, state):
                index = table.index
                found.update(self.candidate(key) for key in index.keys.take(index.of(state)).to_pylist())
        return found

    def candidate(self, key: bytes) -> bytes:
        """The candidate's part of a row's key: `emit … for` adds the position to it."""
        return encode_key(decode_key(key)[: self.parts])

    @cached_property
    def went(self) -> Reasons:
        """Why the new version drops candidates whose rows went."""
        return _dropped(Differing(self.rejected[1], self.rejected[0]), self.moved[0], titles(self.manifests[1]))

    @cached_property
    def came(self) -> Reasons:
        """Why the old version dropped candidates whose rows came."""
        return _dropped(Differing(self.rejected[0], self.rejected[1]), self.moved[1], titles(self.manifests[0]))

    def reasons(self, keys: Sequence[bytes], states: Sequence[RowState]) -> list[str | None]:
        """For rows that went or came."""
        told = {"removed": self.rejected[1].rows, "added": self.rejected[0].rows}
        if not any(rows and state in states for state, rows in told.items()):
            return [None] * len(keys)
        return [
            None if state == "changed" else (self.went if state == "removed" else self.came).get(self.candidate(key))
            for key, state in zip(keys, states, strict=True)
        ]

    def flags(self, keys: Sequence[bytes], states: Sequence[RowState]) -> list[tuple[str, ...]]:
        """What marks each row: in the new version, or the old one for a row that went."""
        sides = [0 if state == "removed" else 1 for state in states]
        if not any(self._flagging(side) for side in set(sides)):
            return [()] * len(keys)
        return [self._flagged[side].get(self.candidate(key), ()) for key, side in zip(keys, sides, strict=True)]

    def _flagging(self, side: int) -> bool:
        """Whether a version has a statement that marks rows."""
        manifest = self.manifests[side]
        return bool(manifest and any(step.title.startswith(FLAG) for step in manifest.steps))

    @cached_property
    def _flagged(self) -> tuple[Mapping[bytes, tuple[str, ...]], Mapping[bytes, tuple[str, ...]]]:
        return self._marks(0), self._marks(1)

    def _marks(self, side: int) -> Mapping[bytes, tuple[str, ...]]:
        if not self._flagging(side):
            return {}
        wanted = sorted(
            {self.candidate(key) for table in self.tables if table.total for key in table.index.keys.to_pylist()}
        )
        found: dict[bytes, tuple[str, ...]] = {}
        for key, value in _flag_rows(self.calls[side], wanted):
            candidate = self.candidate(key)
            found[candidate] = (*found.get(candidate, ()), str(orjson.loads(value)))
        return found


def titles(manifest: Manifest | None) -> dict[str, str]:
    """Titles by step id: ids count statements (`filter 2`), so only titles can be compared between versions."""
    return {BY_A_PERSON: "a person"} | {step.id: step.title for step in manifest.steps} if manifest else {}


def matching(wanted: str, places: Ints, texts: Sequence[tuple[str, ...]]) -> Ints:
    """Places with such a text: one that is `wanted`, or where there is none, one that holds it. "" is any text."""
    exact = [wanted in found for found in texts] if wanted else []
    if any(exact):
        return places[exact]
    low = wanted.casefold()
    return places[[any(low in text.casefold() for text in found) for found in texts]]


def _dropped(rejected: Differing, keys: frozenset[bytes], names: Mapping[str, str]) -> dict[bytes, str]:
    """Why each of these candidates was dropped there; without those that were not."""
    column = next((name for name in (STATEMENT, REASON) if name in rejected.own.schema.names), None)
    if not keys or column is None:
        return {}
    found = (row for path in rejected.paths for row in _columns(path, "_key", column))
    return {key: names.get(reason, reason) for key, reason in found if key in keys}


def _flag_rows(calls: Version, wanted: Sequence[bytes]) -> Iterable[tuple[bytes, str]]:
    """Key and text of every mark among these candidates' calls. A call's key begins with its candidate's."""
    from bisect import bisect_right

    import pyarrow.compute as pc

    for shard in calls.shards:
        low, high = encode_key(shard.first), encode_key(shard.last)
        at = bisect_right(wanted, high)
        if at and (wanted[at - 1] >= low or low.startswith(wanted[at - 1])):
            rows = _table(calls.local(shard), "_key", "kind", "value")
            rows = rows.filter(pc.equal(rows.column("kind"), FLAG))
            yield from zip(rows.column("_key").to_pylist(), rows.column("value").to_pylist(), strict=True)


def _columns(path: str, *names: str) -> Iterable[tuple[Any, ...]]:
    rows = _table(path, *names)
    return zip(*(rows.column(name).to_pylist() for name in names), strict=True)


def _table(path: str, *names: str) -> pa.Table:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=True) as file:
        return file.read(list(names), use_threads=False)
