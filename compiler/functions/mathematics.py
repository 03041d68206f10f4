"""Two answers in; whether they are the same mathematics out.

What is rational is compared exactly. The rest is compared as functions of its unknowns: at a few fixed points, to 90
digits. Nothing is simplified, so nothing can run away; numbers beyond what an answer ever holds are not decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from compiler.functions.declare import function
from compiler.functions.formula import parse
from compiler.functions.formula_tree import Apply, Formula, Group, Node, NoFormula, Number, Symbol

PRECISION, CLOSE = 120, 90
"""Digits that are computed with, and that must agree."""
BITS = 20_000
"""A rational number with more is not computed exactly."""
LARGEST = 10**6
"""An exponent beyond this is not computed at all."""
POINTS = 5
RELATIONS = ("=", "<", "<=")


class Undecided(ArithmeticError):
    """A value that is not computed, or that there is not."""


@function("answer: str, expected: str -> bool?", 'math_equal("\\\\frac{1}{2}", "0.5")')
def math_equal(answer: str, expected: str) -> bool | None:
    """Whether two formulas, plain or in LaTeX, are equal as mathematics and not as texts.

    `1/2`, `0.5` and `50%` are equal, and so are `(x + 1)^2` and `x^2 + 2x + 1`; sets in any order; `x = 5` and `5`;
    `5 cm` and `5`, but not `5 cm` and `5 m`. Null where a text is no formula, unless both are the same text. No text is
    ever run as code.
    """
    if "".join(answer.split()) == "".join(expected.split()):
        return True
    try:
        return _same(parse(answer), parse(expected))
    except (NoFormula, Undecided):
        return None


def _same(left: Formula, right: Formula) -> bool:
    if left.unit is not None and right.unit is not None and left.unit != right.unit:
        return False
    return _nodes(*_solved(left.node, right.node))


def _solved(left: Node, right: Node) -> tuple[Node, Node]:
    """`x = 5` beside `5` is what x is."""
    if _is_solution(left) and not _is_relation(right):
        return left.operands[1], right  # type: ignore[union-attr]
    if _is_solution(right) and not _is_relation(left):
        return left, right.operands[1]  # type: ignore[union-attr]
    return left, right


def _is_relation(node: Node) -> bool:
    return isinstance(node, Apply) and node.operator in RELATIONS


def _is_solution(node: Node) -> bool:
    return isinstance(node, Apply) and node.operator == "=" and isinstance(node.operands[0], Symbol)


def _nodes(left: Node, right: Node) -> bool:
    if isinstance(left, Group) or isinstance(right, Group):
        return isinstance(left, Group) and isinstance(right, Group) and _groups(left, right)
    if _is_relation(left) or _is_relation(right):
        return _relations(left, right)
    return _equal(left, right)


def _groups(left: Group, right: Group) -> bool:
    if (left.open, left.close, len(left.items)) != (right.open, right.close, len(right.items)):
        return False
    if left.open != "{":
        return all(_nodes(one, other) for one, other in zip(left.items, right.items, strict=True))
    open_items = list(right.items)
    for item in left.items:
        found = next((other for other in open_items if _nodes(item, other)), None)
        if found is None:
            return False
        open_items.remove(found)
    return True


def _relations(left: Node, right: Node) -> bool:
    """Two equations or inequalities: their sides' differences are in one ratio everywhere."""
    if not (isinstance(left, Apply) and isinstance(right, Apply)) or left.operator != right.operator:
        return False
    one, other = (Apply("+", (node.operands[0], Apply("-", (node.operands[1],)))) for node in (left, right))
    values = [(a, b) for a, b in _values(one, other) if a or b]
    if not values:
        raise Undecided
    first, second = values[0]
    if not first or not second or (left.operator != "=" and _mp().re(first / second) < 0):
        return False
    return all(_close(a * second, b * first) for a, b in values)


# --- equality ---


def _equal(left: Node, right: Node) -> bool:
    try:
        return _exact(left) == _exact(right)
    except Undecided:
        return all(_close(one, other) for one, other in _values(left, right))


def _exact(node: Node) -> Fraction:
    """The rational number that a formula is; Undecided for one that is not, or is too long."""
    if isinstance(node, Number):
        return node.value
    if not isinstance(node, Apply) or node.operator not in _RATIONAL:
        raise Undecided
    found = _RATIONAL[node.operator](*map(_exact, node.operands))
    if found.numerator.bit_length() + found.denominator.bit_length() > BITS:
        raise Undecided
    return found


