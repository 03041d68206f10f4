"""Typed parts (a seed, a dataset's name, a row's key …) in; 64 bits that they alone decide, out."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from compiler.functions.plain import Truth

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""The increment and the two multipliers of splitmix64 (Steele, Lea, Flood 2014)."""


def seed_of(*parts: Any) -> int:
    """64 bits from `parts`: str, int, float, bool, None, and tuples, lists and string-keyed mappings of these.

    Every part is written with its type and length, so `("ab", "c")`, `("a", "bc")`, `(1,)`, `(1.0,)`, `("1",)` and
    `(True,)` all differ. Collisions are those of a 64-bit hash.
    """
    state = blake2b(digest_size=8)
    for part in parts:
        state.update(encode(part))
    return int.from_bytes(state.digest(), "big")


def call_seed(seed: int, dataset: str, salt: str, key: bytes, slot: tuple[str, int, int, int], attempt: int) -> int:
    """`seed_of(seed, dataset, salt, key, round, element, sample, attempt)` of an encoded `key` and a call's slot."""
    _, round_, element, sample = slot
    state = _salted_state(seed, dataset, salt).copy()
    state.update(b"%bi%d;i%d;i%d;i%d;" % (key, round_, element, sample, attempt))
    return int.from_bytes(state.digest(), "big")


@lru_cache(maxsize=1024, typed=True)
def _salted_state(seed: int, dataset: str, salt: str) -> blake2b:
    return blake2b(encode(seed) + encode(dataset) + encode(salt), digest_size=8)


def row_bits(seed: int, dataset: str, key: tuple[Any, ...]) -> int:
    """`seed_of(seed, dataset, key)`, with the state that all rows share kept from one call to the next."""
    state = _shared_state(seed, dataset).copy()
    state.update(_encode_sequence(key))
    return int.from_bytes(state.digest(), "big")


def many_row_bits(seed: int, dataset: str, keys: Iterable[tuple[Any, ...]]) -> bytes:
    """`row_bits` of each key, eight bytes each, highest first."""
    fresh, found = _shared_state(seed, dataset).copy, []
    for key in keys:
        state = fresh()
        state.update(_encode_sequence(key))
        found.append(state.digest())
    return b"".join(found)


def element_seeds(identities: Iterable[Any]) -> Iterator[int]:
    """`seed_of("element", identity)` of each."""
    fresh = blake2b(encode("element"), digest_size=8).copy
    for identity in identities:
        state = fresh()
        state.update(encode(identity))
        yield int.from_bytes(state.digest(), "big")


@lru_cache(maxsize=256, typed=True)
def _shared_state(seed: int, dataset: str) -> blake2b:
    return blake2b(encode(seed) + encode(dataset), digest_size=8)


def draw_bits(row: int, name: str) -> int:
    """The bits of the draw `name` in a row whose `row_bits` are given; those of two names are independent."""
    return mix(row ^ name_bits(name))


@lru_cache(maxsize=4096)
def name_bits(name: str) -> int:
    return seed_of("draw", name)


def encode(part: Any) -> bytes:
    """Bytes that no other part has: a letter for the type, the length where it varies, the value."""
    return _ENCODERS.get(type(part), _encode_other)(part)


def _encode_text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return b"s%d:%b" % (len(data), data)


def _encode_sequence(parts: Sequence[Any]) -> bytes:
    encoder = _ENCODERS.get
    return b"l%d:%b" % (len(parts), b"".join([encoder(type(part), _encode_other)(part) for part in parts]))


def _encode_mapping(part: Mapping[str, Any]) -> bytes:
    return b"m" + _encode_sequence([item for key in sorted(part) for item in (key, part[key])])


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    str: _encode_text,
    int: lambda part: b"i%d;" % part,
    bool: lambda part: b"t" if part else b"f",
    float: lambda part: b"d" + struct.pack(">d", part + 0.0),
    type(None): lambda _: b"n",
    tuple: _encode_sequence,
    list: _encode_sequence,
    dict: _encode_mapping,
}


def _encode_other(part: Any) -> bytes:
    """A subclass is written as what it is made of: generated text is a str."""
    if isinstance(part, Truth):
        return encode(bool(part))
    for kind in (str, int, float, tuple, list, Mapping):
        if isinstance(part, kind):
            return _ENCODERS[dict if kind is Mapping else kind](part)
    raise TypeError(f"a {type(part).__name__} cannot be part of a seed")


def mix(bits: int) -> int:
    """splitmix64's finalizer: a bijection of 64 bits in which each input bit moves half of the output bits."""
    bits = ((bits ^ (bits >> 30)) * FIRST) & MASK
    bits = ((bits ^ (bits >> 27)) * SECOND) & MASK
    return bits ^ (bits >> 31)


def derive(bits: int, index: int) -> int:
    """The `index`-th (from 0) of a stream of 64-bit numbers that starts at `bits`."""
    return mix((bits + (index + 1) * GOLDEN) & MASK)
