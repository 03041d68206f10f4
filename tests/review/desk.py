"""A folder in; a store with a dataset on `main` and an edited one on `tone`, and its reviews, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.review import PullRequest, Reviews
from runtime.store.git.store import GitStore
from runtime.store.port import CommitId
from runtime.tables.manifest import Fingerprints
from runtime.tables.schema import INT, STR
from tests.diff.builder import Builder, Version
from tests.review.branches import Branches

ADA, BOB, EVE = "Ada <ada@example.org>", "Bob <bob@example.org>", "Eve <eve@example.org>"
TYPES = {"answer": STR, "score": INT}


def rows(count: int = 40, **answers: str) -> dict[Any, Mapping[str, Any]]:
    """`r00` to `r39`; `answers` replace some of them."""
    keys = [f"r{number:02}" for number in range(count)]
    return {(key,): {"answer": answers.get(key, f"answer {key}"), "score": int(key[1:])} for key in keys}


def version(found: Mapping[Any, Mapping[str, Any]], spec: str = "s0", name: str = "qa", **more: Any) -> Version:
    return Version(tables={name: (TYPES, found)}, fingerprints=Fingerprints(spec, spec, "p"), **more)


@dataclass
class Desk(Branches):
    """`main` has 40 rows, `tone` changes two of them and takes one away. Time passes by a second for each event."""

    folder: Path
    cut_rows: int | None = None
    seconds: float = 1_800_000_000.0
    builder: Builder = field(init=False)

    def __post_init__(self) -> None:
        self.builder = Builder(self.folder, self.cut_rows)
        self.builder.commit("main", qa=version(rows()))
        self.branch("tone")
        self.change()

    @property
    def store(self) -> GitStore:
        return self.builder.store

    def clock(self) -> float:
        self.seconds += 1
        return self.seconds

    @property
    def reviews(self) -> Reviews:
        return Reviews(self.store, self.clock)

    def change(self, branch: str = "tone", **answers: str) -> CommitId:
        """The rows of `tone`: `r03` and `r04` are other ones, `r39` is gone; `answers` on top of that."""
        changed = rows(39, **{"r03": "formal", "r04": "formal too", **answers})
        return self.builder.commit(branch, qa=version(changed, "s1"))

    def open(self, **more: str) -> PullRequest:
        told = {"source": "tone", "target": "main", "title": "A formal tone", "description": "", "by": ADA, **more}
        return self.reviews.open(**told)
