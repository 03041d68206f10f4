"""Whether a build waited for its server or for itself is measured, and said where more processes would help."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.build import estimate, local
from runtime.build.progress import Progress
from runtime.cli.workers import after, before
from runtime.engines.deterministic import DeterministicEngine
from runtime.journal import Journal
from tests.acceptance.workshop import Workshop
from tests.executor.specs import SPECS, inputs


def test_a_process_that_had_no_time_to_wait_is_told_of_with_the_way_out() -> None:
    assert after(0.97, 4) == "this process was busy 97% of the time: --workers 4 makes the rows in less"
    assert "--workers 8 " in after(0.97, 64)
    assert after(0.97, 1) == after(0.6, 4) == ""


def test_a_plan_says_so_of_a_long_build_only(tmp_path: Path) -> None:
    assert before(0.97, 600, 4) == "The last such build was busy 97% of the time: --workers 4 makes the rows in less."
    assert before(0.97, 5, 4) == before(0.97, None, 4) == before(0.6, 600, 4) == before(0.97, 600, 1) == ""


def test_how_busy_a_long_build_was_is_known_to_the_next_plan(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        assert estimate.busy(journal, ["a"]) == 0.0
        estimate.remember(journal, ["b", "a"], Progress("qa", fresh=100, prompt_tokens=1, busy=0.9), 20)
        estimate.remember(journal, ["a", "b"], Progress("qa", fresh=100, prompt_tokens=1), 2)
        assert estimate.busy(journal, ["a", "b"]) == 0.9 and estimate.busy(journal, ["a"]) == 0.0
        assert estimate.seconds_per_token(journal, ["b", "a"]) == 2


def test_a_build_that_waits_for_its_server_is_not_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Workshop(tmp_path).write(SPECS["plain"], {}, **inputs(5))
    slow = DeterministicEngine(concurrency=8, delay=0.1)
    assert work.made(slow).progress.busy == 0.0  # it was over before anybody asked
    monkeypatch.setattr(local, "LONG", 0.0)
    work.edit("You answer from the text.", "You answer from this text.")
    assert 0.0 < work.made(slow).progress.busy < 0.5
