"""Commit ids in; commits, logs and merge bases out, as the port tells them.

What synth commits is two commits on the server: one on an ephemeral branch, and the merge of that one into the branch.
The port shows the merge alone: its parents are the head before it and, for a merge by synth, the commit merged.
The repository's first, empty commit counts as none.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.lakefs import faults
from runtime.store.lakefs.client import segment
from runtime.store.lakefs.remote import PAGE, Remote
from runtime.store.port import Commit, CommitId

BUILD, MERGED, STAGED = "synth_build", "synth_merged", "synth_staged"
DATA = "synth:"
WALK = 100


@dataclass(frozen=True, slots=True)
class Node:
    """A commit with its distance from the root, which is greater than that of each of its ancestors."""

    commit: Commit
    generation: int
    tree: str


def metadata_of(build_id: str, metadata: Mapping[str, str], merged: CommitId | None) -> dict[str, str]:
    """What the server keeps beside a commit's message."""
    kept = {BUILD: build_id} | {DATA + name: value for name, value in metadata.items()}
    return kept if merged is None else kept | {MERGED: merged}


def clean(message: str) -> str:
    """As the git store keeps it: line ends are `\\n`, nothing around it, no NUL."""
    return "\n".join(message.replace("\0", "").splitlines()).strip()


class History:
    """Commits never change, so each is asked for once."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._known: dict[CommitId, Node] = {}
        self._reach = WALK

    def node(self, commit: CommitId) -> Node:
        """E1007 when the server does not have a commit that something names."""
        if commit not in self._known:
            try:
                found = self._remote.get(f"/commits/{segment(commit)}")
            except faults.Refused as error:
                if error.status in (400, 404):
                    raise SynthError(_no_commit(commit)) from None
                raise
            self.learn(found)
            if found["id"] != commit:
                raise SynthError(_no_commit(commit))
        return self._known[commit]

    def get(self, commit: CommitId) -> Commit:
        return self.node(commit).commit

    def log(self, start: CommitId, limit: int | None) -> Iterator[Commit]:
        """Children before parents, newest first."""
        if start not in self._known:
            self._fetch(start, min(limit or PAGE, PAGE))
        heap, seen, given = [self._newest_first(start)], {start}, 0
        while heap and (limit is None or given < limit):
            commit = self._known[heapq.heappop(heap)[-1]].commit
            yield commit
            given += 1
            for parent in commit.parents if given != limit else ():
                if parent not in seen:
                    seen.add(parent)
                    self._walked(parent)
                    heapq.heappush(heap, self._newest_first(parent))

    def _newest_first(self, commit: CommitId) -> tuple[float, int, CommitId]:
        node = self._known[commit]
        return -node.commit.time.timestamp(), -node.generation, commit

    def merge_base(self, a: CommitId, b: CommitId) -> CommitId | None:
        """Greatest generation first: when a commit comes up, all that descends from it has been seen."""
        colours = {a: 1} if a != b else {a: 3}
        colours.setdefault(b, 2)
        heap = [(-self._walked(commit).generation, commit) for commit in colours]
        heapq.heapify(heap)
        while heap:
            _, at = heapq.heappop(heap)
            if colours[at] == 3:
                return at
            for parent in self._known[at].commit.parents:
                if parent not in colours:
                    heapq.heappush(heap, (-self._walked(parent).generation, parent))
                colours[parent] = colours.get(parent, 0) | colours[at]
        return None

    def since(self, head: CommitId | None, stop: CommitId | None) -> Iterator[Commit]:
        """From `head` along first parents to `stop`, which is left out."""
        while head is not None and head != stop:
            commit = self.line(head)
            yield commit
            head = commit.parents[0] if commit.parents else None

    def line(self, commit: CommitId) -> Commit:
        """As `get`, for a walk that will ask for its first parent next."""
        if commit not in self._known:
            self._fetch(commit, WALK)
        return self.get(commit)

    def _walked(self, commit: CommitId) -> Node:
        """As `node`, for a walk that will ask for all ancestors next: more at once, the longer the walk."""
        if commit not in self._known:
            self._fetch(commit, self._reach, first_parent=False)
            self._reach = min(2 * self._reach, PAGE)
        return self.node(commit)

    def _fetch(self, start: CommitId, amount: int, first_parent: bool = True) -> None:
        query = {"amount": amount, "first_parent": first_parent}
        try:
            page = self._remote.get(f"/refs/{segment(start)}/commits", query)
        except faults.Refused as error:
            if error.status in (400, 404):
                raise SynthError(_no_commit(start)) from None
            raise
        for found in page["results"]:
            self.learn(found)

    def learn(self, found: Mapping[str, Any]) -> Node:
        """Remembers a commit as the server tells it."""
        node = Node(self._commit(found), int(found.get("generation") or 0), str(found["meta_range_id"]))
        self._known[node.commit.id] = node
        return node

    def _commit(self, found: Mapping[str, Any]) -> Commit:
        metadata = {str(name): str(value) for name, value in (found.get("metadata") or {}).items()}
        ours = BUILD in metadata
        return Commit(
            id=found["id"],
            parents=self._parents(found["parents"], metadata),
            message=str(found["message"]).strip() if ours else str(found["message"]),
            author=str(found["committer"]),
            time=datetime.fromtimestamp(found["creation_date"], UTC),
            metadata=_data(metadata, ours),
            build_id=metadata.get(BUILD),
        )

    def _parents(self, parents: Sequence[CommitId], metadata: Mapping[str, str]) -> tuple[CommitId, ...]:
        shown = list(parents)
        if BUILD in metadata:
            shown = [*parents[:1], *([metadata[MERGED]] if MERGED in metadata else [])]
        return tuple(parent for parent in shown if parent != self._remote.root)


def _data(metadata: Mapping[str, str], ours: bool) -> dict[str, str]:
    if not ours:
        return {name: value for name, value in metadata.items() if not name.startswith(".lakefs.")}
    return {name.removeprefix(DATA): value for name, value in metadata.items() if name.startswith(DATA)}


def _no_commit(commit: CommitId) -> Diagnostic:
    return Diagnostic(
        "E1007",
        "the store is damaged: an object is missing or does not match its digest",
        notes=(f"there is no commit {commit}",),
        help="see that `repository` in synth.toml is the one that had it",
    )
