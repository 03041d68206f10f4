"""What the lines of a patch say, as frozen data.

A patch is UTF-8 text, one JSON value a line: a header; for each dataset a line, its spec's files, and for each table
that differs a line and its rows; at last how many lines went before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from runtime.tables.keys import Key
from runtime.tables.layout import calls_folder, decisions_folder, rejected_folder, table_folder
from runtime.tables.manifest import Manifest, TableManifest
from runtime.tables.schema import Schema

FORMAT = 1
Json = Any
Kind = Literal["table", "rejected", "calls", "decisions"]
KINDS: tuple[Kind, ...] = ("table", "rejected", "decisions", "calls")
Op = Literal["+", "-", "~"]


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a dataset: one that an emit makes, by its name, or one of those that tell about its rows."""

    kind: Kind
    name: str

    def folder(self, dataset: str) -> str:
        if self.kind == "table":
            return table_folder(dataset, self.name)
        return {"rejected": rejected_folder, "calls": calls_folder, "decisions": decisions_folder}[self.kind](dataset)

    def of(self, manifest: Manifest | None) -> TableManifest | None:
        if manifest is None:
            return None
        found: TableManifest | None = getattr(manifest, self.kind) if self.kind != "table" else None
        return manifest.tables.get(self.name) if self.kind == "table" else found

    def __str__(self) -> str:
        return self.name if self.kind == "table" else self.kind


def parts_of(*manifests: Manifest | None, calls: bool = True) -> list[Part]:
    """Of all these versions, tables first."""
    tables = dict.fromkeys(name for manifest in manifests if manifest for name in manifest.tables)
    parts = [Part("table", name) for name in tables]
    parts += [Part(kind, "") for kind in KINDS if kind != "table" and (calls or kind != "calls")]
    return [part for part in parts if any(part.of(manifest) for manifest in manifests)]


@dataclass(frozen=True, slots=True)
class Row:
    """`was` is the hash (hex) of the row that is there; `values` are the new row's, of a changed row what differs."""

    op: Op
    key: Key
    was: str | None
    values: Mapping[str, Json]
    line: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as a patch knows it."""

    root: str
    schema: Schema
    atomic: bool = False


@dataclass(frozen=True, slots=True)
class PartPatch:
    """`rows` come once, in key order, and must be read before the next part is asked for."""

    part: Part
    before: Shape | None
    after: Shape | None
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True)
class Outline:
    """A version of a dataset without its tables. `parts` names them, with their root digests."""

    root: str
    manifest: Manifest
    parts: Mapping[Part, str]


@dataclass(frozen=True, slots=True)
class DatasetPatch:
    """`after` and `before` are None for a dataset that goes or comes, and both in a patch of chosen rows."""

    name: str
    before: Outline | None
    after: Outline | None
    files: Mapping[str, bytes] | None
    parts: Iterator[PartPatch]


@dataclass(frozen=True, slots=True)
class Patch:
    """`whole`: everything that makes one version the other; else chosen rows. `calls`: with the calls behind the rows.

    `source` and `target` are the commits it was made from and that it makes.
    """

    source: str | None
    target: str
    whole: bool
    calls: bool
    datasets: Iterator[DatasetPatch] = field(repr=False)
