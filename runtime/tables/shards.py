"""A shard's rows in; its logical digest and its Parquet bytes, equal for equal rows, out; and rows back from a file."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from runtime.tables.canonical import DIGEST_BYTES
from runtime.tables.rows import combined
from runtime.tables.schema import Schema

ROW_GROUP = 1024
"""Rows are sorted, so a reader who wants a few keys (a diff) skips most groups of a shard by their key range."""
_SORTED_TEXT = {"_key": "DELTA_BYTE_ARRAY", "key": "DELTA_BYTE_ARRAY"}


def logical_digest(rows: pa.Table) -> str:
    """Over keys and row hashes, as hex. Names the rows whatever wrote the file, so its bytes can be used again."""
    keys, hashes = combined(rows.column("_key")), combined(rows.column("_hash"))
    state = blake2b(digest_size=DIGEST_BYTES)
    state.update(len(keys).to_bytes(8, "little"))
    state.update(pc.binary_length(keys).to_numpy().astype("<u4").tobytes())
    for array in (keys, hashes):
        state.update(_body(array))
    return state.hexdigest()


def _body(array: pa.Array) -> memoryview:
    """The values' bytes, one after the other."""
    buffers = array.buffers()
    if pa.types.is_fixed_size_binary(array.type):
        return memoryview(buffers[1])[: len(array) * array.type.byte_width]
    ends = np.frombuffer(buffers[1], np.int32, len(array) + 1)
    return memoryview(buffers[2])[ends[0] : ends[-1]]


def parquet_bytes(rows: pa.Table, schema: Schema) -> memoryview:
    """Small row groups, zstd, plain encodings and no metadata that depends on anything but the rows.

    Keys are sorted, so each is stored as what it adds to the one before it.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(
        rows.select(["_key", "key", "_hash", *schema.names]),
        sink,
        row_group_size=ROW_GROUP,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=False,
        column_encoding=_SORTED_TEXT,
        store_schema=False,
        write_page_index=False,
    )
    return memoryview(sink.getvalue())


def read_shard(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A shard from a local file; Arrow opens it once, so the file may be replaced meanwhile."""
    with path.open("rb") as file:
        return pq.ParquetFile(file).read(columns)
