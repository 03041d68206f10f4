"""A store in; its branches by name, which are there, out."""

from __future__ import annotations

from abc import abstractmethod

from runtime.store.port import CommitId, Store


class Branches:
    """What every fixture with a store does with branches."""

    @property
    @abstractmethod
    def store(self) -> Store: ...

    def head(self, branch: str) -> CommitId:
        found = self.store.head(branch)
        assert found is not None
        return found

    def branch(self, name: str, at: str = "main") -> None:
        self.store.create_branch(name, self.head(at))
