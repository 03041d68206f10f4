"""The port in, a lakeFS server driven: its branches, commits and tags are the store's, seen by any of its tools."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.store.lakefs import faults
from runtime.store.lakefs.cache import LocalObjects
from runtime.store.lakefs.client import THREADS, Client
from runtime.store.lakefs.commit import Committer
from runtime.store.lakefs.credentials import Access
from runtime.store.lakefs.history import History
from runtime.store.lakefs.names import Names
from runtime.store.lakefs.objects import Objects
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import Place, Remote
from runtime.store.lakefs.sweep import sweep
from runtime.store.names import check_branch_name, check_tag_name, taken
from runtime.store.port import (
    FILE_LIMIT,
    Change,
    Collected,
    Commit,
    CommitId,
    CommitRequest,
    Entry,
    ObjectId,
    TreeChanges,
    check_size,
)


def unique() -> str:
    """Seconds since 1970 in hex, so that `gc` can tell a branch's age, and what no other process draws."""
    return f"{int(time.time()):x}_{uuid.uuid4().hex[:12]}"


class LakeFSStore:
    """`runtime.store.port.Store` over one repository; what was read and put is kept under `cache`.

    Nothing is asked before the first call. `token` names ephemeral branches; nothing else in a request is random.
    """

    def __init__(
        self,
        access: Access,
        place: Place,
        cache: Path,
        token: Callable[[], str] = unique,
        patience: Patience | None = None,
    ) -> None:
        self.remote = Remote(Client(access.endpoint, access.keys, patience or Patience()), place)
        self._history = History(self.remote)
        self._names = Names(self.remote, self._history)
        self._objects = Objects(self.remote)
        self._local = LocalObjects(cache)
        self._committer = Committer(self.remote, self._history, self._names, self._objects, self._local, token)

    # --- names ---

    def head(self, branch: str) -> CommitId | None:
        check_branch_name(branch)
        return self._names.head(branch)

    def resolve(self, ref: str) -> CommitId:
        return self._names.resolve(ref)

    def branches(self) -> Mapping[str, CommitId]:
        return self._names.branches()

    def create_branch(self, name: str, at: CommitId) -> None:
        check_branch_name(name)
        self.get(at)
        if not self._names.create_branch(name, at):
            found = self._names.head(name)
            raise SynthError(taken("branch" if found else "tag", name, found or self.tags().get(name)))

    def delete_branch(self, name: str) -> None:
        check_branch_name(name)
        if not self._names.delete_branch(name):
            guess = did_you_mean(name, self.branches())
            raise SynthError(Diagnostic(code="E1001", message=f"there is no branch `{name}`", help=guess or None))

    def tags(self) -> Mapping[str, CommitId]:
        return self._names.tags()

    def tag(self, name: str, at: CommitId) -> None:
        check_tag_name(name)
        self.get(at)
        found = self._names.tag(name, at)
        if found != at:
            raise SynthError(taken("tag", name, found))

    # --- history ---

    def get(self, commit: CommitId) -> Commit:
        return self._history.get(commit)

    def log(self, ref: str, limit: int | None = None) -> Sequence[Commit]:
        return list(self._history.log(self.resolve(ref), limit))

    def merge_base(self, a: CommitId, b: CommitId) -> CommitId | None:
        return self._history.merge_base(a, b)

    # --- files ---

    def entries(self, commit: CommitId, prefix: str = "") -> Iterator[Entry]:
        return self._objects.entries(commit, prefix)

    def changed(self, a: CommitId | None, b: CommitId | None, prefix: str = "") -> TreeChanges:
        if a is not None and b is not None:
            return TreeChanges() if a == b else self._objects.changed(a, b, prefix)
        return TreeChanges(
            added=tuple(self.entries(b, prefix)) if b else (), removed=tuple(self.entries(a, prefix)) if a else ()
        )

    def read(self, commit: CommitId, path: str) -> bytes:
        return self._objects.read(commit, path)

    def local(self, commit: CommitId, path: str) -> Path:
        id_ = self._objects.entry(commit, path).id
        return self._local.local(id_, PurePosixPath(path).suffix, lambda: self.read(commit, path))

    def prefetch(self, commit: CommitId, paths: Sequence[str]) -> None:
        """Several at once: what takes time is the way there and back. A silent server is not asked for all."""
        with contextlib.suppress(faults.Unanswered), ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda path: self._prefetch(commit, path), paths if len(paths) > 1 else ()))

    def _prefetch(self, commit: CommitId, path: str) -> None:
        try:
            self.local(commit, path)
        except faults.Unanswered:
            raise
        except SynthError:
            return

    def local_object(self, id: ObjectId, suffix: str = "") -> Path:  # noqa: A002 - the port's word
        return self._local.local(id, suffix, lambda: self._objects.fetch(id))

    # --- upkeep ---

    def restore(self, id: ObjectId) -> bool:  # noqa: A002 - the port's word
        """Never: a commit names the server's object, and only the server's storage can bring that back."""
        return False

    def collect(self, older_than: float, dry_run: bool = False) -> Collected:
        before = time.time() - older_than
        branches = sweep(self._names, before, dry_run)
        files, size = self._local.collect(before, dry_run)
        return Collected(branches=branches, cached=files, size=size)

    # --- writing ---

    def put(self, data: bytes | Path) -> ObjectId:
        """Kept here until the commit that names it: only then is it known where it goes, and whether it is there."""
        content = data if isinstance(data, bytes) else data.read_bytes()
        check_size(len(content))
        return self._local.put(content)

    def _given(self, change: Change) -> ObjectId | None:
        if not isinstance(change, bytes):
            return change
        check_size(len(change), FILE_LIMIT)
        return self._local.put(change)

    def commit(self, request: CommitRequest) -> Commit:
        check_branch_name(request.branch)
        changes = {path: self._given(change) for path, change in request.changes.items()}
        return self._committer.commit(request, changes)
