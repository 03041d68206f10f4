"""Two versions of a table in; the local files of the shards that only one has, out. Equal shards stay unread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from runtime.query.shards import local_shard
from runtime.store.port import CommitId, Store
from runtime.tables.keys import encode_key
from runtime.tables.manifest import Shard, TableManifest
from runtime.tables.schema import Schema


@dataclass(frozen=True, slots=True)
class Version:
    """A table as one commit has it; `table` is None where that commit has no such table."""

    store: Store
    commit: CommitId | None
    folder: str
    table: TableManifest | None

    @property
    def schema(self) -> Schema:
        return self.table.schema if self.table else Schema(())

    @property
    def rows(self) -> int:
        return self.table.rows if self.table else 0

    @property
    def shards(self) -> tuple[Shard, ...]:
        return self.table.shards if self.table else ()

    def local(self, shard: Shard) -> str:
        """The shard's file in the extraction cache."""
        if self.commit is None:
            raise ValueError("a version without a commit has no shards")
        return str(local_shard(self.store, self.commit, self.folder, shard))


@dataclass(frozen=True, slots=True)
class ShardFile:
    """A shard that one version has alone: where its bytes are and which keys lie in it, ends included."""

    path: str
    first: bytes
    last: bytes
    size: int = 0


@dataclass(frozen=True)
class Differing:
    """The shards of `own` that `other` does not have. Equal logical digests are equal rows."""

    own: Version
    other: Version

    @cached_property
    def files(self) -> tuple[ShardFile, ...]:
        known = {shard.logical for shard in self.other.shards}
        alone = [shard for shard in self.own.shards if shard.logical not in known]
        return tuple(ShardFile(self.own.local(s), encode_key(s.first), encode_key(s.last), s.size) for s in alone)

    @property
    def paths(self) -> list[str]:
        return [file.path for file in self.files]


Group = tuple[list[int], list[int]]
"""Numbers of old files and of new files whose key ranges overlap."""


def groups(old: tuple[ShardFile, ...], new: tuple[ShardFile, ...]) -> Iterator[Group]:
    """What must be compared together, in key order: no key of one group lies in the range of another."""
    ranges = [(file.first, file.last, 0, number) for number, file in enumerate(old)]
    ranges += [(file.first, file.last, 1, number) for number, file in enumerate(new)]
    group: Group = ([], [])
    end: bytes | None = None
    for first, last, side, number in sorted(ranges):
        if end is not None and first > end:
            yield group
            group, end = ([], []), None
        group[side].append(number)
        end = last if end is None else max(end, last)
    if end is not None:
        yield group
