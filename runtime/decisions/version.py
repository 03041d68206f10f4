"""A commit and the name of a dataset in; its manifest, its shards as files and the decisions kept in it, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dsl.diagnostics import SynthError
from runtime.decisions.model import Recorded
from runtime.decisions.stored import recorded
from runtime.query.catalog import datasets, manifest_at, no_dataset
from runtime.query.shards import local_shard
from runtime.store.port import CommitId, Store
from runtime.tables.manifest import Manifest, Shard


@dataclass(frozen=True)
class Version:
    store: Store
    commit: CommitId
    manifest: Manifest

    @classmethod
    def at(cls, store: Store, commit: CommitId, dataset: str) -> Version:
        """E1031 where the commit has no such dataset."""
        manifest = manifest_at(store, commit, dataset)
        if manifest is None:
            raise SynthError(no_dataset(dataset, datasets(store, commit)))
        return cls(store, commit, manifest)

    @property
    def dataset(self) -> str:
        return self.manifest.dataset

    @cached_property
    def recorded(self) -> list[Recorded]:
        return recorded(self.manifest, self.local)

    def local(self, folder: str, shard: Shard) -> Path:
        return local_shard(self.store, self.commit, folder, shard)
