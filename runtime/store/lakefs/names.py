"""Branches, tags and what a person typed, in; commit ids out, and names made and removed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dsl.diagnostics import SynthError
from runtime.store import typed
from runtime.store.lakefs import faults
from runtime.store.lakefs.client import segment
from runtime.store.lakefs.history import History
from runtime.store.lakefs.remote import Remote
from runtime.store.names import BRANCH_NAME, TAG_NAME, is_reserved, taken
from runtime.store.port import CommitId

_ID = re.compile(r"[0-9a-fA-F]{4,64}")


class Names:
    """A branch at the repository's first commit has no commit yet, and so does not exist for the port."""

    def __init__(self, remote: Remote, history: History) -> None:
        self._remote, self._history = remote, history

    def at(self, branch: str) -> CommitId | None:
        """Where the server has the branch, the first commit included; None when it does not have it."""
        return self._commit_of(f"/branches/{segment(branch)}")

    def head(self, branch: str) -> CommitId | None:
        found = self.at(branch)
        return None if found == self._remote.found_root() else found

    def branches(self) -> Mapping[str, CommitId]:
        found = {str(item["id"]): str(item["commit_id"]) for item in self._remote.pages("/branches")}
        root = self._remote.found_root()
        return {name: at for name, at in sorted(found.items()) if at != root and not is_reserved(name)}

    def hidden(self, prefix: str) -> list[str]:
        """Branches of the store's own, those of other processes too."""
        return [str(item["id"]) for item in self._remote.pages("/branches", {"prefix": prefix, "show_hidden": True})]

    def tags(self) -> Mapping[str, CommitId]:
        found = {str(item["id"]): str(item["commit_id"]) for item in self._remote.pages("/tags")}
        return {name: at for name, at in sorted(found.items()) if not is_reserved(name)}

    def create_branch(self, name: str, at: CommitId, hidden: bool = False) -> bool:
        """False when there is one already. After a lost answer, a branch at the same place is taken for ours."""
        body = {"name": name, "source": at} | ({"hidden": True} if hidden else {})
        lost = False

        def look() -> bool | None:
            nonlocal lost
            lost = True
            return True if self.at(name) == at else None

        def make() -> bool:
            try:
                self._remote.call("POST", "/branches", body=body, repeat=False)
            except faults.Refused as error:
                if error.status != 409:
                    raise
                return (lost and self.at(name) == at) or self._start(name, at)
            return True

        return self._remote.settle(make, look)

    def _start(self, name: str, at: CommitId) -> bool:
        """The server's default branch is there from the beginning, without a commit of anyone's."""
        if at == self._remote.root or self.at(name) != self._remote.root:
            return False
        self._remote.call("PUT", f"/branches/{segment(name)}/hard_reset", {"ref": at})
        return True

    def delete_branch(self, name: str) -> bool:
        """False when there is none. The server keeps its default branch, so that one goes back to the beginning."""
        if self.head(name) is None:
            return False
        try:
            self._remote.call("DELETE", f"/branches/{segment(name)}")
        except faults.Refused as error:
            if error.status == 403 and "default branch" in error.said:
                self._remote.call("PUT", f"/branches/{segment(name)}/hard_reset", {"ref": self._remote.root})
            elif error.status != 404:
                raise
        return True

    def tag(self, name: str, at: CommitId) -> CommitId:
        """Where the tag points afterwards."""
        try:
            self._remote.call("POST", "/tags", body={"id": name, "ref": at})
        except faults.Refused as error:
            if error.status != 409:
                raise
            found = self._commit_of(f"/tags/{segment(name)}")
            if found is None:
                raise SynthError(taken("branch", name, self.head(name))) from None
            return found
        return at

    def _commit_of(self, path: str) -> CommitId | None:
        try:
            return str(self._remote.get(path)["commit_id"])
        except faults.Refused as error:
            if error.status == 404:
                return None
            raise

    # --- what a person typed ---

    def resolve(self, ref: str) -> CommitId:
        """E1001 unknown, E1005 before the first commit, E1006 ambiguous."""
        return typed.resolve(ref, self._named, lambda commit: self._history.line(commit).parents)

    def _named(self, name: str) -> CommitId:
        found = self.head(name) if BRANCH_NAME.fullmatch(name) else None
        if found is None and TAG_NAME.fullmatch(name):
            found = self._commit_of(f"/tags/{segment(name)}")
        if found is None and _ID.fullmatch(name):
            found = self._by_id(name.lower())
        if found is None or found == self._remote.found_root():
            raise typed.unknown(name, [*self.branches(), *self.tags()])
        return found

    def _by_id(self, prefix: str) -> CommitId | None:
        """The server knows commits that no one is shown: a prefix is ambiguous among those that a name leads to."""
        try:
            found = str(self._remote.get(f"/commits/{segment(prefix)}")["id"])
        except faults.Refused as error:
            if error.status not in (400, 404):
                raise
            return None if len(prefix) == 64 else self._among_shown(prefix)
        return found if found.startswith(prefix) else None

    def _among_shown(self, prefix: str) -> CommitId | None:
        heads = set({**self.branches(), **self.tags()}.values())
        return typed.only(prefix, (commit.id for head in heads for commit in self._history.log(head, None)))
