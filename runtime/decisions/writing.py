"""What changes in a dataset's tables in; the paths that one commit changes for it, its manifest among them, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from runtime.decisions.model import DECISIONS, STATEMENT
from runtime.decisions.version import Version
from runtime.store.port import Change, Store
from runtime.tables import layout
from runtime.tables.editing import edit_table
from runtime.tables.keys import Key
from runtime.tables.manifest import Counts, TableManifest
from runtime.tables.manifest_json import write_manifest
from runtime.tables.schema import Schema
from runtime.tables.writer import TableWriter, table_changes

Rows = dict[Key, Mapping[str, Any] | None]


@dataclass
class Edits:
    """Rows by table, rejected rows and decisions: new ones, or None where they go; `dropped` candidates more."""

    tables: dict[str, Rows] = field(default_factory=dict)
    rejected: Rows = field(default_factory=dict)
    decisions: Rows = field(default_factory=dict)
    dropped: int = 0


def commit_changes(version: Version, edits: Edits, store: Store) -> dict[str, Change]:
    """Statistics, counts and measures are those of the edited tables."""
    from runtime.build.schemas import REJECTED

    manifest, name = version.manifest, version.dataset
    paths: dict[str, Change] = {}

    def edited(table: TableManifest | None, schema: Schema, folder: str, rows: Rows) -> TableManifest | None:
        made, changed = _edited(version, store, table, schema, folder, rows)
        paths.update(changed)
        return made

    tables = dict(manifest.tables)
    for table, rows in edits.tables.items():
        made = edited(tables[table], tables[table].schema, layout.table_folder(name, table), rows)
        assert made is not None
        tables[table] = made
    rejected = edited(manifest.rejected, REJECTED, layout.rejected_folder(name), edits.rejected)
    decisions = edited(manifest.decisions, DECISIONS, layout.decisions_folder(name), edits.decisions)
    after = replace(
        manifest,
        tables=tables,
        rejected=rejected,
        decisions=decisions if decisions is not None and decisions.rows else None,
        counts=_counts(manifest.counts, edits.dropped),
        measures=_measures(version, tables, paths) if edits.tables and manifest.measures else manifest.measures,
    )
    return {**paths, layout.manifest_path(name): write_manifest(after)}


def _edited(
    version: Version, store: Store, table: TableManifest | None, schema: Schema, folder: str, rows: Rows
) -> tuple[TableManifest | None, Mapping[str, Change]]:
    """The rows have the columns that their table has."""
    names = table.schema.names if table is not None else schema.names
    fitting: Rows = {key: row and {column: row.get(column) for column in names} for key, row in rows.items()}
    if table is not None:
        made = edit_table(table, folder, store.put, partial(version.local, folder), fitting)
        return made.table, made.changes
    there = {key: row for key, row in fitting.items() if row is not None}
    if not there:
        return None, {}
    with TableWriter(schema, folder, store.put) as writer:
        for key, row in there.items():
            writer.add(key, row)
        written = writer.finish()
        return written, table_changes(folder, None, written, writer.written)


def _counts(before: Counts, dropped: int) -> Counts:
    reasons = dict(before.rejected)
    if count := reasons.pop(STATEMENT, 0) + dropped:
        reasons[STATEMENT] = count
    return Counts(before.attempted, before.kept - dropped, dict(sorted(reasons.items())))


def _measures(version: Version, tables: Mapping[str, TableManifest], paths: Mapping[str, Change]) -> dict[str, float]:
    from runtime.measures.dataset import measures

    def local(path: str) -> Path:
        new = paths.get(path)
        if isinstance(new, str):
            return version.store.local_object(new, ".parquet")
        return version.store.local(version.commit, path)

    return measures(version.dataset, tables, local)
