"""A build in; the same build with less time spent on looking for cycles of objects, out.

A build makes millions of small objects that go by their counts. What is there when it begins stays until its end, and
what it makes has few cycles: looked for at the usual pace they cost a fifth of a build that asks nobody.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 100_000
"""Objects that are new between two looks, where Python's own number is 700."""


@contextmanager
def rarely() -> Iterator[None]:
    """Cycles are looked for seldom, and among what is made inside alone. A pace that is slow already stays."""
    before = gc.get_threshold()
    if not 0 < before[0] < YOUNG:
        yield
        return
    gc.freeze()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
