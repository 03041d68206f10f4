"""A list in; the same list with what each element keeps of its origin (its place, its score) out.

Values produced by a `gen` are plain lists; an element's identity is then its index. `where`, `top`, `rank`, `unique`,
`sort` and slices give `Elements`, which remember the index each element had, so that a list made `for` the elements
still finds its own: `drafts.where(trials.failed == 0)` lowers to

    fn.list_where(drafts, fn.aligned(lambda it, place: fn.own(trials, place)["failed"] == 0))

`rank`, `top` and `best` give elements with a `score`: records, texts, numbers … of a subclass that carries it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any

from compiler.functions.plain import Truth

Value = Any
Keep = Callable[[Value], Any]


class Elements(list[Value]):
    """A list whose elements know the index they had in the list they come from."""

    __slots__ = ("places",)

    def __init__(self, values: Sequence[Value] = (), places: Sequence[int] = ()) -> None:
        super().__init__(values)
        self.places = tuple(places)


class aligned:  # noqa: N801 (reads as a function in lowered programs)
    """Marks an element expression of two arguments: the element and its place in the original list."""

    __slots__ = ("expression",)

    def __init__(self, expression: Callable[[Value, int], Any]) -> None:
        self.expression = expression


Expression = Keep | aligned


def places_of(values: Sequence[Value]) -> Sequence[int]:
    return values.places if isinstance(values, Elements) else range(len(values))


def pairs(values: Sequence[Value]) -> Iterator[tuple[Value, int]]:
    """Every element that is not null, with its place."""
    return ((value, place) for value, place in zip(values, places_of(values), strict=True) if value is not None)


def evaluate(expression: Expression, value: Value, place: int) -> Any:
    return expression.expression(value, place) if isinstance(expression, aligned) else expression(value)


def own(values: Sequence[Value] | None, place: int) -> Value:
    """The element of an aligned list that stands beside the element with this place; null if there is none."""
    if values is None:
        return None
    if not isinstance(values, Elements):
        return values[place] if 0 <= place < len(values) else None
    return values[values.places.index(place)] if place in values.places else None


def chosen(kept: Sequence[tuple[Value, int]]) -> Elements:
    return Elements([value for value, _ in kept], [place for _, place in kept])


class _MarkedText(str):
    score: Any
    support: Any


class _MarkedRecord(dict[str, Value]):
    score: Any
    support: Any


class _MarkedInt(int):
    score: Any
    support: Any


class _MarkedFloat(float):
    score: Any
    support: Any


class _MarkedList(Elements):
    score: Any
    support: Any


def with_score(value: Value, score: Any) -> Value:
    """An equal value that carries `score` and whatever the original carried (a generated text keeps its meta)."""
    return _marked(value, "score", score)


def with_support(value: Value, support: float | None) -> Value:
    """An equal value that carries its support across samples, and whatever the original carried."""
    return _marked(value, "support", support)


def _marked(value: Value, name: str, mark: Any) -> Value:
    if value is None:
        return value
    new = _MARKED.get(type(value))
    marked = copy(value) if new is None else new(value)
    setattr(marked, name, mark)
    return marked


_MARKED: dict[type, Callable[[Value], Value]] = {
    bool: Truth,
    str: _MarkedText,
    dict: _MarkedRecord,
    int: _MarkedInt,
    float: _MarkedFloat,
    list: lambda value: _MarkedList(value, range(len(value))),
    Elements: lambda value: _MarkedList(value, value.places),
}


def score(value: Value) -> Any:
    """The score an element was ranked by; null for one that never was."""
    return getattr(value, "score", None)


def support(value: Value) -> Any:
    """The share of the other samples that agree with a claim; null for what `consistency` never saw."""
    return getattr(value, "support", None)


def logprob(value: Any) -> float | None:
    """The mean log-probability per token of a generated value; null for one that no model wrote."""
    return getattr(getattr(value, "meta", None), "logprob", None)


def reasoning(value: Any) -> str | None:
    """What a model thought aloud before it wrote the value; null where it did not, or where no model wrote it."""
    return getattr(getattr(value, "meta", None), "reasoning", None)


def index(values: Any, key: Any) -> Value:
    """`values[key]` of a list, text or map; null where there is nothing. Negative indices count from the end.

    Of data under a schema only its row knows what it is: what has no such element gives null as well.
    """
    if isinstance(values, dict) and isinstance(key, str | int):
        return values.get(key)
    if not isinstance(values, list | str) or not isinstance(key, int):
        return None
    return values[key] if -len(values) <= key < len(values) else None


def cut(values: Any, low: int | None, high: int | None) -> Any:
    """`values[low..high]` of a list or text: both ends included; a negative end counts from the end."""
    if values is None:
        return None
    stop = None if high is None or high == -1 else high + 1
    taken = slice(low, stop)
    return (
        chosen(list(zip(values, places_of(values), strict=True))[taken]) if isinstance(values, list) else values[taken]
    )
