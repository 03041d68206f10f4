"""Two commits and a dataset in; the spec files that differ, as unified diffs, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple
from difflib import unified_diff

from runtime.diff.model import SourceChange, State
from runtime.store.port import CommitId, Store
from runtime.tables.layout import dataset_folder
from runtime.tables.manifest import Manifest

SUFFIX = ".synth"
CONTEXT = 2


def source_changes(
    store: Store, commits: tuple[CommitId | None, CommitId], manifests: tuple[Manifest | None, Manifest | None]
) -> tuple[SourceChange, ...]:
    """By path. The compiled program is left out: it follows from the sources."""
    before, after = (_sources(store, *side) for side in zip(commits, manifests, strict=True))
    return tuple(_changes(before, after))


def _sources(store: Store, commit: CommitId | None, manifest: Manifest | None) -> dict[str, str]:
    """Paths below the version's own `spec/<digest>/` and their texts."""
    if commit is None or manifest is None:
        return {}
    prefix = f"{dataset_folder(manifest.dataset)}/spec/"
    parts = [entry.path.removeprefix(prefix).partition("/") for entry in store.entries(commit, prefix.rstrip("/"))]
    own = {digest for digest, _, _ in parts} & set(astuple(manifest.fingerprints))
    return {
        path: store.read(commit, f"{prefix}{digest}/{path}").decode("utf-8", "replace")
        for digest, _, path in parts
        if path.endswith(SUFFIX) and (digest in own or not own)
    }


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[SourceChange]:
    for path in sorted({**before, **after}):
        old, new = before.get(path), after.get(path)
        if old != new:
            state: State = "added" if old is None else "removed" if new is None else "changed"
            yield SourceChange(path, state, _unified(old or "", new or ""))


def _unified(before: str, after: str) -> tuple[str, ...]:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=CONTEXT)
    return tuple(lines)[2:]
