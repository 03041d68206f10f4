"""Whether a build waited for its server or for itself is measured, and said where more processes would help."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.build import local
from runtime.build.progress import Progress
from runtime.cli.build import bound
from runtime.engines.deterministic import DeterministicEngine
from tests.acceptance.workshop import Workshop
from tests.executor.specs import SPECS, inputs


def test_a_process_that_had_no_time_to_wait_is_told_of_with_the_way_out() -> None:
    busy = Progress("qa", busy=0.97)
    assert bound(busy, 4) == "this process was busy 97% of the time: --workers 4 makes the rows in less"
    assert "--workers 8 " in bound(busy, 64)
    assert bound(busy, 1) == ""
    assert bound(Progress("qa", busy=0.6), 4) == ""


def test_a_build_that_waits_for_its_server_is_not_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Workshop(tmp_path).write(SPECS["plain"], {}, **inputs(5))
    slow = DeterministicEngine(concurrency=8, delay=0.1)
    assert work.made(slow).progress.busy == 0.0  # it was over before anybody asked
    monkeypatch.setattr(local, "LONG", 0.0)
    work.edit("You answer from the text.", "You answer from this text.")
    assert 0.0 < work.made(slow).progress.busy < 0.5
