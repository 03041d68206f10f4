"""What one commit will change, path by path, while its datasets are built; and their tables, as the next ones see them.

A dataset that was just made is read from what was put for it, one that stays as it is from the head it is built on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compiler.analysis import Analysis
from runtime.build.output import Written
from runtime.build.program import Loaded
from runtime.build.session import Session
from runtime.query.catalog import manifest_at
from runtime.sources import Tables
from runtime.sources.stored import Table, table_of
from runtime.store.port import Change, CommitId, Store
from runtime.tables import layout
from runtime.tables.manifest import Manifest
from runtime.tables.manifest_json import write_manifest
from runtime.tables.writer import shard_paths


@dataclass
class Changes:
    """What the next commit on top of `head` changes. `made` are the manifests of what was built anew."""

    store: Store
    head: CommitId | None
    paths: dict[str, Change] = field(default_factory=dict)
    made: dict[str, Manifest] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.paths)

    @property
    def datasets(self) -> Sequence[str]:
        return tuple(self.made)

    def manifest(self, dataset: str) -> Manifest | None:
        """As the head has it."""
        return manifest_at(self.store, self.head, dataset)

    def table(self, dataset: str, table: str) -> Table | None:
        """The rows that a dataset built after this one reads; None where it has none yet."""
        found = self.made.get(dataset) or self.manifest(dataset)
        if found is None:
            return None

        def paths(name: str) -> list[Path]:
            folder = layout.table_folder(dataset, name)
            return [self.local(path) for path in shard_paths(folder, found.tables[name])]

        return table_of(found, table, dataset, paths)

    def local(self, path: str) -> Path:
        """A file that was just put, or one that the head has."""
        new = self.paths.get(path)
        if isinstance(new, str):
            return self.store.local_object(new, Path(path).suffix)
        assert self.head is not None
        return self.store.local(self.head, path)

    def add(self, loaded: Loaded, analysis: Analysis, manifest: Manifest, written: Written | None) -> None:
        name = loaded.plan.name
        self.made[name] = manifest
        self.paths |= dict(written.changes) if written else {}
        self.paths |= self._spec(loaded, analysis, manifest)
        self.paths[layout.manifest_path(name)] = write_manifest(manifest)
        self.paths[layout.FORMAT_PATH] = layout.format_bytes()

    def _spec(self, loaded: Loaded, analysis: Analysis, manifest: Manifest) -> dict[str, Change]:
        """The sources and the program that made the rows, in place of those of the version before."""
        folder = layout.spec_folder(loaded.plan.name, manifest.fingerprints.description)
        before = f"{layout.dataset_folder(loaded.plan.name)}/spec"
        gone: dict[str, Change] = {}
        if self.head is not None:
            gone = {entry.path: None for entry in self.store.entries(self.head, before)}
        sources = {path: source.text for path, source in analysis.model.sources.items()}
        files: dict[str, Change] = {f"{folder}/{path}": text.encode() for path, text in sources.items()}
        if loaded.text:
            files[f"{folder}/program.py"] = loaded.text.encode()
        return {**gone, **files}


def tables_at(session: Session, branch: str) -> Tables:
    """The tables of a branch's head, for what builds none. The store is opened when one is asked for."""
    return lambda dataset, table: Changes(session.store, session.store.head(branch)).table(dataset, table)
