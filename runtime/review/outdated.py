"""A version in; its datasets that were made from another version of a dataset beside them, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.query.catalog import datasets, manifest_at
from runtime.sources.stored import table_of
from runtime.store.port import CommitId, Store
from runtime.tables.manifest import InputDigest, Manifest


@dataclass(frozen=True, slots=True, order=True)
class Outdated:
    """`dataset` was built when `input` held other rows than it does in this version."""

    dataset: str
    input: str


def outdated(store: Store, commit: CommitId) -> list[Outdated]:
    """By name. Rows decide, not commits: a version with the same rows is no other one."""
    here = _manifests(store, commit)
    behind = [
        (name, _behind(store, here, *item)) for name, manifest in here.items() for item in manifest.inputs.items()
    ]
    return [Outdated(name, other) for name, other in sorted({pair for pair in behind if pair[1]}) if other != name]


def _manifests(store: Store, commit: CommitId) -> Mapping[str, Manifest]:
    found = {name: manifest_at(store, commit, name) for name in datasets(store, commit)}
    return {name: manifest for name, manifest in found.items() if manifest is not None}


def _behind(store: Store, here: Mapping[str, Manifest], name: str, made_from: InputDigest) -> str:
    """The dataset that the input was and no longer is; "" where the rows are those of now, or a file's."""
    if made_from.commit is None:
        now = here.get(name)
        return name if now is not None and made_from.digest not in dict(_tables(now)) else ""
    for dataset, then in _manifests(store, made_from.commit).items():
        tables = dict(_tables(then))
        if made_from.digest in tables:
            now = here.get(dataset)
            same = now is None or (made_from.digest, tables[made_from.digest]) in _tables(now)
            return "" if same else dataset
    return ""


def _tables(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """The digest of the rows of each emit, as a source has it, and the emit's name."""

    def no_paths(table: str) -> list[Path]:
        return []

    for emit in sorted({name.partition("/")[0] for name in manifest.tables}):
        yield table_of(manifest, emit, emit, no_paths).digest, emit
