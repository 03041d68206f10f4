"""An array of 64-bit words in; an integer, a uniform or a normal number for each out, to the bit as `numbers` gives it.

The same operations in the same order; each of them IEEE 754 rounds alike wherever it is done.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from runtime.sampling import numbers
from runtime.sampling.vector import Words

Floats = npt.NDArray[np.float64]
_ELEVEN, _HALF, _LOWER = np.uint64(11), np.uint64(32), np.uint64(2**32 - 1)
_INT64 = range(-(2**63), 2**63)


def units(bits: Words) -> Floats:
    return (bits >> _ELEVEN).astype(np.float64) * 2.0**-53


def integers(bits: Words, low: int, high: int) -> npt.NDArray[Any]:
    """The upper half of a product of 128 bits, from its halves; of ranges beyond 32 bits one after the other."""
    span = high - low + 1
    if not 0 <= span <= 2**32 or low not in _INT64 or high not in _INT64:
        return np.array([numbers.integer(word, low, high) for word in bits.tolist()], object)
    width = np.uint64(span)
    upper = (bits >> _HALF) * width + ((bits & _LOWER) * width >> _HALF)
    return (upper >> _HALF).astype(np.int64) + low


def normals(bits: Words, mu: float, sigma: float) -> Floats:
    return mu + sigma * _quantiles(((bits >> _ELEVEN).astype(np.float64) + 0.5) * 2.0**-53)


def _quantiles(p: Floats) -> Floats:
    q = p - 0.5
    found = np.empty_like(p)
    centre = np.abs(q) <= 0.425
    r = 0.180625 - q[centre] * q[centre]
    found[centre] = q[centre] * numbers.ratio(r, numbers.CENTRE)
    outer = ~centre
    r = np.sqrt(-_logs(np.minimum(p[outer], 1.0 - p[outer])))
    tail = r > 5.0
    value = np.where(tail, numbers.ratio(r - 5.0, numbers.TAIL), numbers.ratio(r - 1.6, numbers.MIDDLE))
    found[outer] = np.where(q[outer] < 0.0, -value, value)
    return found


def _logs(values: Floats) -> Floats:
    mantissa, exponent = np.frexp(values)
    small = mantissa < 0.7071067811865476
    mantissa, exponent = np.where(small, mantissa * 2.0, mantissa), exponent - small
    return exponent * numbers.LN2 + numbers.twice_atanh((mantissa - 1.0) / (mantissa + 1.0))
