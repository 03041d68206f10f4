"""`dataset("name/table@ref")` in; the table of this project's store that it names, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from dsl.diagnostics import Diagnostic, SynthError
from runtime.query.catalog import DatasetAt, dataset_at, datasets, no_dataset, no_table
from runtime.query.names import Reference
from runtime.query.shards import local_shards
from runtime.sources.place import Where
from runtime.sources.stored import Table, table_names, table_of
from runtime.store.port import CommitId, Store
from runtime.tables.layout import table_folder
from runtime.tables.manifest import Manifest, Shard

Shards = Callable[[Store, CommitId, str, Sequence[Shard]], Iterable[Path | IO[bytes]]]
"""How shards of a folder are opened, in order."""


def parse(text: str) -> Reference:
    """`tickets`, `tickets@v1.2`, `tickets/preferences@main~1`: the ref is a branch, tag or commit, `~n` before it."""
    name, _, ref = text.strip().partition("@")
    dataset, _, part = name.partition("/")
    return Reference(dataset, ref or None, part or None)


def find(where: Where) -> Table:
    """Without a ref: the current branch. E1031 for an unknown dataset, E1032 for a table, E10xx for a ref."""
    try:
        return _find(where)
    except SynthError as error:
        raise SynthError(*(replace(found, span=where.span) for found in error.diagnostics)) from None


def _find(where: Where) -> Table:
    from runtime.config.project import Project
    from runtime.store.open import project_store, store_folder
    from runtime.store.worktree import current_branch

    reference = parse(where.argument)
    project = Project.find(where.root)
    if project.config.store.kind == "git" and not store_folder(project).exists():
        raise SynthError(no_dataset(reference.dataset, ()))
    store = project_store(project)
    ref = reference.ref or current_branch(project.state_dir)
    found = dataset_at(store, reference.dataset, ref)
    if found is None:
        raise SynthError(no_dataset(reference.dataset, datasets(store, store.resolve(ref))))
    return table_at(found, reference, where.argument)


def table_at(found: DatasetAt, reference: Reference, name: str, shards: Shards = local_shards) -> Table:
    """The table of a version that a reference means. E1032 where it has no such table."""
    manifest, part = found.manifest, emit_of(found.manifest, reference)

    def paths(table: str) -> Iterable[Path | IO[bytes]]:
        folder = table_folder(manifest.dataset, table)
        return shards(found.store, found.commit, folder, manifest.tables[table].shards)

    return table_of(manifest, part, name, paths, found.commit)


def emit_of(manifest: Manifest, reference: Reference) -> str:
    """The one that is named, or else the only one, or the one without a name."""
    emits = list(dict.fromkeys(table.partition("/")[0] for table in manifest.tables))
    part = reference.part or (emits[0] if len(emits) == 1 else manifest.dataset)
    if not table_names(manifest, part):
        raise SynthError(_unknown(reference, sorted(manifest.tables)))
    return part


def _unknown(reference: Reference, tables: list[str]) -> Diagnostic:
    found = no_table(reference, tables)
    at = f"@{reference.ref}" if reference.ref else ""
    return replace(found, notes=(f"tables: {', '.join(f'{reference.dataset}/{name}{at}' for name in tables)}",))
