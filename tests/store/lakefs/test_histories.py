"""Random histories, done to a git store and to the lakeFS store: all that can be seen of both is the same."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.store.git.store import GitStore
from tests.store.histories.steps import Step, history, seeded
from tests.store.histories.world import agree
from tests.store.lakefs.live import AVAILABLE, WHY, new_store
from tests.store.lakefs.recorded import on_tape

SEEDS = (9, 24, 35, 45, 68, 79, 118, 146)
"""Histories that the two stores once answered differently."""
TRIES = int(os.environ.get("SYNTH_TEST_HISTORIES", "25"))


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    return history(lambda n: draw(st.integers(0, n - 1)))


def new_git(folder: Path) -> GitStore:
    """Its clock moves with every look at it."""
    seconds = count(1_700_000_000)
    return GitStore(folder / "store.git", folder / "shards", lambda: float(next(seconds)))


@pytest.mark.parametrize("seed", SEEDS)
def test_recorded_histories_agree(seed: int, tmp_path: Path) -> None:
    with on_tape(f"history {seed}", tmp_path) as taped:
        agree(seeded(seed), new_git(tmp_path), taped.opened())


@pytest.mark.skipif(not AVAILABLE, reason=WHY)
@settings(max_examples=TRIES, suppress_health_check=list(HealthCheck))
@given(histories())
def test_any_history_agrees(steps: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        agree(steps, new_git(Path(folder)), new_store(Path(folder)))
