"""A part of a patch and the table it goes on in; what changes in that table, and where the patch does not fit, out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from runtime.diff.decoding import decoder
from runtime.diff.schema import types_of
from runtime.diff.shards import Version
from runtime.merge.apply import Applied, Delta, apply
from runtime.patch.model import PartPatch, Row
from runtime.tables.batches import batch_of_rows
from runtime.tables.keys import Key, encode_key, print_key
from runtime.tables.schema import Schema
from runtime.tables.shards import read_shard

BLOCK = 4096


@dataclass
class Fitted:
    """`misfits` are sentences about rows that are not as the patch expects, `unfit` counts them all.

    `counts` are of rows added, removed and changed; `keys` the encoded keys of all of them.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    unfit: int = 0
    misfits: list[str] = field(default_factory=list)
    keys: set[bytes] = field(default_factory=set)
    applied: Applied | None = None

    def misfit(self, key: Key, why: str, shown: int = 5) -> None:
        self.unfit += 1
        if len(self.misfits) < shown:
            self.misfits.append(f"row `{print_key(key)}` {why}")


def fit(patch: PartPatch, version: Version) -> Fitted:
    """`version` is the table as it is; its rows must be those that the patch was made from."""
    schema = patch.after.schema if patch.after else version.schema
    found, fresh, gone = Fitted(), [], list[bytes]()
    while block := list(islice(patch.rows, BLOCK)):
        there = _there(version, [encode_key(row.key) for row in block])
        wanted = [row for row in block if _fits(row, there, found)]
        found.keys |= {encode_key(row.key) for row in wanted}
        gone += [encode_key(row.key) for row in wanted if row.op == "-"]
        values = {row.key: _values(row, there, schema) for row in wanted if row.op != "-"}
        if values:
            fresh.append(batch_of_rows(schema, list(values), list(values.values())))
    if not found.unfit:
        rows = pa.concat_tables(fresh) if fresh else None
        found.applied = apply(version, version, schema, Delta(rows, gone))
    return found


@dataclass(frozen=True, slots=True)
class _There:
    """A row as the table has it."""

    hash: str
    values: dict[str, Any]


def _fits(row: Row, there: dict[bytes, _There], found: Fitted) -> bool:
    """Whether the row is what the patch was made from; counts it."""
    own = there.get(encode_key(row.key))
    if row.op == "+":
        if own is not None:
            found.misfit(row.key, "is there already")
        found.added += 1
        return own is None
    if own is None:
        found.misfit(row.key, "is not there")
    elif own.hash != row.was:
        found.misfit(row.key, "holds something else")
    found.removed += row.op == "-"
    found.changed += row.op == "~"
    return own is not None and own.hash == row.was


def _values(row: Row, there: dict[bytes, _There], schema: Schema) -> dict[str, Any]:
    """Cells that the patch does not name stay; a column that is new is null."""
    if row.op == "+":
        return dict(row.values)
    own = there[encode_key(row.key)].values
    return {name: row.values[name] if name in row.values else own.get(name) for name in schema.names}


def _there(version: Version, keys: Sequence[bytes]) -> dict[bytes, _There]:
    """Those of the keys (sorted) that the table has."""
    wanted = pa.array(keys, pa.binary())
    return {key: found for table in _tables(version, keys) for key, found in _rows(table, wanted, version.schema)}


def _tables(version: Version, keys: Sequence[bytes]) -> Iterator[pa.Table]:
    """Shards that may hold one of them."""
    for shard in version.shards:
        at = bisect_left(keys, encode_key(shard.first))
        if at < len(keys) and keys[at] <= encode_key(shard.last):
            yield read_shard(Path(version.local(shard)))


def _rows(table: pa.Table, wanted: pa.Array, schema: Schema) -> Iterator[tuple[bytes, _There]]:
    rows = table.filter(pc.is_in(table.column("_key"), value_set=wanted))
    types = types_of(schema)
    columns = {name: list(map(decoder(types[name]), rows.column(name).to_pylist())) for name in schema.names}
    pairs = zip(rows.column("_key").to_pylist(), rows.column("_hash").to_pylist(), strict=True)
    for number, (key, hash_) in enumerate(pairs):
        yield key, _There(hash_.hex(), {name: values[number] for name, values in columns.items()})
