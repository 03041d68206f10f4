"""Axes in; candidates out, each with its typed key and its axis values.

Candidate order is the spec's: first axis outermost. Where nobody can tell, they may be run in another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, cast

from runtime.tables.keys import Key, KeyPart, as_key

KeyOf = Callable[[Mapping[str, object]], Key]
"""The spec's own `key = [...]`, as a function of the axis values."""


Arrange = Callable[[Iterator["Candidate"]], Iterator["Candidate"]]
"""The same candidates, run in another order."""


@dataclass(frozen=True, slots=True)
class AxisValues:
    """One axis: `values` gives (key part, value) anew each time it is iterated; it may be endless.

    A row of another dataset adds all parts of its own key.
    """

    name: str
    values: Iterable[tuple[KeyPart | Key, object]]


class Places(Protocol):
    """Values of an axis that are reached by their place, in constant time, as a list's are."""

    def __getitem__(self, place: int, /) -> tuple[KeyPart | Key, object]: ...


@dataclass(slots=True)
class Candidate:
    """`index` is the place in candidate order, from 0. Nobody changes one; it is not frozen because that takes time."""

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
    name = last.name
    for parts, values in _product(outer):
        for part, value in last.values:
            own = (part,) if isinstance(part, str | int | float) else as_key(part)
            yield parts + own, {**values, name: value}


def nested(axes: Sequence[AxisValues], order: Sequence[str], key: KeyOf | None = None) -> Iterator[Candidate]:
    """The same candidates as `candidates` gives, with the axes nested as `order` says, outermost first.

    Streams as that does: each axis is iterated anew for every value of those around it, and must know its length.
    """
    strides = _strides(axes)
    named = {axis.name: axis for axis in axes}
    for found in _placed([named[name] for name in order]):
        index = sum(strides[name] * place for name, (place, _, _) in found.items())
        parts = tuple(part for axis in axes for part in as_key(found[axis.name][1]))
        values = {axis.name: found[axis.name][2] for axis in axes}
        yield Candidate(index, key(values) if key else parts, values)


def between(
    axes: Sequence[AxisValues],
    key: KeyOf | None,
    start: int,
    stop: int,
    order: Sequence[str] | None = None,
) -> Iterator[Candidate]:
    """The candidates from `start` up to and without `stop`, none before them made: as a slice of `candidates` gives

    them or, with `order`, of `nested`. Values of the axes are `Places`; all but the first know their length. IndexError
    where there are not so many.
    """
    lengths = {axis.name: len(axis.values) if isinstance(axis.values, Sized) else None for axis in axes}
    names = [axis.name for axis in axes]
    around = names if order is None else order
    held: dict[str, tuple[int, KeyPart | Key, object]] = {}
    for rank in range(start, stop):
        found = _digits(rank, around, lengths)
        for axis in axes:
            place = found[axis.name]
            if axis.name not in held or held[axis.name][0] != place:
                held[axis.name] = (place, *cast(Places, axis.values)[place])
        parts = tuple(part for name in names for part in as_key(held[name][1]))
        values = {name: held[name][2] for name in names}
        index = rank if order is None else _rank(found, names, lengths)
        yield Candidate(index, key(values) if key else parts, values)


def _digits(rank: int, order: Sequence[str], lengths: Mapping[str, int | None]) -> dict[str, int]:
    """The place on each axis of the candidate that is number `rank` when the axes are nested so, outermost first."""
    left, found = rank, {}
    for name in reversed(order):
        length = lengths[name]
        left, found[name] = (0, left) if length is None else divmod(left, length) if length else (left, 0)
    if left:
        raise IndexError(rank)
    return found


def _rank(found: Mapping[str, int], order: Sequence[str], lengths: Mapping[str, int | None]) -> int:
    """Which candidate has these places: the other way round."""
    rank = 0
    for name in order:
        rank = rank * (lengths[name] or 1) + found[name]
    return rank


def _strides(axes: Sequence[AxisValues]) -> dict[str, int]:
    """How far apart in candidate order two neighbours on an axis are."""
    strides, stride = {}, 1
    for axis in reversed(axes):
        assert isinstance(axis.values, Sized)
        strides[axis.name], stride = stride, stride * len(axis.values)
    return strides


def _placed(axes: Sequence[AxisValues]) -> Iterator[dict[str, tuple[int, KeyPart | Key, object]]]:
    """Each axis' place, key part and value, by its name."""
    if not axes:
        yield {}
        return
    *outer, last = axes
    for around in _placed(outer):
        for place, (part, value) in enumerate(last.values):
            yield {**around, last.name: (place, part, value)}


def count(axes: Sequence[AxisValues]) -> int | None:
    """How many candidates there are; None when an axis is endless or does not know its length."""
    total = 1
    for axis in axes:
        if not isinstance(axis.values, Sized):
            return None
        total *= len(axis.values)
    return total
