"""What a store is: branches of commits, each a tree of immutable files, moved by compare-and-swap. Types only.

The words are lakeFS's. A commit holds a flat map of `/`-separated paths to objects. An object is put before the commit
that names it and is never changed. Nothing but `commit`, `create_branch`, `delete_branch` and `tag` moves a name.

How other stores fit: one with staging areas stages `changes` on an ephemeral branch made at `expected`, commits there,
and merges that commit by its id; one whose commits take a parent but no tree passes `merged` to its own merge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NewType, Protocol

from dsl.diagnostics import Diagnostic, SynthError

CommitId = str
"""A full commit id, lowercase hex. Opaque: only `resolve` makes one from what a person typed."""

ObjectId = NewType("ObjectId", str)
"""What `put` gives: names bytes that the store already holds."""

BLOB_LIMIT = 4 * 1024 * 1024
"""No object that is put is larger, in bytes: any git host takes it, and no reader needs more memory than that."""

FILE_LIMIT = 64 * 1024 * 1024
"""No file that a commit is given as bytes is larger: a manifest of 300,000 shards, still below what git hosts take."""

RACES = 100
"""How often a commit that another came before is made for the new head, before its writer hears of it.

Whoever loses a race loses it to a commit that went in. Of n equal writers one loses so many in a row once in
(n / (n-1)) ** 100 commits.
"""


@dataclass(frozen=True, slots=True)
class Commit:
    """`time` is aware and in UTC. `metadata` describes the run (costs, hosts) and never what the data is."""

    id: CommitId
    parents: tuple[CommitId, ...]
    message: str
    author: str
    time: datetime
    metadata: Mapping[str, str]
    build_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit: its path, its size in bytes, and the object that holds its bytes.

    The size is -1 where the object is so damaged that it cannot be told; reading it is E1007.
    """

    path: str
    size: int
    id: ObjectId


@dataclass(frozen=True, slots=True)
class Replaced:
    """One path that holds different bytes in two commits."""

    before: Entry
    after: Entry


@dataclass(frozen=True, slots=True)
class TreeChanges:
    """What `changed(a, b)` found, each tuple sorted by path."""

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    changed: tuple[Replaced, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


Change = ObjectId | bytes | None
"""A path's new content: an object that was put, bytes, or None to remove the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRequest:
    """What one commit says. `expected` is the head it was made for: None for a branch that has no commit yet.

    `build_id` makes a repetition safe: when the answer to a commit was lost, the same request finds the commit it made.
    `merged` is the commit whose work `changes` bring in; it becomes the second parent.
    """

    branch: str
    changes: Mapping[str, Change]
    message: str
    build_id: str
    expected: CommitId | None
    metadata: Mapping[str, str] = field(default_factory=dict)
    merged: CommitId | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """What `collect` removed, or would: objects that no commit names, branches that a stopped commit left, and files
    of the local cache; `size` is in bytes, of all of them. `packed` objects lie in fewer files now."""

    objects: int = 0
    branches: int = 0
    cached: int = 0
    size: int = 0
    packed: int = 0


class BranchMoved(SynthError):
    """The branch is not where the commit expected it: someone else committed. Redo the work on `head`, or give up."""

    def __init__(self, branch: str, expected: CommitId | None, head: CommitId | None) -> None:
        self.branch, self.expected, self.head = branch, expected, head
        super().__init__(
            Diagnostic(
                code="E1004",
                message=f"branch `{branch}` moved while this commit was being made",
                notes=(f"expected {_short(expected)}, found {_short(head)}",),
                help="run the command again: it starts from the new head",
            )
        )


class Unavailable(SynthError):
    """The store could not be asked: this says nothing about what it holds."""


class Store(Protocol):
    """One repository. Methods raise `SynthError` (E10xx) for unknown names, damaged objects and unwritable folders."""

    def head(self, branch: str) -> CommitId | None:
        """The commit a branch points at; None when there is no such branch (yet)."""

    def resolve(self, ref: str) -> CommitId:
        """A branch, a tag, a full or unambiguous short id, any of them followed by `~n`. E1001, E1005 or E1006."""

    def get(self, commit: CommitId) -> Commit: ...

    def branches(self) -> Mapping[str, CommitId]: ...

    def create_branch(self, name: str, at: CommitId) -> None:
        """E1002 for a name outside the grammar, E1003 when there is a branch or a tag of that name."""

    def delete_branch(self, name: str) -> None:
        """E1001 when there is none. Its commits stay readable by id."""

    def tags(self) -> Mapping[str, CommitId]: ...

    def tag(self, name: str, at: CommitId) -> None:
        """A tag is made once and never moves: E1003 when it points elsewhere already, or is a branch's name."""

    def log(self, ref: str, limit: int | None = None) -> Sequence[Commit]:
        """The commit and its ancestors, children before parents, newest first."""

    def merge_base(self, a: CommitId, b: CommitId) -> CommitId | None:
        """The best common ancestor; None for unrelated histories."""

    def entries(self, commit: CommitId, prefix: str = "") -> Iterator[Entry]:
        """Files at or below the folder (or file) `prefix`, by path."""

    def changed(self, a: CommitId | None, b: CommitId | None, prefix: str = "") -> TreeChanges:
        """Files that differ, found by comparing ids: the cost grows with what differs. None is the empty tree."""

    def read(self, commit: CommitId, path: str) -> bytes:
        """The file's bytes, their digest verified. E1011 when the commit has no such file, E1007 when damaged."""

    def local(self, commit: CommitId, path: str) -> Path:
        """A local read-only file with the same bytes, verified, for readers that want a path (DuckDB)."""

    def prefetch(self, commit: CommitId, paths: Sequence[str]) -> None:
        """Makes `local` quick for files that will be wanted. What cannot be had is told when it is asked for."""

    def local_object(self, id: ObjectId, suffix: str = "") -> Path:  # noqa: A002 - the word for it
        """As `local`, for an object that was put and that no commit names yet."""

    def put(self, data: bytes | Path) -> ObjectId:
        """Stores bytes before the commit that names them. E1008 above `BLOB_LIMIT`. Thread-safe."""

    def restore(self, id: ObjectId) -> bool:  # noqa: A002 - the word for it
        """Puts the local copy of a damaged object back into the store; False where there is no intact copy."""

    def collect(self, older_than: float, dry_run: bool = False) -> Collected:
        """Removes what no name leads to and nobody has touched for `older_than` seconds. No commit is lost."""

    def commit(self, request: CommitRequest) -> Commit:
        """Moves the branch to a new commit on top of `expected`, durably and at once, or raises `BranchMoved`.

        Changes that leave the tree as it is make no commit (unless they record a merge): the head is returned.
        """


def check_size(size: int, limit: int = BLOB_LIMIT) -> None:
    """E1008 for an object that no store takes."""
    if size > limit:
        raise SynthError(
            Diagnostic(
                code="E1008",
                message=f"an object of {size / 2**20:.1f} MB is too large for the store",
                notes=(f"the limit is {limit // 2**20} MB",),
                help="split it into several files or rows",
            )
        )


def _short(commit: CommitId | None) -> str:
    return "no commit" if commit is None else commit[:10]
