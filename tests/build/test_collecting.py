"""Cycles of objects are looked for seldom inside a build, and as before behind it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from runtime.build.collecting import YOUNG, rarely


@pytest.fixture(autouse=True)
def usual_pace() -> Iterator[None]:
    """The pace of a process of its own: the tests run at a slower one, which a build leaves alone."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    gc.unfreeze()
    yield
    gc.freeze()
    gc.set_threshold(*before)


def test_a_build_leaves_the_collector_as_it_found_it() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(KeyError), rarely():
        assert gc.get_threshold()[0] >= YOUNG
        assert gc.get_freeze_count() > frozen
        with rarely():
            pass
        raise KeyError
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)


def test_cycles_made_in_a_build_are_still_found() -> None:
    class Held:
        pass

    import weakref

    with rarely():
        one = Held()
        one.self = one  # type: ignore[attr-defined]
        gone = weakref.ref(one)
        del one
        alive = [[number] for number in range(3 * YOUNG)]
        assert alive
        assert gone() is None
