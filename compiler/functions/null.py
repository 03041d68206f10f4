"""Operands that may be null in; the operator's result, or null, out. Printed programs import this module as `ops`.

Access to null and an operation on null give null, and so does a division by zero. `and` and `or` know what null cannot
change (`false and null` is false).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

Operation = Callable[[Any, Any], Any]


def _lifted(operation: Operation) -> Operation:
    def lifted(left: Any, right: Any) -> Any:
        return None if left is None or right is None else operation(left, right)

    lifted.__name__ = operation.__name__
    lifted.__doc__ = f"`{operation.__name__}`, null when an operand is null."
    return lifted


add, sub, mul = _lifted(operator.add), _lifted(operator.sub), _lifted(operator.mul)
eq, ne = _lifted(operator.eq), _lifted(operator.ne)
lt, le, gt, ge = (_lifted(operation) for operation in (operator.lt, operator.le, operator.gt, operator.ge))


def div(left: float | None, right: float | None) -> float | None:
    """Division; null by zero."""
    return None if left is None or not right else left / right


def mod(left: float | None, right: float | None) -> float | None:
    """The rest of a division; null by zero."""
    return None if left is None or not right else left % right


def neg(value: float | None) -> float | None:
    return None if value is None else -value


def not_(value: object) -> bool | None:
    return None if value is None else not value


def and_(left: object, right: Callable[[], object]) -> object:
    """`right` is evaluated only when `left` leaves it open."""
    if left is not None and not left:
        return left
    other = right()
    if other is not None and not other:
        return other
    return None if left is None else other


def or_(left: object, right: Callable[[], object]) -> object:
    """`right` is evaluated only when `left` leaves it open."""
    return left if left else _either(left, right())


def _either(left: object, right: object) -> object:
    if right:
        return right
    return None if left is None or right is None else right


def within(value: Any, low: Any, high: Any) -> bool | None:
    """`value in low..high`"""
    return None if value is None or low is None or high is None else bool(low <= value <= high)


def isin(value: object, values: Any) -> bool | None:
    """`value in values`, for a list, a map's keys or a part of a text."""
    return None if value is None or values is None else value in values


def get(record: Mapping[str, Any] | None, field: str) -> Any:
    """`record.field`; null for a null record and for a field that an open record lacks."""
    return None if record is None else record.get(field)