def _divided(left: Fraction, right: Fraction) -> Fraction:
    if not right:
        raise Undecided
    return left / right


def _raised(base: Fraction, exponent: Fraction) -> Fraction:
    size = max(base.numerator.bit_length(), base.denominator.bit_length(), 1)
    if exponent.denominator != 1 or size * abs(exponent) > BITS or (not base and exponent < 0):
        raise Undecided
    return base ** int(exponent)


_RATIONAL: Mapping[str, Callable[..., Fraction]] = {
    "+": lambda left, right: left + right,
    "-": lambda operand: -operand,
    "*": lambda left, right: left * right,
    "/": _divided,
    "frac": _divided,
    "^": _raised,
    "abs": abs,
}


# --- at points ---


@lru_cache(maxsize=1)
def _mp() -> Any:
    import mpmath

    context = mpmath.mp.clone()
    context.dps = PRECISION
    return context


def _values(left: Node, right: Node) -> Iterator[tuple[Any, Any]]:
    """Both sides at the points where both have a value; Undecided where there is no such point."""
    names = sorted({*_names(left), *_names(right)})
    some = False
    for number in range(POINTS if names else 1):
        point = {name: _coordinate(name, number) for name in names}
        try:
            values = _at(left, point), _at(right, point)
        except Undecided:
            continue
        some = True
        yield values
    if not some:
        raise Undecided


def _names(node: Node) -> Iterator[str]:
    if isinstance(node, Symbol) and node.name not in ("pi", "e", "i", "oo"):
        yield node.name
    for part in node.operands if isinstance(node, Apply) else node.items if isinstance(node, Group) else ():
        yield from _names(part)


def _coordinate(name: str, number: int) -> Any:
    """Between 1/2 and 3, every other one below zero: the same for the same name, and like no other's."""
    digest = blake2b(f"{name}:{number}".encode(), digest_size=16).digest()
    share = _mp().mpf(int.from_bytes(digest, "big")) / 2**128
    return (0.5 + 2.5 * share) * (-1) ** number


def _close(left: Any, right: Any) -> bool:
    mp = _mp()
    if mp.isinf(left) or mp.isinf(right):
        return bool(left == right)
    return bool(abs(left - right) <= mp.mpf(10) ** -CLOSE * max(1, abs(left), abs(right)))


def _at(node: Node, point: Mapping[str, Any]) -> Any:
    mp = _mp()
    if isinstance(node, Number):
        return mp.mpf(node.value.numerator) / node.value.denominator
    if isinstance(node, Symbol):
        constants = {"pi": mp.pi, "e": mp.e, "i": mp.mpc(0, 1), "oo": mp.inf}
        return point[node.name] if node.name in point else +constants[node.name]
    if isinstance(node, Group) or node.operator in RELATIONS:
        raise Undecided
    try:
        found = _FUNCTIONS[node.operator](*(_at(operand, point) for operand in node.operands))
    except (ArithmeticError, ValueError) as error:
        raise Undecided from error
    if mp.isnan(found):
        raise Undecided
    return found


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > LARGEST or _mp().isinf(base):
        raise Undecided
    return _mp().power(base, exponent)


def _factorial(value: Any) -> Any:
    if value != int(_mp().re(value)) or not 0 <= value <= 1000:
        raise Undecided
    return _mp().factorial(value)


def _log(value: Any, base: Any = 10) -> Any:
    return _mp().log(value) / _mp().log(base)


def _named(name: str) -> Callable[[Any], Any]:
    """A function of mpmath, for arguments that are not absurd."""

    def applied(value: Any) -> Any:
        if abs(value) > LARGEST:
            raise Undecided
        return getattr(_mp(), name)(value)

    return applied


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda operand: -operand,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "frac": lambda left, right: left / right,
    "^": _power,
    "!": _factorial,
    "log": _log,
    "abs": abs,
    "sqrt": lambda value: _mp().sqrt(value),
    "ln": lambda value: _mp().log(value),
    **{name: _named(name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan")},
    **{name: _named(name) for name in ("sinh", "cosh", "tanh", "exp", "floor", "ceil")},
}
