"""A placement and many rows' 64 bits in; which elements each row draws, out: as the placement says row by row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from runtime.sampling.hashing import FIRST, SECOND
from runtime.sampling.rendezvous import CLOSE, Placement, Rendezvous
from runtime.sampling.vector import PROBES, Ring, VectorRendezvous, Words, costs_of, mixed

Places = npt.NDArray[np.intp]
CELLS = 1 << 15
"""Scores that are computed at once: a quarter of a megabyte, which a core's own cache holds."""
_FIRST, _SHIFT, _SECOND = np.uint64(FIRST), np.uint64(32), np.uint64(SECOND)


def firsts(placement: Placement, bits: Words) -> Places:
    """`placement.first` of each."""
    found = np.empty(len(bits), np.intp)
    for rows in _parts(len(bits), _width(placement)):
        found[rows] = _first(placement, bits[rows])
    return found


def orders(placement: Placement, bits: Words, counts: npt.NDArray[np.int64]) -> list[list[int]]:
    """`placement.order` of each, for its own count."""
    if isinstance(placement, Ring):
        return [placement.order(word, count) for word, count in zip(bits.tolist(), counts.tolist(), strict=True)]
    found: list[list[int]] = []
    most = int(counts.max(initial=0))
    for rows in _parts(len(bits), _width(placement)):
        ordered = _ordered(placement, bits[rows], most).tolist()
        found += [places[:count] for places, count in zip(ordered, counts[rows].tolist(), strict=True)]
    return found


def _first(placement: Placement, bits: Words) -> Places:
    if isinstance(placement, Ring):
        return placement.owners[_nearest(placement, bits)].astype(np.intp)
    hashes, rates = _known(placement)
    return _scores(hashes, bits).argmin(axis=1) if rates is None else _ordered(placement, bits, 1)[:, 0]


def _nearest(ring: Ring, bits: Words) -> Places:
    """The point of the ring that each row's probes hit upon."""
    probes = mixed(bits[:, None] + ring.steps)
    found = ring.points.searchsorted(probes)
    found[found == len(ring.points)] = 0
    nearest = (ring.points[found] - probes).argmin(axis=1)
    return np.take_along_axis(found, nearest[:, None], axis=1)[:, 0]


def _ordered(placement: Placement, bits: Words, count: int) -> Places:
    """The lowest `count` of each row, lowest first."""
    hashes, rates = _known(placement)
    scores = _scores(hashes, bits)
    if rates is None:
        return _lowest(scores, count)
    costs = costs_of(scores, rates)
    found = _lowest(costs, count + 1)
    ranked = np.take_along_axis(costs, found, axis=1)
    close = (ranked[:, 1:] - ranked[:, :-1] <= CLOSE * ranked[:, 1:]).any(axis=1)
    found = found[:, :count]
    for row in np.flatnonzero(close).tolist():
        found[row] = placement.order(int(bits[row]), count)
    return found


def _lowest(values: npt.NDArray[np.generic], count: int) -> Places:
    """Of each row the places of its `count` lowest values, lowest first; of equal ones the first."""
    width = values.shape[1]
    if count >= width or width <= 16:
        return np.argsort(values, axis=1, kind="stable")[:, :count]
    near = np.sort(np.argpartition(values, count, axis=1)[:, :count], axis=1)
    order = np.argsort(np.take_along_axis(values, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)


def _scores(hashes: Words, bits: Words) -> Words:
    """`rendezvous.score` of each row and element."""
    work = hashes ^ bits[:, None]
    work *= _FIRST
    half = work >> _SHIFT
    work ^= half
    work *= _SECOND
    return work


def _known(placement: Placement) -> tuple[Words, npt.NDArray[np.float64] | None]:
    if isinstance(placement, VectorRendezvous):
        return placement.hashes, placement.rates
    assert isinstance(placement, Rendezvous)
    rates = None if placement.rates is None else np.array(placement.rates, np.float64)
    return np.array(placement.elements, np.uint64), rates


def _width(placement: Placement) -> int:
    return PROBES if isinstance(placement, Ring) else len(_known(placement)[0])


def _parts(count: int, width: int) -> Iterator[slice]:
    step = max(1, CELLS // max(1, width))
    return (slice(start, start + step) for start in range(0, count, step))
