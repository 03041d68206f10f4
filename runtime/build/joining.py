"""A build whose branch moved under it in; its rows and those of the other build, in one commit on the new head, out.

Two builds of one dataset meet at its manifest. The one that comes second commits to a hidden branch of its own and is
merged by rows; the history stays a line. What both made differently stays on a branch for a person to merge.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from compiler.catalog import Catalog
from dsl.diagnostics import Diagnostic, SynthError
from runtime.merge.merging import three_way
from runtime.merge.model import Merged
from runtime.merge.sides import Commits
from runtime.merge.told import summary
from runtime.store.port import RACES, BranchMoved, Commit, CommitId, CommitRequest, Store

HIDDEN = "_synth_build_"


def join(store: Store, request: CommitRequest, catalog: Catalog | None = None) -> tuple[Commit, Diagnostic]:
    """The commit, and what is told about it. E1068 where rows of both differ, or the result fails what specs demand."""
    with _aside(store, request) as ours:
        for _ in range(RACES):
            head = store.head(request.branch)
            merged = three_way(Commits(store, request.expected, head, ours.id), (), None, catalog)
            if merged.conflicts or merged.problems:
                raise SynthError(_stuck(store, request, ours, merged))
            changed = replace(request, changes=merged.changes, expected=head)
            try:
                return store.commit(changed), _told(request, head, merged)
            except BranchMoved:
                continue
        return store.commit(changed), _told(request, head, merged)


@contextmanager
def _aside(store: Store, request: CommitRequest) -> Iterator[Commit]:
    """This build on a branch of its own, for as long as it is merged."""
    name = f"{HIDDEN}{request.build_id[:24]}"
    if store.head(name) is not None:
        store.delete_branch(name)
    if request.expected is not None:
        store.create_branch(name, request.expected)
    try:
        yield store.commit(replace(request, branch=name))
    finally:
        if store.head(name) is not None:
            store.delete_branch(name)


def _told(request: CommitRequest, head: CommitId | None, merged: Merged) -> Diagnostic:
    return Diagnostic(
        "W0905",
        f"`{request.branch}` moved while this build ran: its rows were merged with those of {(head or '')[:10]}",
        notes=tuple(summary(merged, "there", "here")),
        help="`synth show HEAD` shows the commit; the next `synth build` makes all rows by this spec alone",
    )


def _stuck(store: Store, request: CommitRequest, ours: Commit, merged: Merged) -> Diagnostic:
    """The rows are kept on a branch: nothing that was built is lost."""
    name = f"{request.branch}-{request.build_id[:8]}"
    if store.head(name) != ours.id:
        if store.head(name) is not None:
            store.delete_branch(name)
        store.create_branch(name, ours.id)
    shown = [f"{one.dataset} {one.key} {one.column or ''}".rstrip() for one in merged.conflicts[:5]]
    more = f"{len(merged.conflicts):,} in all" if len(merged.conflicts) > len(shown) else ""
    return Diagnostic(
        "E1068",
        f"`{request.branch}` moved while this build ran, and its rows do not go together with those made there",
        notes=(
            *((", ".join([*shown, *([more] if more else [])]),) if shown else ()),
            *(found.message for found in merged.problems),
            f"the rows of this build are on branch `{name}`",
        ),
        help=f"`synth merge {name} --conflicts FILE` lists what differs; `--theirs` takes this build's rows",
    )
