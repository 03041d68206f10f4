"""Rows of a base and of branches in; their commits in a real store, and the rows of any commit back, out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.query.catalog import manifest_at
from runtime.query.frames import load
from runtime.store.port import CommitId, Store
from runtime.tables.keys import Key
from runtime.tables.manifest import Fingerprints, Manifest, TableManifest
from runtime.tables.schema import INT, STR, Type, optional
from tests.diff.builder import Builder, Version

COLUMNS: Mapping[str, Type] = {"question": STR, "answer": optional(STR), "score": INT}
Row = dict[str, Any]
Rows = Mapping[Any, Row]


def row(number: int, **changed: Any) -> Row:
    return {"question": f"q{number}", "answer": f"a{number}", "score": number, **changed}


def rows(*numbers: int) -> dict[Key, Row]:
    return {(f"k{number}",): row(number) for number in numbers}


def version(
    content: Rows,
    columns: Mapping[str, Type] = COLUMNS,
    rejected: Mapping[Key, str] | None = None,
    spec: str = "d0",
    **more: Any,
) -> Version:
    """One table, named like its dataset. `spec` stands for the fingerprint of what made it."""
    prints = Fingerprints(spec, f"words of {spec}", f"program of {spec}")
    return Version(tables={"qa": (columns, content)}, rejected=rejected or {}, fingerprints=prints, **more)


@dataclass
class Sides:
    """A store with a `main` that others part from."""

    builder: Builder
    base: CommitId

    @property
    def store(self) -> Store:
        return self.builder.store

    def branch(self, name: str, made: Version | None, at: CommitId | None = None) -> CommitId:
        """One commit on a branch of its own."""
        self.store.create_branch(name, at or self.base)
        return self.builder.commit(name, qa=made)


@contextmanager
def parted(base: Version) -> Iterator[Sides]:
    with tempfile.TemporaryDirectory() as folder:
        builder = Builder(Path(folder))
        yield Sides(builder, builder.commit("main", qa=base))


def rows_at(store: Store, ref: str, table: str = "qa") -> dict[str, Row]:
    """By printed key."""
    name = "qa" if table == "qa" else f"qa.{table}"
    return {found.pop("key"): found for found in load(store, name, ref).to_dicts()}


def manifest(store: Store, commit: CommitId) -> Manifest:
    found = manifest_at(store, commit, "qa")
    assert found is not None
    return found


def table(store: Store, commit: CommitId) -> TableManifest:
    return manifest(store, commit).tables["qa"]
