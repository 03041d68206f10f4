"""A journal of the embedded engine, replayed: the same root at any concurrency, and not one call."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.engines.protocol import Engine
from tests.acceptance.replay import Recording, SilentEngine, project
from tests.acceptance.workshop import Workshop, root_of


def replayed(folder: Path, concurrency: int, wanted: int) -> tuple[Workshop, str]:
    recording = Recording.read()
    engine: Engine = SilentEngine(recording, concurrency)
    work = project(folder)
    work.fill(recording.effects())
    return work, root_of(work.made(engine, params={"wanted": wanted}))


@pytest.mark.parametrize("wanted", [1000, 3])
def test_the_root_does_not_depend_on_concurrency(tmp_path: Path, wanted: int) -> None:
    roots = {replayed(tmp_path / str(number), number, wanted)[1] for number in (1, 4, 16)}
    assert len(roots) == 1


def test_the_recording_is_of_a_real_model_that_kept_and_dropped(tmp_path: Path) -> None:
    work, _ = replayed(tmp_path, 4, 1000)
    counts = work.at("asked").manifest.counts
    assert counts.attempted == 12 and 0 < counts.kept < 12
    calls = work.rows("asked", "calls")
    assert all(call["model"] == Recording.read().identity for call in calls if call["call"])
    assert all(call["logprob"] < 0 for call in calls if call["kind"] == "gen" and call["text"])
