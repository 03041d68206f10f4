"""One store and steps in; what was seen of it, with commits by number, out: comparable between stores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from dsl.diagnostics import SynthError
from runtime.store.port import BranchMoved, Change, Commit, CommitId, CommitRequest, Store, TreeChanges
from tests.store.histories.steps import Again, History, Look, Name, Step, Write

Seen = object
"""What a step showed: plain values, equal between stores that agree."""


def agree(history: History, first: Store, second: Store) -> None:
    """Does the history to both; fails at the first step that they answer differently, and compares all at the end."""
    worlds = World(first), World(second)
    for number, step in enumerate(history):
        one, two = (world.do(step) for world in worlds)
        assert one == two, f"step {number}, {step}: {one} and {two}"
    assert [world.names() for world in worlds] == [worlds[0].names()] * 2
    for number in range(len(worlds[0].ids)):
        one, two = (world.whole(number) for world in worlds)
        assert one == two, f"commit {number}: {one} and {two}"


@dataclass
class World:
    """A store, and its commits in the order in which this history met them."""

    store: Store
    ids: list[CommitId] = field(default_factory=list)
    requests: list[CommitRequest] = field(default_factory=list)

    def do(self, step: Step) -> Seen:
        """What the step showed: its answer, or the code of its diagnostic."""
        try:
            return self._do(step)
        except BranchMoved as moved:
            return "moved", self._number(moved.expected), self._number(moved.head)
        except SynthError as error:
            return error.diagnostics[0].code

    def _do(self, step: Step) -> Seen:
        match step:
            case Write():
                return self._commit(self._request(step))
            case Again():
                return self._commit(self.requests[step.write % len(self.requests)]) if self.requests else None
            case Name():
                return self._name(step)
            case Look():
                return self._look(step) if self.ids else None

    def names(self) -> Seen:
        """All branches and tags."""
        return self._named(self.store.branches()), self._named(self.store.tags())

    def whole(self, number: int) -> Seen:
        """A commit with the bytes of all its files."""
        at = self.ids[number]
        return self._commit_seen(at), self._files(at, "", read=True)

    # --- what changes the store ---

    def _request(self, write: Write) -> CommitRequest:
        changes: dict[str, Change] = {
            path: self.store.put(content) if write.put and content is not None else content
            for path, content in write.files
        }
        expected = self._expected(write)
        merged = None if write.merged is None or expected is None else self._at(write.merged)
        request = CommitRequest(
            branch=write.branch,
            changes=changes,
            message=f"{write.build}\n\nof a history",
            build_id=write.build,
            expected=expected,
            metadata={"build": write.build, "ü": "\n"},
            merged=None if merged == expected else merged,
        )
        self.requests.append(request)
        return request

    def _expected(self, write: Write) -> CommitId | None:
        if isinstance(write.expected, int):
            return self._at(write.expected)
        return self.store.head(write.branch) if write.expected == "head" else None

    def _commit(self, request: CommitRequest) -> Seen:
        made = self.store.commit(request)
        if made.id not in self.ids:
            self.ids.append(made.id)
        assert self.store.get(made.id) == made
        return self._number(made.id), self._number(self.store.head(request.branch))

    def _name(self, step: Name) -> Seen:
        at = self._at(step.at)
        if step.what == "delete":
            self.store.delete_branch(step.name)
        elif at is not None and step.what == "create":
            self.store.create_branch(step.name, at)
        elif at is not None:
            self.store.tag(step.name, at)
        return self.names()

    # --- what looks at it ---

    def _look(self, look: Look) -> Seen:
        a, b = self._at(look.a) or "", self._at(look.b) or ""
        match look.what:
            case "get":
                return self._commit_seen(a)
            case "log":
                return self._log(a, look.b or None)
            case "base":
                return self._base(a, b)
            case "entries":
                return self._files(a, look.text)
            case "changed":
                return _changes(self.store.changed(None if look.a == look.b else a, b, look.text))
            case "read":
                return _short(self.store.read(a, look.text)), _short(self.store.local(a, look.text).read_bytes())
            case "resolve":
                return self._number(self.store.resolve(f"{look.text or a[:12]}{'~' * (look.a % 3)}"))

    def _commit_seen(self, at: CommitId) -> Seen:
        found = self.store.get(at)
        parents = tuple(self._number(parent) for parent in found.parents)
        return self._number(found.id), parents, found.message, found.build_id, dict(found.metadata)

    def _files(self, at: CommitId, prefix: str, read: bool = False) -> Seen:
        found = [(entry.path, entry.size) for entry in self.store.entries(at, prefix)]
        return [(path, size, _short(self.store.read(at, path))) for path, size in found] if read else found

    def _log(self, at: CommitId, limit: int | None) -> Seen:
        """The order of a history in a line; of one with merges, that children come before parents, and how many."""
        found = self.store.log(at, limit)
        numbers = [self._number(commit.id) for commit in found]
        if all(len(commit.parents) < 2 for commit in self._graph(at)):
            return numbers
        assert _children_first(found)
        return len(numbers) if limit else sorted(numbers, key=str)

    def _base(self, a: CommitId, b: CommitId) -> Seen:
        """The best common ancestor; where merges that crossed left several, only that it is one of them."""
        best = self._best(a, b)
        found = self.store.merge_base(a, b)
        assert found in best if best else found is None
        return self._number(found) if len(best) < 2 else sorted(str(self._number(at)) for at in best)

    def _best(self, a: CommitId, b: CommitId) -> set[CommitId]:
        common = self._ancestors(a) & self._ancestors(b)
        return common - {older for at in common for older in self._ancestors(at) - {at}}

    def _graph(self, at: CommitId) -> list[Commit]:
        return [self.store.get(id_) for id_ in self._ancestors(at)]

    def _ancestors(self, at: CommitId) -> set[CommitId]:
        """With the commit itself."""
        found, left = {at}, [at]
        while left:
            new = [parent for parent in self._parents(left.pop()) if parent not in found]
            found.update(new)
            left += new
        return found

    def _parents(self, at: CommitId) -> tuple[CommitId, ...]:
        if at not in self._known:
            self._known[at] = self.store.get(at).parents
        return self._known[at]

    @cached_property
    def _known(self) -> dict[CommitId, tuple[CommitId, ...]]:
        return {}

    def _at(self, number: int) -> CommitId | None:
        return self.ids[number % len(self.ids)] if self.ids else None

    def _number(self, at: CommitId | None) -> int | str | None:
        return self.ids.index(at) if at in self.ids else None if at is None else "unknown"

    def _named(self, names: object) -> Seen:
        return {name: self._number(at) for name, at in dict(names).items()}  # type: ignore[call-overload]


def _short(data: bytes) -> str:
    return sha256(data).hexdigest()[:8]


def _changes(found: TreeChanges) -> Seen:
    return (
        [(entry.path, entry.size) for entry in found.added],
        [(entry.path, entry.size) for entry in found.removed],
        [(pair.after.path, pair.before.size, pair.after.size) for pair in found.changed],
    )


def _children_first(log: Iterable[Commit]) -> bool:
    """Whether no commit comes after one of its parents."""
    seen: set[CommitId] = set()
    for commit in log:
        if seen.intersection(commit.parents):
            return False
        seen.add(commit.id)
    return True
