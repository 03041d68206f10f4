"""A target and a source in; the datasets that merging would change, as both sides have them, out.

What only the source changed is taken as it is there, without merging; only what both changed is merged by rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dsl.diagnostics import Diagnostic
from runtime.query.catalog import is_manifest, manifest_at
from runtime.query.shards import local_shard
from runtime.store.port import Change, CommitId, Store, TreeChanges
from runtime.tables import layout
from runtime.tables.manifest import Manifest, Shard
from runtime.tables.manifest_json import read_manifest

LocalFile = Callable[[str, Shard], Path]
"""A table's folder and a shard of it to a local file."""


@dataclass(frozen=True, slots=True)
class Side:
    """A dataset before or after; `manifest` is None where it is not there."""

    manifest: Manifest | None
    file: LocalFile


@dataclass(frozen=True, slots=True)
class Pair:
    """A dataset that merging would change."""

    dataset: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Outcome:
    """`conflicts` name what cannot be merged as it is (dataset, table, key, column); the pairs then show the source
    against the base. `problems` are what the merge itself may not do: rows that repeat, audits that fail."""

    pairs: tuple[Pair, ...]
    conflicts: tuple[tuple[str, str, str, str], ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def outcome(store: Store, target: CommitId | None, source: CommitId) -> Outcome:
    """What merging `source` into `target` would do. Cost grows with what changed on both sides."""
    base = store.merge_base(target, source) if target else None
    theirs = _manifests(store, base, source)
    ours = _manifests(store, base, target) if target and base != target else set()
    both = theirs & ours
    if target is None or not both:
        return Outcome(tuple(_taken(store, path, target, source) for path in sorted(theirs)))
    return _merged(store, base, target, source, sorted(theirs))


def _manifests(store: Store, base: CommitId | None, side: CommitId | None) -> set[str]:
    """Paths of manifests that differ: a manifest names every shard."""
    return {path for path in paths_of(store.changed(base, side, layout.DATASETS)) if is_manifest(path)}


def paths_of(found: TreeChanges) -> list[str]:
    return [*(e.path for e in (*found.added, *found.removed)), *(both.after.path for both in found.changed)]


def _taken(store: Store, path: str, target: CommitId | None, source: CommitId) -> Pair:
    name = _name(store, path, source, target)
    return Pair(name, committed(store, target, name), committed(store, source, name))


def _name(store: Store, path: str, *commits: CommitId | None) -> str:
    """The dataset whose manifest that is: as the first commit says that has it."""
    for commit in commits:
        if commit is not None and any(entry.path == path for entry in store.entries(commit, path)):
            return read_manifest(store.read(commit, path)).dataset
    return PurePosixPath(path).parent.name


def committed(store: Store, commit: CommitId | None, dataset: str) -> Side:
    """A dataset as a commit has it."""

    def file(folder: str, shard: Shard) -> Path:
        assert commit is not None
        return local_shard(store, commit, folder, shard)

    return Side(manifest_at(store, commit, dataset), file)


def _merged(store: Store, base: CommitId | None, target: CommitId, source: CommitId, theirs: list[str]) -> Outcome:
    from runtime.merge import preview

    found = preview(store, target, source)
    if found.conflicts:
        conflicts = sorted((c.dataset, c.table, c.key, c.column or "") for c in found.conflicts)
        pairs = tuple(_taken(store, path, base, source) for path in theirs)
        return Outcome(pairs, tuple(conflicts), found.problems)
    changed = sorted(path for path in found.changes if is_manifest(path))
    pairs = tuple(_made(store, path, target, source, found.changes) for path in changed)
    return Outcome(pairs, problems=found.problems)


def _made(store: Store, path: str, target: CommitId, source: CommitId, changes: Mapping[str, Change]) -> Pair:
    """A dataset as the merge makes it: its files are among the changes, or in the target already."""

    def file(folder: str, shard: Shard) -> Path:
        at = layout.shard_path(folder, shard.sha256)
        new = changes.get(at)
        return local_shard(store, target, folder, shard) if new is None else _local(store, new, ".parquet")

    name = _name(store, path, source, target)
    new = changes[path]
    after = None if new is None else read_manifest(new if isinstance(new, bytes) else _local(store, new).read_bytes())
    return Pair(name, committed(store, target, name), Side(after, file))


def _local(store: Store, change: bytes | str, suffix: str = "") -> Path:
    id_ = store.put(change) if isinstance(change, bytes) else change
    return store.local_object(id_, suffix)  # type: ignore[arg-type]
