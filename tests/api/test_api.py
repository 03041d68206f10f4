"""The Python API: the same objects as the command line, in a script and in a notebook."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

import synth
from dsl.diagnostics import SynthError

SPECS = Path(__file__).parents[2] / "specs"
SETTINGS = '[engines.made_up]\nkind = "deterministic"\n\n[profile.default]\nengine = "made_up"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("python_qa.synth", "inputs", "fixtures"):
        source = SPECS / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path)
    (tmp_path / "synth.toml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_build_load_query_and_diff(project: Path) -> None:
    assert synth.check("python_qa.synth") == ()
    first = synth.build("python_qa.synth", params={"takes": 1})
    assert first.commit is not None
    frame = synth.load("python_qa@main")
    assert frame.shape[0] == first.datasets[0].manifest.counts.kept == 12
    assert synth.sql("select count(*) from python_qa").rows() == [(12,)]
    synth.build("python_qa.synth", params={"takes": 2}, message="twice")
    changed = synth.diff("python_qa", "main~1", "main")
    [of] = changed.datasets
    assert "takes" in {cause.name for cause in of.causes}
    assert all(row.state == "added" for row in changed.rows(only="added"))


def test_in_a_notebook_a_build_runs_although_a_loop_does(project: Path) -> None:
    async def cell() -> Any:
        return synth.build("python_qa.synth", limit=5)

    assert asyncio.run(cell()).datasets[0].manifest.counts.attempted == 5


def test_a_mistake_is_raised_with_its_diagnostics(project: Path) -> None:
    with pytest.raises(SynthError, match="E0720"):
        synth.build("python_qa.synth", params={"takse": 1})
    assert [found.code for found in synth.check("python_qa.synth")] == []
