"""A table of a dataset in (committed, or just written); its rows with their own keys, as a source gives them, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from runtime.sources.place import Where
from runtime.tables.canonical import digest
from runtime.tables.keys import Key, decode_key, print_key
from runtime.tables.manifest import KeyColumn, Manifest, TableManifest
from runtime.tables.schema import INT, Schema

if TYPE_CHECKING:
    from compiler.catalog import ColumnType

KIND = "dataset"
BATCH = 1024
_FIXED = ("_key", "key", "_hash")


class Keyed(dict[str, Any]):
    """A row that has a key of its own."""

    key: Key = ()


@dataclass(frozen=True)
class Table:
    """Rows of one emit. `name` is for messages; `key` are the parts of its rows' keys; `commit` where it was found.

    `digest` stands for all rows: equal ones hold equal rows under equal keys.
    """

    name: str
    digest: str
    key: tuple[KeyColumn, ...]
    columns: Mapping[str, ColumnType]
    stream: Callable[[], Iterator[Keyed]]
    commit: str | None = None


@dataclass(frozen=True)
class InTable(Where):
    """A place in a store instead of a file. `table` is None for a dataset of the spec that has no rows yet."""

    table: Table | None = None

    def found(self) -> Table:
        if self.table is None:
            raise self.error(
                "E0909",
                f"`{self.argument}` has no rows yet: it was never built on this branch",
                help="`synth build` makes it first; in a test, give its rows: `given NAME = [ { … } ]`",
            )
        return self.table


def rows(where: Where) -> Iterator[tuple[dict[str, Any], str]]:
    table = located(where).found()
    return ((row, f"row {print_key(row.key)} of {table.name}") for row in table.stream())


def columns(where: Where) -> dict[str, ColumnType]:
    return dict(located(where).found().columns)


def located(where: Where) -> InTable:
    """The table that `dataset("name/table@ref")` names, found once: a branch may move while it is read."""
    if isinstance(where, InTable):
        return where
    from runtime.sources.references import find

    return InTable(where.kind, where.argument, where.root, where.base, where.span, table=find(where))


# --- tables of a manifest ---


def table_names(manifest: Manifest, table: str) -> list[str]:
    """The tables of one emit: one of its name, or one for each value that it is split by, in an order of their own.

    A manifest that was just made has them as the spec does, and one that was stored has them sorted.
    """
    return (
        [table]
        if table in manifest.tables
        else sorted(name for name in manifest.tables if name.startswith(f"{table}/"))
    )


def table_of(
    manifest: Manifest,
    table: str,
    name: str,
    paths: Callable[[str], Iterable[Path | IO[bytes]]],
    commit: str | None = None,
) -> Table:
    """`paths` gives the local shard files of a table, in key order."""
    named = table_names(manifest, table)
    parts = [manifest.tables[part] for part in named]

    def stream() -> Iterator[Keyed]:
        streams = [_shards(paths(part), manifest.tables[part].schema) for part in named]
        return (row for _, row in (streams[0] if len(streams) == 1 else merge(*streams, key=lambda pair: pair[0])))

    return Table(
        name,
        parts[0].root if len(parts) == 1 else _joined(named, parts),
        (*manifest.key, *_positions(manifest, parts)),
        columns_of(parts[0].schema) if parts else {},
        stream,
        commit,
    )


def _joined(names: Iterable[str], tables: Iterable[TableManifest]) -> str:
    return digest(part.encode() for name, table in zip(names, tables, strict=True) for part in (name, table.root))


def _positions(manifest: Manifest, tables: Iterable[TableManifest]) -> list[KeyColumn]:
    """An emit `for` elements adds their places to the candidate's key."""
    lengths = [len(shard.first) for table in tables for shard in table.shards]
    more = max(lengths, default=0) - len(manifest.key)
    return [KeyColumn(f"position_{place}" if more > 1 else "position", INT) for place in range(1, more + 1)]


def _shards(paths: Iterable[Path | IO[bytes]], schema: Schema) -> Iterator[tuple[bytes, Keyed]]:
    """One batch of one shard in memory at a time."""
    import pyarrow.parquet as pq

    texts = [column.name for column in schema.columns if column.type.kind == "json"]
    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(BATCH, columns=["_key", *schema.names]):
            for found in batch.to_pylist():
                yield _row(found, texts)


def _row(found: dict[str, Any], texts: Iterable[str]) -> tuple[bytes, Keyed]:
    """What is kept as JSON is a value again."""
    encoded: bytes = found.pop("_key")
    row = Keyed(found)
    row.key = decode_key(encoded)
    for name in texts:
        if row[name] is not None:
            row[name] = orjson.loads(row[name])
    return encoded, row


def columns_of(schema: Schema) -> dict[str, ColumnType]:
    """What a check knows of a table's columns; `any` for JSON."""
    return {column.name: "any" if column.type.kind == "json" else column.type.kind for column in schema.columns}


def table_of_rows(name: str, rows: Sequence[tuple[Key, Mapping[str, Any]]]) -> Table:
    """Rows that were made and committed nowhere, as a preview makes them."""

    def stream() -> Iterator[Keyed]:
        for key, values in rows:
            row = Keyed(values)
            row.key = key
            yield row

    return Table(name, digest(orjson.dumps([key, row]) for key, row in rows), (), {}, stream)
