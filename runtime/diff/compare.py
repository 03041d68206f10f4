"""A store and two commits in; what differs between them, dataset by dataset, out. Cost grows with what differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dsl.diagnostics import SynthError
from runtime.diff.causes import causes
from runtime.diff.cells import Cells
from runtime.diff.changes import Changes
from runtime.diff.columns import attributions, column_diffs
from runtime.diff.model import DatasetDiff, Diff, MeasureChange, State, TableDiff
from runtime.diff.reasons import reason_changes
from runtime.diff.rows import TableRows
from runtime.diff.schema import schema_changes
from runtime.diff.shards import Version
from runtime.diff.sources import source_changes
from runtime.diff.told import Told
from runtime.query.catalog import datasets, is_manifest, manifest_at, no_dataset
from runtime.store.port import CommitId, Store
from runtime.tables.layout import DATASETS, calls_folder, rejected_folder, table_folder
from runtime.tables.manifest import Manifest, TableManifest
from runtime.tables.manifest_json import read_manifest


def diff(store: Store, a: str | None, b: str, dataset: str | None = None) -> Diff:
    """Compares two refs; `a` None is the empty store, so that everything in `b` is new.

    With `dataset` only that one, whether it differs or not (E1031 when neither commit has it); else all that differ.
    Raises `SynthError` for unknown refs and damaged objects.
    """
    old, new = store.resolve(a) if a is not None else None, store.resolve(b)
    names = (dataset,) if dataset is not None else _differing(store, old, new)
    pair = _Pair(store, old, new)
    if dataset is not None:
        _check_known(store, pair, dataset)
    return Diff(old, new, a if a is not None else "nothing", b, tuple(map(pair.dataset, names)))


def parse_range(store: Store, text: str, current: str) -> tuple[str | None, str]:
    """`A..B`, `A...B` (since they parted), `A` (against `current`), `A..` and `..B`, or nothing: the last commit.

    The first commit of a branch is compared with nothing at all, so that `synth diff` shows it whole.
    """
    left, dots, right = text.partition("..")
    if not text:
        parents = store.get(store.resolve(current)).parents
        return (f"{current}~1" if parents else None), current
    if dots and right.startswith("."):
        right = right[1:] or current
        return store.merge_base(store.resolve(left or current), store.resolve(right)), right
    return left or current, right or current


def _differing(store: Store, a: CommitId | None, b: CommitId) -> tuple[str, ...]:
    """Datasets whose manifest differs: it names every shard, so nothing else needs to be looked at."""
    found = store.changed(a, b, DATASETS)
    paths = [*(e.path for e in (*found.added, *found.removed)), *(both.after.path for both in found.changed)]
    at = {path: a if path in {e.path for e in found.removed} else b for path in paths if is_manifest(path)}
    return tuple(sorted(read_manifest(store.read(commit or b, path)).dataset for path, commit in at.items()))


def _check_known(store: Store, pair: _Pair, dataset: str) -> None:
    if pair.manifest(pair.a, dataset) or pair.manifest(pair.b, dataset):
        return
    names = sorted({name for commit in (pair.a, pair.b) if commit for name in datasets(store, commit)})
    raise SynthError(no_dataset(dataset, names))


class _Pair:
    """Two commits."""

    def __init__(self, store: Store, a: CommitId | None, b: CommitId) -> None:
        self.store, self.a, self.b = store, a, b

    def manifest(self, commit: CommitId | None, dataset: str) -> Manifest | None:
        return manifest_at(self.store, commit, dataset)

    def dataset(self, name: str) -> DatasetDiff:
        before, after = self.manifest(self.a, name), self.manifest(self.b, name)
        if before == after or _bare(before) == _bare(after):
            return DatasetDiff(name, "same")
        changes = tuple(self._changes(name, table, before, after) for table in _table_names(before, after))
        told = self._told(name, (before, after), changes)
        tables = tuple(_table(one, told) for one in changes)  # first: each closes the files that its index opened
        reasons, fate = reason_changes(told)
        return DatasetDiff(
            name=name,
            state=_state(before, after),
            causes=causes(before, after),
            sources=source_changes(self.store, (self.a, self.b), (before, after)),
            tables=tables,
            measures=_measures(before, after),
            reasons=reasons,
            fate=fate,
        )

    def _changes(self, dataset: str, table: str, before: Manifest | None, after: Manifest | None) -> Changes:
        folder = table_folder(dataset, table)
        old = Version(self.store, self.a, folder, before.tables.get(table) if before else None)
        new = Version(self.store, self.b, folder, after.tables.get(table) if after else None)
        return Changes(table, old, new)

    def _told(
        self, dataset: str, manifests: tuple[Manifest | None, Manifest | None], tables: tuple[Changes, ...]
    ) -> Told:
        rejected = [side.rejected if side else None for side in manifests]
        calls = [side.calls if side else None for side in manifests]
        return Told(
            manifests,
            self._versions(rejected_folder(dataset), *rejected),
            self._versions(calls_folder(dataset), *calls),
            tables,
        )

    def _versions(
        self, folder: str, before: TableManifest | None, after: TableManifest | None
    ) -> tuple[Version, Version]:
        return Version(self.store, self.a, folder, before), Version(self.store, self.b, folder, after)


def _bare(manifest: Manifest | None) -> Manifest | None:
    """Without its files: other bytes may hold the same rows, where another library wrote them."""
    if manifest is None:
        return None
    tables = {name: replace(table, shards=()) for name, table in manifest.tables.items()}
    rest = {name: getattr(manifest, name) for name in ("rejected", "calls", "texts", "decisions")}
    told: dict[str, Any] = {name: table and replace(table, shards=()) for name, table in rest.items()}
    return replace(manifest, tables=tables, **told)


def _table(changes: Changes, told: Told) -> TableDiff:
    cells = Cells(changes)
    found = TableDiff(
        name=changes.name,
        state=_table_state(changes),
        counts=changes.counts,
        schema=schema_changes(changes.before.schema, changes.after.schema),
        columns=column_diffs(changes, cells),
        attribution=attributions(changes, cells),
        source=TableRows(changes.name, changes, cells, told),
    )
    changes.readers.close()
    return found


def _table_state(changes: Changes) -> State:
    if changes.before.table and changes.after.table:
        return "same" if changes.before.table.root == changes.after.table.root else "changed"
    return "removed" if changes.before.table else "added"


def _state(before: object, after: object) -> State:
    return "changed" if before and after else "removed" if before else "added"


def _table_names(before: Manifest | None, after: Manifest | None) -> tuple[str, ...]:
    sides = [manifest.tables for manifest in (after, before) if manifest]
    return tuple(dict.fromkeys(name for tables in sides for name in tables))


def _measures(before: Manifest | None, after: Manifest | None) -> tuple[MeasureChange, ...]:
    """All measures of either side, by name, changed or not; the counts of candidates among them."""
    old, new = _numbers(before), _numbers(after)
    return tuple(MeasureChange(name, old.get(name), new.get(name)) for name in sorted({**old, **new}))


def _numbers(manifest: Manifest | None) -> dict[str, float | None]:
    if manifest is None:
        return {}
    counts = manifest.counts
    rate = {"kept / attempted": counts.kept / counts.attempted} if counts.attempted else {}
    return {**manifest.measures, **rate, "attempted": counts.attempted, "kept": counts.kept}
