"""A strategy or a range of seeds in; one of the slices that ten thousand of them are tried in out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

NUMBER = int(os.environ.get("SYNTH_PROPERTIES", "10000"))
SLICES = 40
EACH = -(-NUMBER // SLICES)
Drawn = TypeVar("Drawn")

in_slices = pytest.mark.parametrize("number", range(SLICES))


def seeds(number: int) -> range:
    return range(number * EACH, min(NUMBER, (number + 1) * EACH))


def tried_on(number: int, strategy: SearchStrategy[Drawn], check: Callable[[Drawn], None]) -> None:
    """Checks the slice's share of what the strategy makes; the same in each run."""

    @seed(number)
    @settings(
        max_examples=len(seeds(number)),
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(drawn: Drawn) -> None:
        check(drawn)

    run()


def for_seeds(number: int, check: Callable[[int], None]) -> None:
    """Checks each seed of the slice; a failure says which one it was."""
    for one in seeds(number):
        try:
            check(one)
        except BaseException as error:
            error.add_note(f"seed {one}")
            raise
