"""Rows as plain Python values, or Arrow tables, in; typed Arrow batches with keys and hashes out (E1012, E1015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dsl.diagnostics import Diagnostic, SynthError
from runtime.tables.key_columns import encode_keys, encoded_list, encoded_parts, keys_of, print_keys
from runtime.tables.keys import Key, KeyPart, encode_key
from runtime.tables.rows import SLOT, combined, hash_rows, row_bytes
from runtime.tables.schema import Column, Schema, arrow_schema, arrow_type
from runtime.tables.values import column_of, null, unfit

Row = Mapping[str, Any]
_TEXT = frozenset({"str", "json"})
_FLAT = _TEXT | {"int", "float", "bool"}
SIZE = "_size"
"""A column that lives only until shards are cut: the bytes a row counts for."""


def batch_of_rows(schema: Schema, keys: Sequence[Key], rows: Sequence[Row]) -> pa.Table:
    """A batch from Python values; a column that a row leaves out is null."""
    try:
        encoded, printed = encoded_list(keys)
    except (ValueError, TypeError) as error:
        raise SynthError(_bad_key(keys, error)) from error
    own = [column_of(column, [row.get(column.name) for row in rows], keys.__getitem__) for column in schema.columns]
    return _complete(schema, encoded, printed, own)


def batch_of_columns(
    schema: Schema, parts: Sequence[Sequence[KeyPart]], columns: Mapping[str, Sequence[Any] | pa.Array]
) -> pa.Table:
    """As `batch_of_rows`, from a list of values for each part of the key and for each column of the schema."""
    key = lambda row: tuple(part[row] for part in parts)  # noqa: E731
    try:
        encoded, printed = encoded_parts(parts)
    except (ValueError, TypeError) as error:
        raise SynthError(_bad_key([*zip(*parts, strict=True)], error)) from error
    own = [column_of(column, columns[column.name], key) for column in schema.columns]
    return _complete(schema, encoded, printed, own)


def batch_of_table(schema: Schema, key: Sequence[str], table: pa.Table) -> pa.Table:
    """A batch from Arrow: `key` names the columns of the key; the schema's columns are cast to their types."""
    columns = [_key_column(table, name) for name in key]
    own = [_cast(column, table.column(column.name)) for column in schema.columns]
    try:
        return _complete(schema, encode_keys(columns), print_keys(columns), own)
    except ValueError as error:
        raise SynthError(_bad_key(keys_of(columns), error)) from error


def as_batch(schema: Schema, rows: pa.Table) -> pa.Table:
    """Rows that were read from a shard, as a batch again: nothing of them is hashed anew."""
    whole = rows.cast(arrow_schema(schema))
    flat = all(column.type.kind in _FLAT for column in schema.columns)
    content = _content(whole, schema) if flat else pc.binary_length(row_bytes(whole, schema))
    lengths = pc.add(content, pc.multiply(pc.binary_length(combined(whole.column("_key"))), 2))
    return whole.append_column(SIZE, lengths.cast(pa.int64()))


def _content(rows: pa.Table, schema: Schema) -> pa.Array:
    """How long `row_bytes` would be, which need not be made for that."""
    texts = [column.name for column in schema.columns if column.type.kind in _TEXT]
    fixed = pa.array([SLOT * len(schema.columns)] * rows.num_rows, pa.int64())
    said = (rows.column(name) for name in texts)
    lengths = (pc.fill_null(pc.binary_length(combined(text)), 0) for text in said if text.null_count < len(text))
    return reduce(pc.add, lengths, fixed)


def batch_of_keyed(schema: Schema, table: pa.Table) -> pa.Table:
    """A batch from rows that have their `_key` and `key` already, as shards do; a column they lack is null."""
    rows = table.num_rows
    own = [
        _cast(
            column,
            table.column(column.name) if column.name in table.column_names else pa.chunked_array([pa.nulls(rows)]),
        )
        for column in schema.columns
    ]
    return _complete(schema, combined(table.column("_key")), combined(table.column("key")), own)


def _complete(schema: Schema, encoded: pa.Array, printed: pa.Array, own: list[pa.Array]) -> pa.Table:
    named = pa.table(own, names=list(schema.names)) if own else pa.table({"none": pa.nulls(len(encoded))})
    content = row_bytes(named, schema)
    hashes = hash_rows(content.to_pylist(), schema)
    lengths = pc.add(pc.binary_length(content), pc.multiply(pc.binary_length(encoded), 2))
    whole = pa.table([encoded, printed, hashes, *own], schema=arrow_schema(schema))
    return whole.append_column(SIZE, lengths.cast(pa.int64()))


def _cast(column: Column, values: pa.ChunkedArray) -> pa.Array:
    if values.null_count and not column.type.nullable:
        raise SynthError(null(column, "a row"))
    try:
        return combined(values.cast(arrow_type(column.type)))
    except pa.ArrowException as error:
        raise SynthError(unfit(column, "a row", str(error))) from error


def _key_column(table: pa.Table, name: str) -> pa.Array:
    column = combined(table.column(name))
    if column.null_count:
        raise SynthError(Diagnostic(code="E1015", message=f"the key column `{name}` holds a null"))
    plain = pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type)
    return column if plain else column.cast(pa.string())


def _bad_key(keys: Sequence[Key], error: Exception) -> Diagnostic:
    for key in keys:
        try:
            encode_key(key)
        except (ValueError, TypeError) as found:
            return Diagnostic(code="E1015", message=f"{key!r} cannot be a key", notes=(str(found),))
    return Diagnostic(code="E1015", message="a row has no proper key", notes=(str(error),))
