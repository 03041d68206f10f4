"""A patch and a branch in; one commit that makes the patch's changes there, or why it does not fit (E1039), out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO

from runtime.patch.dataset import DatasetDone, Patching
from runtime.patch.model import Patch
from runtime.patch.read import read_patch
from runtime.query.catalog import manifest_at
from runtime.store.port import BranchMoved, Change, Commit, CommitId, CommitRequest, Store

ATTEMPTS = 5
Opened = Callable[[], IO[bytes]]
"""Opens the patch from its start; it is read again when the branch moved meanwhile."""


@dataclass(frozen=True, slots=True)
class Applied:
    """`commit` is None where nothing was committed: only checked, or all is there already."""

    commit: Commit | None
    datasets: tuple[DatasetDone, ...]

    @property
    def changes(self) -> bool:
        return any(one.state != "same" for one in self.datasets)


def apply_patch(
    store: Store, branch: str, opened: Opened, *, message: str | None = None, check: bool = False
) -> Applied:
    """Every row that the patch changes must be as it was in the version that the patch was made from.

    `check`: says what it would do. Someone else's commit meanwhile is applied on, where the patch still fits.
    """
    for attempt in range(ATTEMPTS):
        head = store.head(branch)
        with opened() as lines:
            patch = read_patch(lines)
            done = tuple(_dataset(store, head, patch))
        found = Applied(None, done)
        if check or not found.changes:
            return found
        try:
            return Applied(store.commit(_request(branch, head, patch, done, message)), done)
        except BranchMoved:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("the last attempt returns or raises")


def _dataset(store: Store, head: CommitId | None, patch: Patch) -> list[DatasetDone]:
    return [Patching(store, head, patch, own, manifest_at(store, head, own.name)).result() for own in patch.datasets]


def _request(
    branch: str, head: CommitId | None, patch: Patch, done: tuple[DatasetDone, ...], message: str | None
) -> CommitRequest:
    changes = {path: change for one in done for path, change in one.paths.items()}
    names = ", ".join(one.name for one in done if one.state != "same")
    return CommitRequest(
        branch=branch,
        changes=changes,
        message=message or f"Apply a patch to {names}",
        build_id=_build_id(head, changes),
        expected=head,
        metadata={"patch.from": patch.source or "", "patch.to": patch.target},
    )


def _build_id(head: CommitId | None, changes: dict[str, Change]) -> str:
    """The same patch on the same head is the same commit."""
    state = blake2b(f"patch {head}".encode(), digest_size=16)
    for path, change in sorted(changes.items()):
        content = change if isinstance(change, bytes) else str(change).encode()
        state.update(f"{path}\0{len(content)}\0".encode() + content)
    return state.hexdigest()
