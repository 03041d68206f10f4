"""Rows and what made them in; commits of a dataset in a real git store, through the real table writer, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.store.git.store import GitStore
from runtime.store.port import Change, CommitId, CommitRequest
from runtime.tables.keys import Key
from runtime.tables.layout import manifest_path, rejected_folder, spec_folder, table_folder
from runtime.tables.manifest import (
    Counts,
    Fingerprints,
    InputDigest,
    KeyColumn,
    Manifest,
    StepRecord,
    TableManifest,
)
from runtime.tables.manifest_json import read_manifest, write_manifest
from runtime.tables.schema import STR, Schema, Type, schema
from runtime.tables.writer import TableWriter, table_changes

Rows = Mapping[Any, Mapping[str, Any]]
"""By key; `Any`, for a mapping's keys are invariant."""
REJECTED = schema({"statement": STR, "reason": STR})


@dataclass(kw_only=True)
class Version:
    """One version of a dataset: `tables` are (schema, rows) by name, `rejected` step ids by key."""

    tables: Mapping[str, tuple[Mapping[str, Type], Rows]]
    rejected: Mapping[Key, str] = field(default_factory=dict)
    steps: tuple[StepRecord, ...] = ()
    prompts: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, float | int | None] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    sampling: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    inputs: Mapping[str, InputDigest] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    key: tuple[str, ...] = ("page",)
    sources: Mapping[str, str] = field(default_factory=dict)
    fingerprints: Fingerprints = field(default_factory=lambda: Fingerprints("d0", "e0", "f0"))


def step(id_: str, title: str, *, digest: str | None = None, **settings: Any) -> StepRecord:
    return StepRecord(id_, title, digest or f"digest of {title}", "closure", settings)


class Builder:
    """A repository in `folder`; every `commit` adds one to the branch."""

    def __init__(self, folder: Path, cut_rows: int | None = None) -> None:
        self.store = GitStore(folder / "store.git", folder / "cache", clock=lambda: 1_700_000_000.0)
        self.cut_rows = cut_rows
        self._count = 0

    def commit(self, branch: str, /, **datasets: Version | None) -> CommitId:
        """One commit that sets these datasets; None removes one."""
        head = self.store.head(branch)
        changes: dict[str, Change] = {}
        for name, version in datasets.items():
            changes |= self._dataset(name, version, head)
        self._count += 1
        request = CommitRequest(
            branch=branch, changes=changes, message=f"build {self._count}", build_id=f"b{self._count}", expected=head
        )
        return self.store.commit(request).id

    def _dataset(self, name: str, version: Version | None, head: CommitId | None) -> dict[str, Change]:
        previous = self._manifest(name, head)
        if version is None:
            return {manifest_path(name): None}
        changes: dict[str, Change] = {}
        tables = {}
        for table, (types, rows) in version.tables.items():
            old = previous.tables.get(table) if previous else None
            tables[table] = self._table(changes, table_folder(name, table), schema(types), rows, old)
        dropped = {key: {"statement": step, "reason": f"{step}: because"} for key, step in version.rejected.items()}
        old = previous.rejected if previous else None
        rejected = self._table(changes, rejected_folder(name), REJECTED, dropped, old)
        manifest = _manifest(name, version, tables, rejected)
        for path, text in version.sources.items():
            changes[f"{spec_folder(name, version.fingerprints.description)}/{path}"] = text.encode()
        return {**changes, manifest_path(name): write_manifest(manifest)}

    def _manifest(self, name: str, head: CommitId | None) -> Manifest | None:
        path = manifest_path(name)
        if head is None or not list(self.store.entries(head, path)):
            return None
        return read_manifest(self.store.read(head, path))

    def _table(
        self, changes: dict[str, Change], folder: str, types: Schema, rows: Rows, previous: TableManifest | None
    ) -> TableManifest:
        with TableWriter(types, folder, self.store.put, previous, cut_rows=self.cut_rows) as writer:
            for key, row in rows.items():
                writer.add(key, row)
            table = writer.finish()
            changes |= table_changes(folder, previous, table, writer.written)
        return table


def _manifest(name: str, version: Version, tables: dict[str, TableManifest], rejected: TableManifest) -> Manifest:
    reasons: dict[str, int] = {}
    for step_id in version.rejected.values():
        reasons[step_id] = reasons.get(step_id, 0) + 1
    kept = max((table.rows for table in tables.values()), default=0)
    return Manifest(
        dataset=name,
        key=tuple(KeyColumn(part, STR) for part in version.key),
        tables=tables,
        rejected=rejected,
        counts=Counts(kept + len(version.rejected), kept, reasons),
        measures=version.measures,
        fingerprints=version.fingerprints,
        models=version.models,
        sampling=version.sampling,
        seed=version.seed,
        params=version.params,
        inputs=version.inputs,
        prompts=version.prompts,
        steps=version.steps,
    )
