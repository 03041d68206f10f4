"""Numbers in; numbers out. Every function is total: what has no answer is null."""

from __future__ import annotations

import math
from typing import Any

from compiler.functions.declare import function


@function("number: T -> T", "abs(-2) == 2")
def abs_(number: float) -> float:
    """The number without its sign."""
    return number if number >= 0 else -number


@function("number: float, digits: int = 0 -> float", "round(2.345, 1) == 2.3")
def round_(number: float, digits: int = 0) -> float:
    """The number rounded to so many digits after the point; a half goes to the even neighbour."""
    return round(number, digits)


@function("number: float -> int", "floor(2.7) == 2")
def floor(number: float) -> int | None:
    """The whole number at or below."""
    return math.floor(number) if math.isfinite(number) else None


@function("number: float -> int", "ceil(2.1) == 3")
def ceil(number: float) -> int | None:
    """The whole number at or above."""
    return math.ceil(number) if math.isfinite(number) else None


@function("number: float -> float?", "sqrt(9) == 3.0")
def sqrt(number: float) -> float | None:
    """The square root; null for a negative number."""
    return math.sqrt(number) if number >= 0 else None


@function("number: float -> float?", "log(1) == 0.0")
def log(number: float) -> float | None:
    """The natural logarithm; null for what is not above zero."""
    return math.log(number) if number > 0 else None


@function("*values: T -> T", "min(3, 1, 2) == 1")
def min_(*values: Any) -> Any:
    """The lowest of the values; null if any is null."""
    return None if None in values or not values else min(values)


@function("*values: T -> T", "max(3, 1, 2) == 3")
def max_(*values: Any) -> Any:
    """The highest of the values; null if any is null."""
    return None if None in values or not values else max(values)


@function("text: str -> float?", 'number("1,234.5") == 1234.5', method=True)
def number(text: str) -> float | None:
    """The number that the text is, with or without `,` between thousands; null when it is none."""
    try:
        value = float(text.strip().replace(",", "").replace("_", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


@function("value: T?, otherwise: T -> T", "default(null, 3) == 3", nulls=True)
def default(value: Any, otherwise: Any) -> Any:
    """The value, or `otherwise` when it is null."""
    return otherwise if value is None else value
