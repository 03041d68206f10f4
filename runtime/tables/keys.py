"""A row's key (a typed tuple) in; its printed form and its order-preserving bytes out, and back.

The bytes sort as the keys do and no two keys share them, so shards can be sorted, cut and compared by bytes alone.
Between types the order is bool, int, float, str; 1, 1.0 and "1" are three keys.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

KeyPart = str | int | float | bool
Key = tuple[KeyPart, ...]

BOOL, INT, FLOAT, STR = 0x10, 0x20, 0x28, 0x30
_SIGN = 1 << 63
_INT64 = range(-_SIGN, _SIGN)
_ESCAPES = {"%": "%25", "/": "%2F", "\n": "%0A", "\r": "%0D", "\t": "%09"}
_ESCAPED = str.maketrans(_ESCAPES)


def as_key(part: KeyPart | Sequence[KeyPart]) -> Key:
    """A row of a dataset is known by all parts of its key (a list where JSON held it), one of a file by one value."""
    return (part,) if isinstance(part, str | int | float) else tuple(part)


def print_key(key: Key) -> str:
    """`("break", 1)` is `break/1`. A slash, percent sign or line end inside a part is written `%2F`, `%25`, `%0A`."""
    return "/".join([print_part(part) for part in key])


def print_part(part: KeyPart) -> str:
    if isinstance(part, str):
        return part.translate(_ESCAPED)
    if isinstance(part, bool):
        return "true" if part else "false"
    return repr(part)


def split_key(text: str) -> tuple[str, ...]:
    """The parts of a printed key as text, unescaped: what a person typed, before the key's types are known."""
    return tuple(_unescape(part) for part in text.split("/"))


def _unescape(part: str) -> str:
    for plain, escaped in reversed(_ESCAPES.items()):
        part = part.replace(escaped, plain)
    return part


def encode_key(key: Key) -> bytes:
    """Bytes whose order is the keys' order, part by part. ValueError for NaN, infinities, integers over 64 bits."""
    return b"".join([_encode_part(part) for part in key])


def _encode_part(part: KeyPart) -> bytes:
    if isinstance(part, str):
        return b"\x30" + part.encode().replace(b"\0", b"\0\xff") + b"\0"
    if isinstance(part, bool):
        return bytes((BOOL, part))
    if isinstance(part, int):
        if part not in _INT64:
            raise ValueError("an integer beyond 64 bits cannot be part of a key")
        return struct.pack(">BQ", INT, part + _SIGN)
    return struct.pack(">BQ", FLOAT, order_bits(part))


def order_bits(part: float) -> int:
    """The bits of a float, arranged so that unsigned integers compare as the floats do; -0.0 is 0.0."""
    if not math.isfinite(part):  # the manifest's JSON has no infinity
        raise ValueError(f"{part!r} cannot be part of a key".replace("nan", "NaN"))
    bits: int = struct.unpack(">Q", struct.pack(">d", part + 0.0))[0]
    return bits ^ (2 * _SIGN - 1) if bits & _SIGN else bits | _SIGN


def decode_key(data: bytes) -> Key:
    """The key that `encode_key` made `data` from. ValueError at a tag it never writes."""
    parts: list[KeyPart] = []
    at = 0
    while at < len(data):
        part, at = _decode_part(data, at)
        parts.append(part)
    return tuple(parts)


def _decode_part(data: bytes, at: int) -> tuple[KeyPart, int]:
    tag = data[at]
    if tag == STR:
        return _decode_str(data, at + 1)
    if tag == BOOL:
        return bool(data[at + 1]), at + 2
    if tag in (INT, FLOAT):
        (bits,) = struct.unpack_from(">Q", data, at + 1)
        return (bits - _SIGN if tag == INT else _float_of(bits)), at + 9
    raise ValueError(f"not an encoded key: {data!r}")


def _decode_str(data: bytes, start: int) -> tuple[str, int]:
    end = data.index(b"\0", start)
    while data[end + 1 : end + 2] == b"\xff":
        end = data.index(b"\0", end + 2)
    return data[start:end].replace(b"\0\xff", b"\0").decode(), end + 1


def _float_of(bits: int) -> float:
    value: float = struct.unpack(">d", struct.pack(">Q", bits ^ _SIGN if bits & _SIGN else ~bits & (2 * _SIGN - 1)))[0]
    return value


def key_json(key: Key) -> Sequence[KeyPart]:
    """The key as a JSON list: JSON keeps 1 and 1.0 apart, so `key_from_json` gives the same key back."""
    return list(key)


def key_from_json(value: Sequence[KeyPart]) -> Key:
    return tuple(value)
