"""Three commits in; what each has of a dataset and of one of its tables, side by side, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from runtime.diff.shards import Differing, Version
from runtime.query.catalog import datasets, manifest_at
from runtime.query.scratch import Scratch, parquet, quoted
from runtime.store.port import CommitId, Store
from runtime.tables import layout
from runtime.tables.manifest import Manifest, TableManifest


@dataclass(frozen=True)
class Commits:
    """What both sides come from, what is merged into, and what is merged. None has no dataset."""

    store: Store
    base: CommitId | None
    ours: CommitId | None
    theirs: CommitId | None

    def manifests(self, dataset: str) -> Manifests:
        found = (manifest_at(self.store, commit, dataset) for commit in (self.base, self.ours, self.theirs))
        return Manifests(self, dataset, *found)

    def datasets(self) -> list[str]:
        """Of either side: one that both removed is gone."""
        named = (datasets(self.store, commit) for commit in (self.ours, self.theirs) if commit is not None)
        return sorted({name for names in named for name in names})


@dataclass(frozen=True)
class Manifests:
    """A dataset as each commit has it."""

    commits: Commits
    dataset: str
    base: Manifest | None
    ours: Manifest | None
    theirs: Manifest | None

    @property
    def tables(self) -> list[str]:
        """Names of the tables of any side, those of ours first."""
        sides = [side for side in (self.ours, self.theirs) if side is not None]
        return list(dict.fromkeys(name for side in sides for name in side.tables))

    def table(self, scratch: Scratch, name: str) -> Three:
        folder = layout.table_folder(self.dataset, name)
        return self._three(scratch, f"{self.dataset} {name}", folder, [_table(m, name) for m in self._all])

    def beside(self, scratch: Scratch, name: str, folder: str) -> Three:
        """`rejected`, `calls` or `decisions`: the field of the manifest that is called so."""
        return self._three(scratch, f"{self.dataset} .{name}", folder, [getattr(m, name, None) for m in self._all])

    @property
    def _all(self) -> tuple[Manifest | None, Manifest | None, Manifest | None]:
        return self.base, self.ours, self.theirs

    def _three(self, scratch: Scratch, name: str, folder: str, tables: Sequence[TableManifest | None]) -> Three:
        commits = (self.commits.base, self.commits.ours, self.commits.theirs)
        pairs = zip(commits, tables, strict=True)
        versions = (Version(self.commits.store, commit, folder, table) for commit, table in pairs)
        return Three(scratch, name, folder, *versions)


def _table(manifest: Manifest | None, name: str) -> TableManifest | None:
    return None if manifest is None else manifest.tables.get(name)


@dataclass(frozen=True)
class Drift:
    """What one side changed: the keys whose rows came, went or differ, by their hashes."""

    scratch: Scratch
    name: str
    before: Version
    after: Version

    @cached_property
    def old(self) -> list[str]:
        """Files of the shards that only the version before has."""
        return Differing(self.before, self.after).paths

    @cached_property
    def new(self) -> list[str]:
        return Differing(self.after, self.before).paths

    @cached_property
    def keys(self) -> str:
        """A relation of `_key` and `state`: added, removed or changed."""
        relation = quoted(f"{self.name} keys")
        self.scratch.execute(
            f"""create table {relation} as
            select coalesce(a._key, b._key) as _key, case when a._key is null then 'added'
                when b._key is null then 'removed' else 'changed' end as state
            from {parquet(self.old, "_key, _hash")} a
            full outer join {parquet(self.new, "_key, _hash")} b on a._key = b._key
            where a._hash is distinct from b._hash"""
        )
        return relation

    @cached_property
    def total(self) -> int:
        return int(self.scratch.execute(f"select count(*) from {self.keys}").fetchall()[0][0])


@dataclass(frozen=True)
class Three:
    """A table as each commit has it. Only shards that differ from the base's are ever read."""

    scratch: Scratch
    name: str
    folder: str
    base: Version
    ours: Version
    theirs: Version

    @cached_property
    def mine(self) -> Drift:
        """From the base to ours."""
        return Drift(self.scratch, f"{self.name} ours", self.base, self.ours)

    @cached_property
    def other(self) -> Drift:
        """From the base to theirs."""
        return Drift(self.scratch, f"{self.name} theirs", self.base, self.theirs)

    @property
    def changed(self) -> tuple[bool, bool]:
        """Whether ours and theirs hold other rows than the base."""
        return _root(self.base) != _root(self.ours), _root(self.base) != _root(self.theirs)

    def paths(self) -> tuple[list[str], list[str], list[str]]:
        """Files of base, ours and theirs that may hold a row that differs on either side."""
        before = dict.fromkeys((*self.mine.old, *self.other.old))
        return list(before), self.mine.new, self.other.new


def _root(version: Version) -> str | None:
    return version.table.root if version.table else None
