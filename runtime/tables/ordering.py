"""Encoded keys in; the order in which they sort out: as numbers where few bytes tell them apart, else as bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORD = 8


def order_of(keys: pa.Array) -> pa.Array:
    """Indices that sort the keys; equal ones stay in their order where they are of one length."""
    words = _words(keys)
    return pc.sort_indices(keys) if words is None else pa.array(np.argsort(words, kind="stable"))


def _words(keys: pa.Array) -> np.ndarray[Any, np.dtype[np.uint64]] | None:
    """Keys of one length that differ within eight bytes, behind those that all begin with: these, as numbers."""
    if len(keys) < 2 or keys.null_count:
        return None
    ends = np.frombuffer(keys.buffers()[1], np.int32)[keys.offset : keys.offset + len(keys) + 1]
    width = int(ends[1] - ends[0])
    if not (np.diff(ends) == width).all():
        return None
    bounds = pc.min_max(keys).as_py()
    pairs = enumerate(zip(bounds["min"], bounds["max"], strict=True))
    same = next((place for place, (low, high) in pairs if low != high), width)
    if width - same > WORD:
        return None
    body = np.frombuffer(keys.buffers()[2], np.uint8)[ends[0] : ends[-1]].reshape(len(keys), width)
    words = np.zeros((len(keys), WORD), np.uint8)
    words[:, WORD - width + same :] = body[:, same:]
    return words.view(">u8").ravel().astype(np.uint64)
