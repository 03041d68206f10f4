"""A commit request in; the commit out, made once, on top of the head that it was made for, or `BranchMoved`.

1. An ephemeral hidden branch is made at the expected head; the changes are uploaded there, and committed.
2. That commit is merged into the branch by its id. Every commit of synth's writes `TOKEN` with content of its own, so
   the server's merge finds a conflict, when it moves the branch, if anything was committed since: a compare-and-swap.
3. The merge keeps the staged commit as its second parent: merged again, it has nothing to bring, so a request that
   arrives twice has one effect. docs/adr/0015-lakefs-store.md has the argument in full.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.lakefs import faults
from runtime.store.lakefs.cache import LocalObjects, digest
from runtime.store.lakefs.client import THREADS, segment
from runtime.store.lakefs.edits import Edits, edits, folders
from runtime.store.lakefs.history import STAGED, History, Node, clean, metadata_of
from runtime.store.lakefs.names import Names
from runtime.store.lakefs.objects import META, TOKEN, Objects
from runtime.store.lakefs.remote import PAGE, Remote
from runtime.store.names import taken
from runtime.store.port import BranchMoved, Commit, CommitId, CommitRequest, ObjectId

TEMPORARY = "_synth_tmp_"


@dataclass(frozen=True)
class Committer:
    """`token` gives what makes an ephemeral branch's name its own."""

    remote: Remote
    history: History
    names: Names
    objects: Objects
    local: LocalObjects
    token: Callable[[], str]

    def commit(self, request: CommitRequest, changes: Mapping[str, ObjectId | None]) -> Commit:
        root = self.remote.root
        at = self.names.at(request.branch)
        head = None if at == root else at
        if head != request.expected:
            return self._repeated(request, head)
        planned = edits(self._held(head, changes), changes)
        if head and not planned and request.merged is None:
            return self.history.get(head)
        branch = f"{TEMPORARY}{sha256(request.build_id.encode()).hexdigest()[:12]}_{self.token()}"
        if not self.names.create_branch(branch, head or root, hidden=True):
            raise RuntimeError(f"the name {branch} was given before")
        try:
            staged = self._staged(request, branch, planned, final=at is None)
            made = self._landed(request, staged, exists=at is not None)
        except faults.Unanswered:
            raise  # its branch is swept some day: asking a silent server once more is waiting once more
        except BaseException:
            self._remove(branch)
            raise
        self._remove(branch)
        return made

    def _remove(self, branch: str) -> None:
        with contextlib.suppress(SynthError):
            self.remote.call("DELETE", f"/branches/{segment(branch)}")

    def _repeated(self, request: CommitRequest, head: CommitId | None) -> Commit:
        """The commit that an earlier attempt of this very build made, though its answer was lost."""
        found = self._made(request, head)
        if found is None:
            raise BranchMoved(request.branch, request.expected, head)
        return found

    def _made(self, request: CommitRequest, head: CommitId | None) -> Commit | None:
        since = self.history.since(head, request.expected)
        return next((commit for commit in since if commit.build_id == request.build_id), None)

    def _held(self, head: CommitId | None, changes: Mapping[str, ObjectId | None]) -> dict[str, ObjectId]:
        """What the head holds at, above and below the changed paths."""
        if head is None:
            return {}
        listed, single = folders(changes)
        entries = [entry for at in listed for entry in self.objects.entries(head, at)]
        entries += [entry for at in single if (entry := self.objects.file(head, at))]
        return {entry.path: entry.id for entry in entries}

    # --- on the ephemeral branch ---

    def _staged(self, request: CommitRequest, branch: str, planned: Edits, final: bool) -> Node:
        """`final`: the commit will itself be the new branch's head, not the second parent of a merge."""
        self._write(branch, planned, request.expected)
        token = json.dumps({"build": request.build_id, "on": request.expected}, sort_keys=True).encode()
        self._upload(branch, TOKEN, token, digest(token), new=False)
        metadata = metadata_of(request.build_id, request.metadata, request.merged)
        metadata = metadata if final and request.merged is None else {STAGED: request.build_id}
        staged = self._commit(branch, _body(request.message, metadata), request.expected or self.remote.root)
        return staged if request.merged is None else self._joined(request, branch, staged)

    def _write(self, branch: str, planned: Edits, head: CommitId | None) -> None:
        for start in range(0, len(planned.removals), PAGE):
            paths = list(planned.removals[start : start + PAGE])
            self.remote.call("POST", f"/branches/{segment(branch)}/objects/delete", body={"paths": paths})
        with ThreadPoolExecutor(THREADS) as pool:
            new = [head is None or not self.objects.seen(head, path) for path in planned.writes]
            list(pool.map(lambda path, id_, new: self._place(branch, path, id_, new), *_columns(planned.writes), new))

    def _place(self, branch: str, path: str, id_: ObjectId, new: bool) -> None:
        """Uploaded from here, or copied on the server when only the server has it."""
        file = self.local.find(id_)
        if file is not None:
            return self._upload(branch, path, file.read_bytes(), id_, new)
        spot = self.objects.spot(id_)
        if spot is None:
            raise SynthError(_lost(id_, path))
        body = {"src_path": spot.path, "src_ref": spot.commit}
        self.remote.call("POST", f"/branches/{segment(branch)}/objects/copy", {"dest_path": path}, body)
        return None

    def _upload(self, branch: str, path: str, data: bytes, id_: ObjectId, new: bool) -> None:
        """A new path is written if it is not there: when an answer was lost, the second attempt finds the first."""
        headers = {f"x-lakefs-meta-{META}": id_} | ({"If-None-Match": "*"} if new else {})
        try:
            self.remote.call("POST", f"/branches/{segment(branch)}/objects", {"path": path}, data, headers)
        except faults.Refused as error:
            if error.status != 412:
                raise

    def _commit(self, branch: str, body: Mapping[str, Any], before: CommitId, tree: str | None = None) -> Node:
        """`tree` commits that tree instead of what is staged."""

        def look() -> Node | None:
            at = self.names.at(branch)
            return None if at in (before, None) else self.history.node(str(at))

        def act() -> Node:
            try:
                query = {"source_metarange": tree}
                answer = self.remote.call("POST", f"/branches/{segment(branch)}/commits", query, body, repeat=False)
            except faults.Refused as error:
                found = look() if error.status == 400 else None
                if found is None:
                    raise
                return found
            return self.history.learn(self.remote.client.read_json(answer))

        return self.remote.settle(act, look)

    def _joined(self, request: CommitRequest, branch: str, staged: Node) -> Node:
        """The staged tree on a commit that descends from what was merged as well, so that the server knows of it."""
        source, id_ = str(request.merged), staged.commit.id
        body = {"message": f"Bring in {source}", "strategy": "source-wins", "allow_empty": True}
        try:
            self.remote.settle(
                lambda: self._merge(source, branch, body), lambda: None if self.names.at(branch) == id_ else True
            )
        except faults.Refused as error:
            if error.status == 400 and "no changes" in error.said:
                return staged
            raise
        before = str(self.names.at(branch))
        return self._commit(branch, _body(request.message, {STAGED: request.build_id}), before, staged.tree)

    def _merge(self, source: CommitId, branch: str, body: Mapping[str, Any]) -> bool:
        self.remote.call("POST", f"/refs/{segment(source)}/merge/{segment(branch)}", body=body, repeat=False)
        return True

    # --- into the branch ---

    def _landed(self, request: CommitRequest, staged: Node, exists: bool) -> Commit:
        body = _body(request.message, metadata_of(request.build_id, request.metadata, request.merged))
        try:
            if exists:
                self.remote.settle(
                    lambda: self._merge(staged.commit.id, request.branch, body), lambda: self._look(request)
                )
            elif not self.names.create_branch(request.branch, staged.commit.id):
                head = self.names.head(request.branch)
                if head is None:
                    raise SynthError(taken("tag", request.branch, None))
                return self._repeated(request, head)
        except faults.Refused as error:
            if error.status not in (404, 409) and not (error.status == 400 and "no changes" in error.said):
                raise
        return self._repeated(request, self.names.head(request.branch))

    def _look(self, request: CommitRequest) -> bool | None:
        """True when the merge was made; BranchMoved when another commit came first."""
        head = self.names.head(request.branch)
        if head == request.expected:
            return None
        return self._repeated(request, head) is not None


def _body(message: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    """lakeFS takes no empty message."""
    return {"message": clean(message) or " ", "metadata": dict(metadata)}


def _columns(writes: Mapping[str, ObjectId]) -> tuple[list[str], list[ObjectId]]:
    return list(writes), list(writes.values())


def _lost(id_: ObjectId, path: str) -> Diagnostic:
    return Diagnostic(
        "E1054",
        "what was to be committed is no longer in the local cache",
        notes=(f"`{path}` is to hold object {id_[:12]}",),
        help="run the command again; the cache may only be cleared while no build runs",
    )
