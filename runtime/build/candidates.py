"""Axes in; candidates in the spec's order out: first axis outermost, each with its typed key and its axis values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import islice

from runtime.tables.keys import Key, KeyPart, as_key

KeyOf = Callable[[Mapping[str, object]], Key]
"""The spec's own `key = [...]`, as a function of the axis values."""


@dataclass(frozen=True, slots=True)
class AxisValues:
    """One axis: `values` gives (key part, value) anew each time it is iterated; it may be endless.

    A row of another dataset adds all parts of its own key.
    """

    name: str
    values: Iterable[tuple[KeyPart | Key, object]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """`index` is the place in candidate order, from 0."""

    index: int
    key: Key
    axes: Mapping[str, object]


def candidates(axes: Sequence[AxisValues], key: KeyOf | None = None, limit: int | None = None) -> Iterator[Candidate]:
    """Streams the product of the axes; only one row of each outer axis is held at a time."""
    rows = islice(_product(axes), limit)
    for index, (parts, values) in enumerate(rows):
        yield Candidate(index, key(values) if key else parts, values)


def _product(axes: Sequence[AxisValues]) -> Iterator[tuple[Key, dict[str, object]]]:
    if not axes:
        yield (), {}
        return
    *outer, last = axes
    for parts, values in _product(outer):
        for part, value in last.values:
            yield (*parts, *as_key(part)), {**values, last.name: value}


def count(axes: Sequence[AxisValues]) -> int | None:
    """How many candidates there are; None when an axis is endless or does not know its length."""
    total = 1
    for axis in axes:
        if not isinstance(axis.values, Sized):
            return None
        total *= len(axis.values)
    return total
