"""A batch of typed columns in; the canonical bytes of every row, and their 128-bit hashes, out.

The bytes of a row: for each column by name, a byte that says whether there is a value and eight bytes of it (numbers
and truth values) or of the length of its body (text, and JSON for what is nested); then the bodies. Two rows have the
same bytes only if they hold the same values. The hash is BLAKE2b, personalised by the columns' names and types: a
reviewer approves what a diff of hashes shows, so collisions must be out of anyone's reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runtime.tables.canonical import canonical_json
from runtime.tables.key_columns import fixed_width
from runtime.tables.schema import Column, Schema, Type

HASH_BYTES = 16
SLOT = 9
"""Bytes of each column, before all bodies."""
_Slots = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


def row_bytes(batch: pa.Table, schema: Schema) -> pa.Array:
    """One binary value a row. The order of columns in the schema or the batch makes no difference."""
    columns = sorted(schema.columns, key=lambda column: column.name)
    slots = np.zeros((batch.num_rows, SLOT * len(columns)), np.uint8)
    bodies: list[pa.Array] = []
    for index, column in enumerate(columns):
        values = combined(batch.column(column.name))
        slot = slots[:, SLOT * index : SLOT * (index + 1)]
        slot[:, 0] = values.is_valid().to_numpy(zero_copy_only=False)
        body = _fill(slot, values, column.type)
        bodies += [] if body is None else [body]
    head = fixed_width(slots).cast(pa.binary())
    return pc.binary_join_element_wise(head, *bodies, pa.scalar(b"")) if bodies else head


def _fill(slot: _Slots, values: pa.Array, type_: Type) -> pa.Array | None:
    """Writes the eight bytes; gives the bodies where the type has them."""
    if type_.kind in ("int", "float", "bool"):
        slot[:, 1:] = _numbers(values, type_).astype("<u8", copy=False).view(np.uint8).reshape(-1, 8)
        return None
    body = _bodies(values, type_)
    slot[:, 1:] = pc.binary_length(body).to_numpy().astype("<u8").view(np.uint8).reshape(-1, 8)
    return body


def _numbers(values: pa.Array, type_: Type) -> Any:
    """64 bits each: -0.0 is 0.0 and there is one NaN, as `==` and printing have it."""
    if type_.kind != "float":
        return pc.fill_null(values.cast(pa.int64()), 0).to_numpy(zero_copy_only=False).view(np.uint64)
    floats = pc.fill_null(values, 0.0).to_numpy(zero_copy_only=False) + 0.0
    return np.where(np.isnan(floats), np.nan, floats).view(np.uint64)


def _bodies(values: pa.Array, type_: Type) -> pa.Array:
    if type_.kind in ("str", "json"):
        return pc.fill_null(values.cast(pa.binary()), b"")
    return pa.array((b"" if value is None else canonical_json(value) for value in values.to_pylist()), pa.binary())


def combined(column: pa.ChunkedArray) -> pa.Array:
    """One contiguous array that starts at its buffers' start."""
    if column.num_chunks == 1 and column.chunk(0).offset == 0:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def hash_rows(rows: Sequence[bytes], schema: Schema) -> pa.Array:
    """A 128-bit hash of each row's canonical bytes."""
    person = _columns_digest(schema)
    hashes = b"".join(_digests(rows, person))
    return pa.Array.from_buffers(pa.binary(HASH_BYTES), len(rows), [None, pa.py_buffer(hashes)])


def _digests(rows: Iterable[bytes], person: bytes) -> Iterator[bytes]:
    """To copy a state that is set up takes a third of setting one up, which takes longer than to hash a short row."""
    copy = blake2b(digest_size=HASH_BYTES, person=person).copy
    for row in rows:
        state = copy()
        state.update(row)
        yield state.digest()


def _columns_digest(schema: Schema) -> bytes:
    """Names and types, without order and without whether nulls are allowed: neither is content."""
    columns = sorted(_shape(column) for column in schema.columns)
    return blake2b(canonical_json(columns), digest_size=16).digest()


def _shape(column: Column) -> list[Any]:
    return [column.name, *_type_shape(column.type)]


def _type_shape(type_: Type) -> list[Any]:
    element = [] if type_.element is None else _type_shape(type_.element)
    return [type_.kind, element, sorted(_shape(field) for field in type_.fields)]
