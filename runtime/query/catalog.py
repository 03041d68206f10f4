"""A store and a reference in; the table it means, as local shard files with their schema, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.query.names import Reference
from runtime.query.shards import DAMAGED, local_shards, located
from runtime.store.port import CommitId, Store
from runtime.tables.layout import (
    DATASETS,
    calls_folder,
    decisions_folder,
    described,
    manifest_path,
    rejected_folder,
    table_folder,
    texts_folder,
)
from runtime.tables.manifest import Manifest, TableManifest
from runtime.tables.manifest_json import read_manifest
from runtime.tables.schema import Schema


@dataclass(frozen=True, slots=True)
class Located:
    """A table of one commit. `paths` brings its shards into the extraction cache."""

    store: Store
    commit: CommitId
    folder: str
    table: TableManifest

    @property
    def schema(self) -> Schema:
        return self.table.schema

    def paths(self) -> list[str]:
        return [str(path) for path in local_shards(self.store, self.commit, self.folder, self.table.shards)]


@dataclass(frozen=True, slots=True)
class DatasetAt:
    """A dataset as one commit has it."""

    store: Store
    commit: CommitId
    manifest: Manifest

    def parts(self) -> Mapping[str, Located]:
        """Its tables by name, and `rejected`, `calls`, `texts` and `decisions` where there are any.

        What the unnamed emit is split into goes by the value alone, too: `social.troll` for the table `social/troll`.
        """
        own = self.manifest
        found = {
            "rejected": (rejected_folder(own.dataset), own.rejected),
            "calls": (calls_folder(own.dataset), own.calls),
            "texts": (texts_folder(own.dataset), own.texts),
            "decisions": (decisions_folder(own.dataset), own.decisions),
        }
        beside = {
            name: Located(self.store, self.commit, folder, table)
            for name, (folder, table) in found.items()
            if table is not None
        }
        tables = {name: self.table(name) for name in own.tables if name not in found}
        split = {name: name.removeprefix(f"{own.dataset}/") for name in own.tables}
        return {short: tables[name] for name, short in split.items() if name in tables} | tables | beside

    def table(self, name: str) -> Located:
        """One that an emit makes, whatever it is called."""
        return Located(self.store, self.commit, table_folder(self.manifest.dataset, name), self.manifest.tables[name])

    def main(self) -> Located | None:
        """The unnamed emit's table, or the only one; None where there are several and none has the dataset's name."""
        names = list(self.manifest.tables)
        name = self.manifest.dataset if self.manifest.dataset in names else names[0] if len(names) == 1 else None
        return None if name is None else self.table(name)


def dataset_at(store: Store, name: str, ref: str) -> DatasetAt | None:
    """None when the commit has no such dataset; E10xx for an unknown ref."""
    commit = store.resolve(ref)
    found = manifest_at(store, commit, name)
    return None if found is None else DatasetAt(store, commit, found)


def manifest_at(store: Store, commit: CommitId | None, name: str) -> Manifest | None:
    """The dataset's manifest in a commit; None where there is no such dataset, or no commit."""
    path = manifest_path(name)
    if commit is None or not any(entry.path == path for entry in store.entries(commit, path)):
        return None
    return _manifest(store, commit, path)


def _manifest(store: Store, commit: CommitId, path: str) -> Manifest:
    with located(f"the manifest of {described(path)}, in commit {commit[:10]}: it names all of its rows", DAMAGED):
        return read_manifest(store.read(commit, path))


def is_manifest(path: str) -> bool:
    return path.startswith(f"{DATASETS}/") and path.count("/") == 2 and path.endswith("/manifest.json")


def datasets(store: Store, commit: CommitId) -> tuple[str, ...]:
    """The names of a commit's datasets, sorted."""
    paths = [entry.path for entry in store.entries(commit, DATASETS) if is_manifest(entry.path)]
    return tuple(sorted(_manifest(store, commit, path).dataset for path in paths))


def no_dataset(name: str, names: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        code="E1031",
        message=f"there is no dataset `{name}` here",
        notes=(f"datasets: {', '.join(names)}" if names else "the commit has no datasets yet",),
        help=did_you_mean(name, names) or None,
    )


def find(store: Store, reference: Reference, at: str) -> Located:
    """The table a reference means. E1031 for an unknown dataset, E1032 for an unknown table of it."""
    ref = reference.ref or at
    dataset = dataset_at(store, reference.dataset, ref)
    if dataset is None:
        raise SynthError(no_dataset(reference.dataset, datasets(store, store.resolve(ref))))
    parts = dataset.parts()
    found = dataset.main() if reference.part is None else parts.get(reference.part)
    if found is None:
        raise SynthError(no_table(reference, sorted(parts)))
    return found


def no_table(reference: Reference, parts: list[str]) -> Diagnostic:
    named = f"has no table `{reference.part}`" if reference.part else "has several tables and none of its own name"
    return Diagnostic(
        code="E1032",
        message=f"dataset `{reference.dataset}` {named}",
        notes=(f"tables: {', '.join(f'{reference.name}.{part}' for part in parts)}",),
        help=did_you_mean(reference.part or "", parts) or None,
    )
