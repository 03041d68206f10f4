"""Key columns as Arrow arrays in; the same bytes and text as `keys` gives, a batch at a time, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runtime.tables.keys import INT, STR, Key, KeyPart, encode_key, print_key, print_part


def encode_keys(columns: Sequence[pa.Array]) -> pa.Array:
    """`encode_key` of every row: integers and text at Arrow's speed, other types one by one."""
    return _joined([_encoded(column) for column in columns], pa.binary(), b"")


def print_keys(columns: Sequence[pa.Array]) -> pa.Array:
    """`print_key` of every row."""
    return _joined([_printed(column) for column in columns], pa.string(), "/")


def keys_of(columns: Sequence[pa.Array]) -> list[Key]:
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def _joined(columns: list[pa.Array], type_: pa.DataType, separator: bytes | str) -> pa.Array:
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, pa.scalar(separator, type_))


def _encoded(column: pa.Array) -> pa.Array:
    if pa.types.is_integer(column.type):
        return _encoded_int(column.cast(pa.int64()))
    if pa.types.is_string(column.type):
        return _encoded_text(column.cast(pa.binary()))
    return _one_by_one(column, pa.binary(), lambda part: encode_key((part,)))


def _encoded_int(column: pa.Array) -> pa.Array:
    out = np.empty((len(column), 9), np.uint8)
    out[:, 0] = INT
    flipped = column.to_numpy().view(np.uint64) ^ np.uint64(1 << 63)
    out[:, 1:] = flipped.astype(">u8").view(np.uint8).reshape(-1, 8)
    return fixed_width(out).cast(pa.binary())


def _encoded_text(column: pa.Array) -> pa.Array:
    """Text that holds a NUL is rare, and goes one by one."""
    body = column.buffers()[2]
    if body is not None and not np.frombuffer(body, np.uint8).all():
        return _one_by_one(column.cast(pa.string()), pa.binary(), lambda part: encode_key((part,)))
    return pc.binary_join_element_wise(pa.scalar(bytes([STR])), column, pa.scalar(b"\0"), pa.scalar(b""))


def _printed(column: pa.Array) -> pa.Array:
    if pa.types.is_integer(column.type):
        return column.cast(pa.string())
    if pa.types.is_string(column.type) and not pc.any(pc.match_substring_regex(column, r"[%/\n\r\t]")).as_py():
        return column
    return _one_by_one(column, pa.string(), print_part)


def _one_by_one(column: pa.Array, type_: pa.DataType, convert: Callable[[KeyPart], bytes | str]) -> pa.Array:
    return pa.array([convert(part) for part in column.to_pylist()], type_)


def fixed_width(values: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> pa.Array:
    """A matrix of bytes, one row each, as an Arrow array without a copy."""
    rows, width = values.shape
    return pa.Array.from_buffers(pa.binary(width), rows, [None, pa.py_buffer(values)])


def encoded_list(keys: Sequence[Key]) -> tuple[pa.Array, pa.Array]:
    """Bytes and text of keys that are Python tuples."""
    if not keys or not keys[0] or len(set(map(len, keys))) > 1:
        return pa.array(map(encode_key, keys), pa.binary()), pa.array(map(print_key, keys), pa.string())
    return encoded_parts([*zip(*keys, strict=True)])


def encoded_parts(parts: Sequence[Sequence[KeyPart]]) -> tuple[pa.Array, pa.Array]:
    """Bytes and text of keys that are given part by part. ValueError and TypeError as `encode_key` raises them."""
    encoded, printed = zip(*map(_part, parts), strict=True)
    return _joined([*encoded], pa.binary(), b""), _joined([*printed], pa.string(), "/")


def _part(values: Sequence[KeyPart]) -> tuple[pa.Array, pa.Array]:
    column = _uniform(values)
    if column is not None:
        return _encoded(column), _printed(column)
    encoded = pa.array([encode_key((value,)) for value in values], pa.binary())
    return encoded, pa.array([print_part(value) for value in values], pa.string())


def _uniform(values: Sequence[KeyPart]) -> pa.Array | None:
    """Values that are all text, or all integers of 64 bits."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return pa.array(values, pa.string())
    try:
        return pa.array(values, pa.int64()) if kinds == {int} else None
    except (OverflowError, pa.ArrowInvalid):
        return None


def printed_parts(parts: Sequence[Sequence[KeyPart]]) -> pa.Array:
    """The text alone of keys that are given part by part."""
    return _joined([_part(values)[1] for values in parts], pa.string(), "/")
