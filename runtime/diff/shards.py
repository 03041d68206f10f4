"""Two versions of a table in; the local files of the shards that only one has, out. Equal shards stay unread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from runtime.store.port import CommitId, Store
from runtime.tables.keys import encode_key
from runtime.tables.layout import shard_path
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
        return str(self.store.local(self.commit, shard_path(self.folder, shard.sha256)))


@dataclass(frozen=True)
class ShardFile:
    """A shard that one version has alone: where its bytes are and which keys lie in it, ends included."""

    path: str
    first: bytes
    last: bytes


@dataclass(frozen=True)
class Differing:
    """The shards of `own` that `other` does not have. Equal logical digests are equal rows."""

    own: Version
    other: Version

    @cached_property
    def files(self) -> tuple[ShardFile, ...]:
        known = {shard.logical for shard in self.other.shards}
        alone = [shard for shard in self.own.shards if shard.logical not in known]
        return tuple(ShardFile(self.own.local(s), encode_key(s.first), encode_key(s.last)) for s in alone)

    @property
    def paths(self) -> list[str]:
        return [file.path for file in self.files]

    def paths_between(self, low: bytes, high: bytes) -> list[str]:
        """Files that may hold a key of that range, ends included."""
        return [file.path for file in self.files if file.first <= high and low <= file.last]
