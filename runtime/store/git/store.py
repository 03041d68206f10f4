"""The port in, a bare git repository driven: any git host takes it, any git tool reads it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path, PurePosixPath

import pygit2

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.store.git import history, refs, trees
from runtime.store.git.cache import ExtractionCache
from runtime.store.git.collect import collect
from runtime.store.git.faults import damaged, reported
from runtime.store.git.messages import format_message
from runtime.store.git.objects import Kind, ObjectWriter, loose_content, object_id
from runtime.store.git.repository import author, open_repository
from runtime.store.names import check_branch_name, check_tag_name, is_reserved, taken
from runtime.store.port import (
    FILE_LIMIT,
    BranchMoved,
    Change,
    Collected,
    Commit,
    CommitId,
    CommitRequest,
    Entry,
    ObjectId,
    Replaced,
    TreeChanges,
    check_size,
)

TREE_LEVEL = 1
TREES = 512
"""Folders that are remembered: a table's shards lie in 256, which hundreds of questions for a shard each lead to."""
EMPTY_TREE = object_id("tree", b"")


class GitStore:
    """`runtime.store.port.Store` over the bare repository `folder`; shards are extracted under `cache`."""

    def __init__(self, folder: Path, cache: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock
        with reported(folder):
            self._repository = open_repository(folder)
        self._cache = ExtractionCache(cache)
        self._read_tree = lru_cache(maxsize=TREES)(self._tree)
        self._writer = ObjectWriter(folder / "objects", self._is_packed)

    # --- names ---

    def head(self, branch: str) -> CommitId | None:
        check_branch_name(branch)
        with reported(self._folder):
            return refs.target(self._repository, refs.HEADS + branch)

    def resolve(self, ref: str) -> CommitId:
        with reported(self._folder):
            return history.resolve(self._repository, ref)

    def branches(self) -> Mapping[str, CommitId]:
        with reported(self._folder):
            found = history.names(self._repository, refs.HEADS)
        return {name: at for name, at in found.items() if not is_reserved(name)}

    def create_branch(self, name: str, at: CommitId) -> None:
        check_branch_name(name)
        self._create("branch", refs.HEADS + name, at)

    def delete_branch(self, name: str) -> None:
        check_branch_name(name)
        with reported(self._folder), refs.exclusive(self._folder):
            if refs.target(self._repository, refs.HEADS + name) is None:
                guess = did_you_mean(name, self.branches())
                raise SynthError(Diagnostic(code="E1001", message=f"there is no branch `{name}`", help=guess or None))
            refs.remove(self._repository, refs.HEADS + name)

    def tags(self) -> Mapping[str, CommitId]:
        with reported(self._folder):
            return history.names(self._repository, refs.TAGS)

    def tag(self, name: str, at: CommitId) -> None:
        check_tag_name(name)
        self._create("tag", refs.TAGS + name, at)

    def _create(self, what: str, name: str, at: CommitId) -> None:
        self.get(at)
        short = name.split("/", 2)[2]
        with reported(self._folder), refs.exclusive(self._folder):
            self._check_free("tag" if what == "branch" else "branch", short)
            if refs.move(self._repository, name, None, at):
                return
            found = refs.target(self._repository, name)
        if what == "branch" or found != at:
            raise SynthError(taken(what, short, found))

    def _check_free(self, what: str, name: str) -> None:
        """E1003 when there is a branch, or a tag, of that name."""
        found = refs.target(self._repository, (refs.HEADS if what == "branch" else refs.TAGS) + name)
        if found is not None:
            raise SynthError(taken(what, name, found))

    # --- history ---

    def get(self, commit: CommitId) -> Commit:
        with reported(self._folder):
            return history.commit_of(history.find(self._repository, commit))

    def log(self, ref: str, limit: int | None = None) -> Sequence[Commit]:
        with reported(self._folder):
            return list(islice(history.log(self._repository, history.resolve(self._repository, ref)), limit))

    def merge_base(self, a: CommitId, b: CommitId) -> CommitId | None:
        with reported(self._folder):
            found = self._repository.merge_base(pygit2.Oid(hex=a), pygit2.Oid(hex=b))
        return None if found is None else str(found)

    # --- files ---

    def entries(self, commit: CommitId, prefix: str = "") -> Iterator[Entry]:
        path = prefix.strip("/")
        with reported(self._folder, commit, path):
            node = trees.find(self._root(commit), path, self._read_tree)
            for at, found in trees.files(node, path, self._read_tree):
                yield self._entry(at, found)

    def changed(self, a: CommitId | None, b: CommitId | None, prefix: str = "") -> TreeChanges:
        path = prefix.strip("/")
        with reported(self._folder, b or a, path):
            before, after = (trees.find(self._root(at) if at else None, path, self._read_tree) for at in (a, b))
            return self._changes(sorted(trees.differences(before, after, path, self._read_tree), key=lambda d: d[0]))

    def _changes(self, found: list[trees.Difference]) -> TreeChanges:
        return TreeChanges(
            added=tuple(self._entry(path, b) for path, a, b in found if a is None and b is not None),
            removed=tuple(self._entry(path, a) for path, a, b in found if a is not None and b is None),
            changed=tuple(Replaced(self._entry(path, a), self._entry(path, b)) for path, a, b in found if a and b),
        )

    def read(self, commit: CommitId, path: str) -> bytes:
        with reported(self._folder, commit, path):
            return self._blob(self._file(commit, path).id)

    def local(self, commit: CommitId, path: str) -> Path:
        with reported(self._folder, commit, path):
            id_ = self._file(commit, path).id
            return self._cache.local(id_, PurePosixPath(path).suffix, lambda: self._blob(id_))

    def prefetch(self, commit: CommitId, paths: Sequence[str]) -> None:
        """Nothing is far away."""

    def local_object(self, id: ObjectId, suffix: str = "") -> Path:  # noqa: A002 - the port's word
        with reported(self._folder):
            self._writer.flush()
            return self._cache.local(id, suffix, lambda: self._blob(id))

    # --- upkeep ---

    def restore(self, id: ObjectId) -> bool:  # noqa: A002 - the port's word
        with reported(self._folder):
            data = self._cache.intact(id)
            if data is None:
                return False
            self._writer.put("blob", data)
            self._writer.flush()
            return True

    def collect(self, older_than: float, dry_run: bool = False) -> Collected:
        before = self._clock() - older_than
        with reported(self._folder):
            collected = collect(self._folder, before, dry_run)
            files, size = self._cache.collect(self._holds, before, dry_run)
        return replace(collected, cached=files, size=collected.size + size)

    def _holds(self, id_: ObjectId) -> bool:
        return len(id_) == 40 and pygit2.Oid(hex=id_) in self._repository

    # --- writing ---

    def put(self, data: bytes | Path) -> ObjectId:
        with reported(self._folder):
            content = data if isinstance(data, bytes) else data.read_bytes()
            check_size(len(content))
            return self._writer.put("blob", content)

    def _given(self, change: Change) -> ObjectId | None:
        if not isinstance(change, bytes):
            return change
        check_size(len(change), FILE_LIMIT)
        with reported(self._folder):
            return self._writer.put("blob", change)

    def commit(self, request: CommitRequest) -> Commit:
        check_branch_name(request.branch)
        changes = {path: self._given(change) for path, change in request.changes.items()}
        with reported(self._folder):
            self._writer.flush()
            with refs.exclusive(self._folder):
                return self._commit(request, changes)

    def _commit(self, request: CommitRequest, changes: Mapping[str, ObjectId | None]) -> Commit:
        head = refs.target(self._repository, refs.HEADS + request.branch)
        if head != request.expected:
            return self._repeated(request, head)
        if head is None:
            self._check_free("tag", request.branch)
        base = self._root(head) if head else None
        tree = self._edited(base, changes)
        if head and tree == base and request.merged is None:
            return self.get(head)
        new = self._create_commit(request, tree)
        if not refs.move(self._repository, refs.HEADS + request.branch, head, new):
            raise BranchMoved(request.branch, head, self.head(request.branch))
        return self.get(new)

    def _repeated(self, request: CommitRequest, head: CommitId | None) -> Commit:
        """The commit that an earlier attempt of this very build made, though its answer was lost."""
        at = head
        while at is not None and at != request.expected:
            commit = self.get(at)
            if commit.build_id == request.build_id:
                return commit
            at = commit.parents[0] if commit.parents else None
        raise BranchMoved(request.branch, request.expected, head)

    def _edited(self, base: ObjectId | None, changes: Mapping[str, ObjectId | None]) -> ObjectId:
        tree = trees.edit_tree(base, trees.edits_of(changes), self._read_tree, self._write_tree)
        found = self._write_tree(b"") if tree is None else tree
        self._writer.flush()
        return found

    def _create_commit(self, request: CommitRequest, tree: ObjectId) -> CommitId:
        signature = author(self._repository, int(self._clock()))
        message = format_message(request.message, request.build_id, request.metadata)
        parents = [pygit2.Oid(hex=parent) for parent in (request.expected, request.merged) if parent]
        id_ = self._repository.create_commit(None, signature, signature, message, pygit2.Oid(hex=tree), parents)
        return str(id_)

    # --- objects ---

    def _is_packed(self, id_: ObjectId) -> bool:
        """libgit2 says that it has the empty tree, and then cannot read it: that one is written like any other."""
        return id_ != EMPTY_TREE and pygit2.Oid(hex=id_) in self._repository

    def _root(self, commit: CommitId) -> ObjectId:
        return ObjectId(str(history.find(self._repository, commit).tree_id))

    def _file(self, commit: CommitId, path: str) -> trees.Node:
        node = trees.find(self._root(commit), path, self._read_tree)
        if node is None or node.is_folder:
            raise SynthError(Diagnostic(code="E1011", message=f"commit {commit[:10]} has no file `{path}`"))
        return node

    def _tree(self, id_: ObjectId) -> bytes:
        return self._object("tree", id_)

    def _object(self, kind: Kind, id_: ObjectId) -> bytes:
        found = loose_content(self._folder / "objects", id_)
        if found is not None:
            return found
        packed: bytes = self._repository.odb.read(pygit2.Oid(hex=id_))[1]
        if object_id(kind, packed) != id_:
            raise SynthError(damaged(f"object {id_}"))
        return packed

    def _write_tree(self, data: bytes) -> ObjectId:
        return self._writer.put("tree", data, TREE_LEVEL)

    def _entry(self, path: str, node: trees.Node) -> Entry:
        return Entry(path, self._size(node.id), node.id)

    def _size(self, id_: ObjectId) -> int:
        """A listing of many files does not fail for one of them."""
        try:
            return self._repository.odb.read_header(pygit2.Oid(hex=id_))[1]
        except (pygit2.GitError, KeyError):
            return -1

    def _blob(self, id_: ObjectId) -> bytes:
        return self._object("blob", id_)
