"""Built datasets in; one commit that names their manifests, shards and specs, out. Safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.catalog import MemoryCatalog
from dsl.diagnostics import Diagnostic
from runtime.build.calls import stored_answers
from runtime.build.changes import Changes
from runtime.build.inputs import Inputs
from runtime.build.output import Written
from runtime.build.program import Loaded
from runtime.build.session import Session
from runtime.measures.dataset import measures
from runtime.query.shards import local_shards
from runtime.store.port import RACES, BranchMoved, Commit, CommitId, CommitRequest, Store
from runtime.tables import layout
from runtime.tables.manifest import Manifest

if TYPE_CHECKING:
    from runtime.build.build import Built

NO_FILES = MemoryCatalog()
__all__ = ["Changes", "fill_journal", "make", "manifest", "remember", "scratch"]


def manifest(now: Manifest, inputs: Inputs, written: Written, changes: Changes, loaded: Loaded) -> Manifest:
    """`now` with what the run made: tables, counts, measures, and the inputs' row counts."""
    return replace(
        now,
        tables=written.tables,
        rejected=written.rejected,
        calls=written.calls,
        texts=written.texts,
        counts=written.counts,
        determinism=written.determinism,
        inputs=dict(sorted(inputs.digests().items())),
        measures=measures(loaded.plan.name, written.tables, lambda path: _local(path, written, changes)),
    )


def _local(path: str, written: Written, changes: Changes) -> Path:
    """A shard that was just put, or one that the version before has already."""
    new = written.changes.get(path)
    if isinstance(new, str):
        return changes.store.local_object(new, ".parquet")
    assert changes.head is not None
    return changes.store.local(changes.head, path)


def make(
    changes: Changes,
    branch: str,
    message: str | None,
    built: Sequence[Built],
    session: Session,
    told: list[Diagnostic] | None = None,
) -> Commit:
    """Commits on the branch's head; when someone else's commit moved it meanwhile, on the new head.

    Where that changed a dataset of ours, the rows of both are merged, and `told` says so.
    """
    request = CommitRequest(
        branch=branch,
        changes=changes.paths,
        message=message or _message(built),
        build_id=_build_id(changes),
        expected=changes.head,
        metadata=_metadata(built),
    )
    for _ in range(RACES):
        try:
            return session.store.commit(request)
        except BranchMoved as moved:
            if _touched(changes, moved.head):
                return _joined(request, session, told)
            request = replace(request, expected=moved.head)
    return session.store.commit(request)


def _joined(request: CommitRequest, session: Session, told: list[Diagnostic] | None) -> Commit:
    from runtime.build.joining import join
    from runtime.sources.catalog import ProjectCatalog

    made, found = join(session.store, request, ProjectCatalog(session.project.root))
    if told is not None:
        told.append(found)
    return made


def scratch(store: Store, branch: str, head: CommitId | None) -> str:
    """A branch beside `branch` for results that must not reach it: made anew at the same head each time."""
    name = f"{branch}-scratch"
    if store.head(name) is not None:
        store.delete_branch(name)
    if head is not None:
        store.create_branch(name, head)
    return name


def _touched(changes: Changes, head: CommitId | None) -> bool:
    """Whether someone else's commit changed a dataset of ours."""
    return any(changes.store.changed(changes.head, head, layout.dataset_folder(name)) for name in changes.datasets)


def _message(built: Iterable[Built]) -> str:
    done = [one for one in built if one.how != "unchanged"]
    kept = ", ".join(f"{one.manifest.dataset}: {_rows(one.manifest.counts.kept)}" for one in done)
    words = all(one.how == "described" for one in done)
    return f"Describe {', '.join(one.manifest.dataset for one in done)} anew" if words else f"Build {kept}"


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"


def _metadata(built: Iterable[Built]) -> dict[str, str]:
    """What describes the run and not the data."""
    found = {}
    for one in built:
        found[f"{one.manifest.dataset}.calls"] = str(one.progress.fresh)
        found[f"{one.manifest.dataset}.reused"] = str(one.progress.reused)
        for name in ("prompt_tokens", "completion_tokens", "cached_tokens"):
            found[f"{one.manifest.dataset}.{name}"] = str(getattr(one.progress, name))
        if one.progress.runs:
            found[f"{one.manifest.dataset}.runs"] = str(one.progress.runs)
            found[f"{one.manifest.dataset}.sandbox"] = one.progress.sandbox
    return found


def _build_id(changes: Changes) -> str:
    state = blake2b((changes.head or "").encode(), digest_size=16)
    for path, change in sorted(changes.paths.items()):
        content = change if isinstance(change, bytes) else str(change).encode()
        state.update(f"{path}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def fill_journal(session: Session, changes: Changes, dataset: str) -> None:
    """A fresh clone has the branch's calls and no journal: what was answered there is not asked again."""
    found = changes.manifest(dataset)
    if changes.head is None or found is None or found.calls is None or not found.calls.rows:
        return
    mark = _filled(found)
    if session.journal.fact(mark) is not None:
        return
    folder = layout.calls_folder(dataset)
    paths = local_shards(session.store, changes.head, folder, found.calls.shards)
    session.journal.put_many(stored_answers(paths))
    session.journal.set_facts({mark: b"1"})


def _filled(manifest: Manifest) -> str:
    return f"filled:{manifest.dataset}:{manifest.calls.root if manifest.calls else ''}"


def remember(session: Session, built: Iterable[Built]) -> None:
    """What was run here is in the journal here already."""
    session.journal.set_facts({_filled(one.manifest): b"1" for one in built if one.how == "ran"})
