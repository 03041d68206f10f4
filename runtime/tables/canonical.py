"""Plain values in; the one sequence of bytes that stands for them, and its digest, out."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import orjson

DIGEST_BYTES = 16


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON, keys sorted, no spaces. Equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(parts: Iterable[bytes]) -> str:
    """Hex of a 128-bit digest over length-prefixed parts, so that no two sequences of parts run together."""
    state = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.hexdigest()
