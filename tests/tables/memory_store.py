"""Where tests put shards: a mapping from object id to bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from runtime.store.port import ObjectId
from runtime.tables.layout import shard_path
from runtime.tables.manifest import TableManifest
from runtime.tables.schema import INT, STR, Schema, schema
from runtime.tables.shards import read_shard
from runtime.tables.writer import TableWriter

FOLDER = "datasets/d/tables/t/data"
SCHEMA = schema({"text": STR, "n": INT})
Rows = Mapping[Any, Mapping[str, Any]]


class MemoryStore:
    """`put` for a writer; `bytes_of` what a shard holds."""

    def __init__(self) -> None:
        self.objects: dict[ObjectId, bytes] = {}
        self.paths: dict[str, bytes] = {}

    def put(self, data: bytes) -> ObjectId:
        id_ = ObjectId(f"{len(self.objects)}")
        self.objects[id_] = data
        return id_

    def write(
        self, rows: Rows, previous: TableManifest | None = None, of: Schema = SCHEMA, **limits: int
    ) -> TableManifest:
        with TableWriter(of, FOLDER, self.put, previous, **({"cut_rows": 4} | limits)) as writer:  # type: ignore[arg-type]
            for key, row in rows.items():
                writer.add(key, row)
            table = writer.finish()
        self.paths |= {path: self.objects[id_] for path, id_ in writer.written.items()}
        return table

    def read(self, table: TableManifest, tmp_path: Path) -> pa.Table:
        """All rows of a table, in the order of its shards."""
        parts = []
        for shard in table.shards:
            path = tmp_path / f"{shard.sha256}.parquet"
            path.write_bytes(self.paths[shard_path(FOLDER, shard.sha256)])
            parts.append(read_shard(path))
        return pa.concat_tables(parts)
