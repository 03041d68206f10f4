"""Two columns of one type, row beside row, in; in which rows their values differ, out. Nothing becomes a Python value.

The same answer as `values.same`: null equals null and NaN equals NaN; -0.0 is 0.0, but not inside a list or record.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Flags = np.ndarray[Any, np.dtype[np.bool_]]


def distinct(before: pa.Array, after: pa.Array, *, inside: bool = False) -> Flags:
    """`inside` a list or record, numbers compare as they are written."""
    there = _valid(before), _valid(after)
    both = there[0] & there[1]
    return np.asarray((there[0] != there[1]) | (both & _differ(before, after, both, inside)))


def _valid(values: pa.Array) -> Flags:
    return np.asarray(values.is_valid().to_numpy(zero_copy_only=False))


def _differ(before: pa.Array, after: pa.Array, both: Flags, inside: bool) -> Flags:
    """Where either is null, anything."""
    if pa.types.is_list(before.type):
        return _lists(before, after, both)
    if pa.types.is_struct(before.type):
        fields = [distinct(before.field(n), after.field(n), inside=True) for n in range(before.type.num_fields)]
        return np.asarray(np.logical_or.reduce(fields)) if fields else np.zeros(len(before), np.bool_)
    unequal = np.asarray(pc.fill_null(pc.not_equal(before, after), False).to_numpy(zero_copy_only=False))
    return _floats(before, after, unequal, inside) if pa.types.is_floating(before.type) else unequal


def _floats(before: pa.Array, after: pa.Array, unequal: Flags, inside: bool) -> Flags:
    old, new = (pc.fill_null(side, 0.0).to_numpy(zero_copy_only=False) for side in (before, after))
    found = np.asarray(unequal & ~(np.isnan(old) & np.isnan(new)))
    return np.asarray(found | ((np.signbit(old) != np.signbit(new)) & (old == new))) if inside else found


def _lists(before: pa.Array, after: pa.Array, both: Flags) -> Flags:
    old, new = (pc.fill_null(pc.list_value_length(side), 0).to_numpy() for side in (before, after))
    alike = both & (old == new)
    inner = distinct(before.filter(alike).flatten(), after.filter(alike).flatten(), inside=True)
    ends = np.cumsum(old[alike], dtype=np.int64)
    found = np.concatenate([[0], np.cumsum(inner, dtype=np.int64)])
    differ = np.asarray(old != new)
    differ[alike] = found[ends] > found[ends - old[alike]]
    return differ
