"""A list in; what is made for each of its elements, at the same time and each at its own place, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from compiler.functions.elements import Elements, aligned, evaluate, pairs, places_of
from runtime.program.outcome import Dropped, TooLong
from runtime.program.trace import BITS, place_of

if TYPE_CHECKING:
    from runtime.program.row import Row

TOO_LONG = f"goes through more elements than calls can be told apart by: {1 << BITS:,} in a list, three lists deep"
Together = Callable[[Sequence[Callable[[], Any]]], list[Any]]


class Place(int):
    """Where a `for` stands: an element's number, as seeds and events have it. Outside of any, it is a plain 0."""

    def __new__(cls, outer: int, place: int) -> Place:
        number = (outer << BITS) | place
        if place >> BITS or number >> WIDTH:
            raise TooLong
        return super().__new__(cls, number)


WIDTH = 63
"""Bits of an element's number: it is a column of the calls table."""


@contextmanager
def in_order(row: Row) -> Iterator[None]:
    """What is recorded here stands in the order of cells, elements, samples and attempts, whichever was answered first.

    Lists in lists are put in order when the outermost one is there.
    """
    if row.parallel:
        yield
        return
    start = len(row.events)
    row.parallel = True
    try:
        yield
    finally:
        row.parallel = False
        row.events[start:] = sorted(row.events[start:], key=place_of)


def declared(
    row: Row, name: str | None, values: Sequence[Any] | None, body: Callable[[Place, Any], Any], outer: int
) -> Elements | None:
    """As `each`; with a name the list is what the statement of that name makes, and drops the row if it cannot."""
    try:
        made = each(row.together, values, body, outer)
    except TooLong as fault:
        if name is None:
            raise
        step = f"run {name}" if f"run {name}" in row.stage.steps else f"gen {name}"
        raise Dropped(step, TOO_LONG, (name,)) from fault
    if name is not None:
        row.values[name] = made
    return made


def each(
    together: Together, values: Sequence[Any] | None, body: Callable[[Place, Any], Any], outer: int
) -> Elements | None:
    """The body's values, beside the elements they were made for. Null stays null, without a call."""
    if values is None:
        return None
    places = places_of(values)
    parts = [
        partial(_null if value is None else body, Place(outer, place), value)
        for value, place in zip(values, places, strict=True)
    ]
    return Elements(together(parts), places)


def expression_of(values: Sequence[Any] | None, given: Sequence[Any]) -> list[Callable[[], Any]]:
    """A list method's expression, the one function among its arguments, for each element that is not null."""
    expression = next(argument for argument in given if callable(argument) or isinstance(argument, aligned))
    return [partial(evaluate, expression, value, place) for value, place in pairs(values or ())]


def elements(values: Sequence[Any] | None) -> Iterator[tuple[int, Any]]:
    """(place, element) of every element that is not null."""
    if values is None:
        return
    for value, place in zip(values, places_of(values), strict=True):
        if value is not None:
            yield place, value


def groups_of(values: Sequence[Any] | None) -> list[Any] | None:
    """The groups that `zip` makes, with null for one that has nothing but nulls in it."""
    if values is None:
        return None
    return [group if group is not None and any(member is not None for member in group) else None for group in values]


def _null(at: Place, value: Any) -> None:
    return None
