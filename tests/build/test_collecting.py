"""Cycles of objects are looked for seldom inside a build, and as before behind it."""

from __future__ import annotations

import gc

import pytest

from runtime.build.collecting import YOUNG, rarely


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
