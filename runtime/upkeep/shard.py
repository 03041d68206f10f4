"""A shard's file and what the manifest says of it in; the first thing that is not so, in words, out."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from runtime.tables.keys import encode_key
from runtime.tables.manifest import Shard
from runtime.tables.rows import combined, hash_rows, row_bytes
from runtime.tables.schema import Schema
from runtime.tables.shards import logical_digest, read_shard


def fault_of(file: Path, shard: Shard, schema: Schema) -> str | None:
    """None when every row is what it was when it was hashed, and the manifest tells the truth about them."""
    data = file.read_bytes()
    if sha256(data).hexdigest() != shard.sha256:
        return "its bytes are not those that its name is the digest of"
    if len(data) != shard.size:
        return f"it has {len(data):,} bytes, and {shard.size:,} in the manifest"
    try:
        rows = read_shard(file)
    except (pa.ArrowException, OSError) as error:
        return f"it cannot be read as Parquet: {error}"
    return _fault_of_rows(rows, shard, schema)


def _fault_of_rows(rows: pa.Table, shard: Shard, schema: Schema) -> str | None:
    if rows.num_rows != shard.rows:
        return f"it has {rows.num_rows:,} rows, and {shard.rows:,} in the manifest"
    keys = combined(rows.column("_key")).to_pylist()
    if any(a >= b for a, b in pairwise(keys)):
        return "its keys are not in order, or one stands twice"
    if (keys[0], keys[-1]) != (encode_key(shard.first), encode_key(shard.last)):
        return "its first or last key is not the manifest's"
    if logical_digest(rows) != shard.logical:
        return "its rows are not those of the manifest's digest"
    return _fault_of_hashes(rows, schema)


def _fault_of_hashes(rows: pa.Table, schema: Schema) -> str | None:
    hashes = combined(rows.column("_hash"))
    found = hash_rows(row_bytes(rows, schema).to_pylist(), schema).cast(hashes.type)
    if found.equals(hashes):
        return None
    wrong = sum(a != b for a, b in zip(found.to_pylist(), hashes.to_pylist(), strict=True))
    return f"{wrong:,} of its rows do not have the hash that stands beside them"
