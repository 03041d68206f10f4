"""Lists in; elements, shorter lists and facts about lists out. Every method skips elements that are null.

Element expressions arrive as Python functions of one element, or as `aligned` ones of an element and its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from compiler.functions.canonical import identity
from compiler.functions.declare import function, method
from compiler.functions.elements import Elements, Expression, Value, chosen, evaluate, pairs, with_score
from compiler.functions.plain import plain
from compiler.functions.text import str_

Values = Sequence[Value]


def _itself(value: Value) -> Value:
    return value


@method("T[]", "-> T?", "[3, 1].first == 3", bare=True)
def list_first(values: Values) -> Value:
    """The first element; null when there is none."""
    return next((value for value, _ in pairs(values)), None)


@method("T[]", "-> T?", "[3, 1].last == 1", bare=True)
def list_last(values: Values) -> Value:
    """The last element; null when there is none."""
    return next((value for value in reversed(values) if value is not None), None)


@method("T[]", "cond: each bool = it -> bool", "[1, 5].any(it > 4)", bare=True)
def list_any(values: Values, cond: Expression | None = None) -> bool:
    """Whether the condition holds for an element; without one, whether there is an element other than `false`."""
    return any(_holds(cond, value, place) for value, place in pairs(values))


@method("T[]", "cond: each bool = it -> bool", "[1, 5].all(it > 0)", bare=True)
def list_all(values: Values, cond: Expression | None = None) -> bool:
    """Whether the condition holds for every element; without one, whether none is `false`."""
    return all(_holds(cond, value, place) for value, place in pairs(values))


@method("T[]", "cond: each bool = it -> bool", "[1, 5].none(it > 9)", bare=True)
def list_none(values: Values, cond: Expression | None = None) -> bool:
    """Whether the condition holds for no element; without one, whether there is no element other than `false`."""
    return not list_any(values, cond)


def _holds(cond: Expression | None, value: Value, place: int) -> bool:
    return plain(value) is not False if cond is None else bool(evaluate(cond, value, place))


@method("T[]", "cond: each bool = true -> int", "[1, 5, 7].count(it > 4) == 2", bare=True)
def list_count(values: Values, cond: Expression | None = None) -> int:
    """For how many elements the condition holds; without one, how many elements there are."""
    return sum(1 for value, place in pairs(values) if cond is None or evaluate(cond, value, place))


@method("T[]", "cond: each bool -> T[]", "[1, 5, 7].where(it > 4) == [5, 7]")
def list_where(values: Values, cond: Expression) -> Elements:
    """The elements for which the condition holds."""
    return chosen([(value, place) for value, place in pairs(values) if evaluate(cond, value, place)])


@method("T[]", "value: each U -> U[]", "[1, 5].map(it * 2) == [2, 10]")
def list_map(values: Values, value: Expression) -> Elements:
    """The value of an expression for every element."""
    return chosen([(evaluate(value, element, place), place) for element, place in pairs(values)])


@method("T[]", "by: each any = it -> T[]", "[1, 7, 5].rank(by = it) == [7, 5, 1]")
def list_rank(values: Values, by: Expression = _itself) -> Elements:
    """All elements, highest `by` first, each with its `.score`; equal ones keep their order, those without go last."""
    scored = [(evaluate(by, value, place), value, place) for value, place in pairs(values)]
    scored.sort(key=lambda item: (item[0] is not None, item[0]), reverse=True)
    return chosen([(with_score(value, score), place) for score, value, place in scored])


@method("T[]", "n: int, by: each any = it -> T[]", "[1, 7, 5].top(2, by = it) == [7, 5]")
def list_top(values: Values, n: int, by: Expression = _itself) -> Elements:
    """The n elements with the highest `by`, highest first, each with its `.score`."""
    ranked = list_rank(values, by)
    return Elements(ranked[: max(n, 0)], ranked.places[: max(n, 0)])


@method("T[]", "by: each any = it -> T?", "[1, 7, 5].best(by = it) == 7")
def list_best(values: Values, by: Expression = _itself) -> Value:
    """The element with the highest `by`, the earliest of equals, with its `.score`; null when there is none."""
    return list_first(list_rank(values, by))


@method("T[]", "by: each any = it -> T[]", "[5, 1, 7].sort() == [1, 5, 7]")
def list_sort(values: Values, by: Expression = _itself) -> Elements:
    """All elements, lowest `by` first; equal ones keep their order, those without one go last."""
    keyed = [(evaluate(by, value, place), value, place) for value, place in pairs(values)]
    keyed.sort(key=lambda item: (item[0] is None, item[0]))
    return chosen([(value, place) for _, value, place in keyed])


@method("T[]", "-> T[]", "[1, 2].reverse == [2, 1]", bare=True)
def list_reverse(values: Values) -> Elements:
    """The elements in the opposite order."""
    return chosen(list(pairs(values))[::-1])


@method("T[]", "by: each any = it -> T?", '["a", "b", "a"].majority() == "a"')
def list_majority(values: Values, by: Expression = _itself) -> Value:
    """The element whose `by` occurs most often, the earliest of equals; null when there is none."""
    keys = [(identity(evaluate(by, value, place)), value) for value, place in pairs(values)]
    counts = Counter(key for key, _ in keys)
    return max(keys, key=lambda item: counts[item[0]], default=(None, None))[1]


@method("T[]", "by: each any = it -> T[]", "[1, 5, 1].unique() == [1, 5]")
def list_unique(values: Values, by: Expression = _itself) -> Elements:
    """The first element of each `by`."""
    first: dict[object, tuple[Value, int]] = {}
    for value, place in pairs(values):
        first.setdefault(identity(evaluate(by, value, place)), (value, place))
    return chosen(list(first.values()))


@method("T[][]", "-> T[]", "[[1], [2, 3]].flat == [1, 2, 3]", bare=True)
def list_flat(values: Sequence[Values]) -> list[Value]:
    """The elements of all inner lists, as one list."""
    return [value for inner, _ in pairs(values) for value, _ in pairs(inner)]


@method("T[]", 'between: str = "" -> str', '["a", "b"].join(", ") == "a, b"')
def list_join(values: Values, between: str = "") -> str:
    """The elements as one text, with `between` between them."""
    return between.join(str_(value) for value, _ in pairs(values))


@method("T[]", "by: each float = it -> float", "[1, 2].sum() == 3", bare=True)
def list_sum(values: Values, by: Expression = _itself) -> float:
    """The sum of `by`; 0 for an empty list."""
    return sum(_numbers(values, by))


@method("T[]", "by: each float = it -> float?", "[1, 2].mean() == 1.5", bare=True)
def list_mean(values: Values, by: Expression = _itself) -> float | None:
    """The mean of `by`; null for an empty list."""
    numbers = _numbers(values, by)
    return sum(numbers) / len(numbers) if numbers else None


@method("T[]", "by: each any = it -> T?", "[5, 1, 7].min() == 1", bare=True)
def list_min(values: Values, by: Expression = _itself) -> Value:
    """The element with the lowest `by`, the earliest of equals; null when there is none."""
    return list_first(list_sort(values, by))


@method("T[]", "by: each any = it -> T?", "[5, 1, 7].max() == 7", bare=True)
def list_max(values: Values, by: Expression = _itself) -> Value:
    """The element with the highest `by`, the earliest of equals; null when there is none."""
    return list_best(values, by)


def _numbers(values: Values, by: Expression) -> list[float]:
    found = (evaluate(by, value, place) for value, place in pairs(values))
    return [number for number in found if number is not None]


@method("T[]", "value: T -> bool", "[1, 5].contains(5)")
def list_contains(values: Values, value: Value) -> bool:
    """Whether an element equals `value`."""
    wanted = identity(value)
    return any(identity(element) == wanted for element, _ in pairs(values))


@method("T[]", "other: T[] -> bool", "[1, 2].same_as([2, 1])")
def list_same_as(values: Values, other: Values) -> bool:
    """Whether two lists hold the same elements, each as often, in any order."""
    return Counter(identity(v) for v, _ in pairs(values)) == Counter(identity(v) for v, _ in pairs(other))


@function("*lists: any[] -> any[]", "zip([1, 2], [3, 4]) == [[1, 3], [2, 4]]")
def zip_(*lists: Any) -> list[list[Value]] | None:
    """The first elements of all lists, then the second ones, as far as the shortest goes."""
    return None if None in lists else [list(group) for group in zip(*lists, strict=False)]
