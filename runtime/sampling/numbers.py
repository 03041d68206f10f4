"""64 bits in; an integer, a uniform or a normal number out, to the last bit the same on every machine.

Only operations that IEEE 754 rounds correctly are used (+ - * / sqrt): a C library's `log` may differ in the last bit.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

Real = TypeVar("Real", bound=Any)
"""A float, or an array of them: what is done to one is done to each."""
LN2 = 0.6931471805599453
_TERMS = tuple(1.0 / odd for odd in range(35, 0, -2))


def unit(bits: int) -> float:
    """A multiple of 2**-53 in [0, 1)."""
    return (bits >> 11) * 2.0**-53


def integer(bits: int, low: int, high: int) -> int:
    """`low` to `high`, both included; no value is likelier than another by more than (high - low) / 2**64."""
    return low + (bits * (high - low + 1) >> 64)


def uniform(bits: int, low: float, high: float) -> float:
    return low + (high - low) * unit(bits)


def normal(bits: int, mu: float, sigma: float) -> float:
    """The inverse of the normal distribution function at the middle of `bits`' cell of 2**-53."""
    return mu + sigma * normal_quantile(((bits >> 11) + 0.5) * 2.0**-53)


def log(value: float) -> float:
    """The natural logarithm of a positive `value`, to about 2 units in the last place."""
    mantissa, exponent = math.frexp(value)
    if mantissa < 0.7071067811865476:
        mantissa, exponent = mantissa * 2.0, exponent - 1
    return exponent * LN2 + twice_atanh((mantissa - 1.0) / (mantissa + 1.0))


def neg_log1m(value: float) -> float:
    """-log(1 - value) for 0 <= value < 1, precise where `value` is small."""
    return twice_atanh(value / (2.0 - value)) if value < 0.5 else -log(1.0 - value)


def twice_atanh(t: Real) -> Real:
    """2 atanh(t) for |t| <= 1/3 by its Taylor series; what is cut off is below 2**-57 of it."""
    square: Real = t * t
    total: Real = square * 0.0
    for term in _TERMS:
        total = total * square + term
    found: Real = t * 2.0 * total
    return found


def normal_quantile(p: float) -> float:
    """Wichura's algorithm AS 241 (PPND16, 1988): the standard normal quantile, relative error about 1e-16."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * ratio(r, CENTRE)
    r = math.sqrt(-log(min(p, 1.0 - p)))
    value = ratio(r - 1.6, MIDDLE) if r <= 5.0 else ratio(r - 5.0, TAIL)
    return -value if q < 0.0 else value


_Ratio = tuple[tuple[float, ...], tuple[float, ...]]


def ratio(r: Real, coefficients: _Ratio) -> Real:
    numerator: Real = r * 0.0
    denominator: Real = r * 0.0
    for above, below in zip(*coefficients, strict=True):
        numerator, denominator = numerator * r + above, denominator * r + below
    found: Real = numerator / denominator
    return found


# Numerator and denominator, highest power first, as published.
CENTRE: _Ratio = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
MIDDLE: _Ratio = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
TAIL: _Ratio = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)
