"""Folders for the time of a build: short, and none is left for long."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runtime.executor.scratch import scratch


def test_what_a_killed_build_left_is_removed_and_what_a_running_one_has_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.executor.scratch.LONGEST", 1_000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left, other = tmp_path / f"synth-runs-{ended.pid}-x", tmp_path / f"synth-ray-{ended.pid}-x"
    mine = tmp_path / f"synth-runs-{os.getpid()}-x"
    for folder in (left, other, mine):
        folder.mkdir()
    found = scratch("runs")
    assert found.is_dir() and not left.exists()
    assert other.exists() and mine.exists()


def test_a_socket_s_path_stays_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("deep" * 20)))
    found = scratch("ray")
    assert len(str(found)) < 45
    found.rmdir()
