"""A merge in; the commit that makes it the branch's, redone when the branch moved meanwhile, out. Safe to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from dsl.diagnostics import Diagnostic, SynthError
from runtime.merge.merging import merge, three_way
from runtime.merge.model import Conflict, Merged
from runtime.merge.sides import Commits
from runtime.store.port import RACES, BranchMoved, Commit, CommitId, CommitRequest, Store

NO_METADATA: Mapping[str, str] = {}


def commit_merge(
    store: Store,
    branch: str,
    merged: Merged,
    message: str,
    by: str | None = None,
    build_id: str | None = None,
    metadata: Mapping[str, str] = NO_METADATA,
    allow_failed: bool = False,
) -> Commit:
    """Commits the result on the branch. `by` is who merged, kept with the commit.

    E1061 while conflicts are left, and the problems that were found unless `allow_failed`. Someone else's commit
    meanwhile is merged with, too. A merge that is up to date, and a revert of what is gone already, commit nothing.
    """
    told = {**metadata, **({"by": by} if by else {})}
    name = build_id or _build_id(branch, merged, message)
    for _ in range(RACES):
        check(merged, allow_failed=allow_failed)
        if merged.up_to_date or (not merged.changes and not merged.parent):
            return store.get(_known(merged.ours))
        try:
            return store.commit(_request(branch, merged, message, name, told))
        except BranchMoved as moved:
            if moved.head is None:
                raise
            merged = again(store, merged, moved.head)
    return store.commit(_request(branch, merged, message, name, told))


def _request(branch: str, merged: Merged, message: str, name: str, told: Mapping[str, str]) -> CommitRequest:
    return CommitRequest(
        branch=branch,
        changes=merged.changes,
        message=message,
        build_id=name,
        expected=merged.ours,
        metadata=told,
        merged=merged.theirs if merged.parent else None,
    )


def again(store: Store, merged: Merged, head: CommitId) -> Merged:
    """The same merge, into another head."""
    if merged.parent:
        return merge(store, head, _known(merged.theirs), merged.resolutions, merged.prefer)
    commits = Commits(store, merged.base, head, merged.theirs)
    found = three_way(commits, merged.resolutions, merged.prefer)
    return Merged(**{**vars(found), "parent": False})


def check(merged: Merged, *, allow_failed: bool = False) -> None:
    """Raises what stands in the way of a commit."""
    if merged.conflicts:
        raise SynthError(conflicts_left(merged.conflicts))
    stops = [found for found in merged.problems if found.code == "E1063" or not allow_failed]
    if stops:
        raise SynthError(*stops)


def conflicts_left(conflicts: Sequence[Conflict]) -> Diagnostic:
    shown = [f"{one.dataset} {one.key}{f' {one.column}' if one.column else ''}" for one in conflicts[:3]]
    more = f", and {len(conflicts) - 3:,} more" if len(conflicts) > 3 else ""
    count = "1 conflict" if len(conflicts) == 1 else f"{len(conflicts):,} conflicts"
    return Diagnostic(
        "E1061",
        f"both sides changed the same place: {count}",
        notes=(", ".join(shown) + more,),
        help="`synth merge SOURCE --conflicts FILE` lists them to be decided, `--resolve FILE` takes them back",
    )


def _known(commit: CommitId | None) -> CommitId:
    assert commit is not None
    return commit


def _build_id(branch: str, merged: Merged, message: str) -> str:
    """The same merge, asked for again, is the same commit."""
    state = blake2b(digest_size=16)
    resolutions = sorted(repr(one) for one in merged.resolutions)
    parts = (branch, merged.base, merged.ours, merged.theirs, message, merged.prefer, merged.parent, *resolutions)
    for part in map(str, parts):
        state.update(f"{len(part)}:{part}".encode())
    return state.hexdigest()
