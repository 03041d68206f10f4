"""What a test says that a judge gives, in; the verdict with all that a real one would say besides, out."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.program.values import Points, Step, Verdict


def truth(value: object) -> Verdict:
    """A test that says true or false says so without doubt."""
    return Verdict(value, 1.0 if value else 0.0)


def step(value: int) -> Step:
    found = Step(value)
    found.p, found.mean = 1.0, float(value)
    return found


def points(worths: Sequence[int], total: int) -> Points:
    """The first questions whose points make up the total; where none do, the first question gave all of it."""
    found = Points(total)
    found.points = _making(worths, total) or [total, *[0] * (len(worths) - 1)]
    return found


def _making(worths: Sequence[int], total: int) -> list[int] | None:
    if not worths:
        return [] if total == 0 else None
    for given in (worths[0], 0):
        rest = _making(worths[1:], total - given)
        if rest is not None:
            return [given, *rest]
    return None
