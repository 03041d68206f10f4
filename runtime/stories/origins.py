"""A version and the digest of what an input was in; the dataset of the same commit whose rows it is, out."""

from __future__ import annotations

from runtime.query.catalog import DatasetAt, datasets, manifest_at
from runtime.sources.stored import table_of
from runtime.store.port import CommitId, Store
from runtime.tables.manifest import Manifest


def dataset_of_rows(store: Store, commit: CommitId, digest: str) -> DatasetAt | None:
    """None for a file, and for rows that the commit's datasets have no longer."""
    for name in datasets(store, commit):
        manifest = manifest_at(store, commit, name)
        if manifest is not None and digest in _digests(manifest):
            return DatasetAt(store, commit, manifest)
    return None


def _digests(manifest: Manifest) -> set[str]:
    """Of the rows of each of its emits."""
    emits = {table.partition("/")[0] for table in manifest.tables}
    return {table_of(manifest, emit, manifest.dataset, lambda _: ()).digest for emit in emits}
