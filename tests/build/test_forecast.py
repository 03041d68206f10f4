"""What a plan foretells: reuse exactly, new calls as a range that the build keeps to, and their cost."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from compiler.analysis import analyse
from runtime.build.build import Build, Options, build, foresee
from runtime.build.dry import Forecast
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.sources.catalog import ProjectCatalog

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("python_qa.synth", "inputs", "fixtures"):
        source = SPECS / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path)
    return tmp_path


def _plan(root: Path) -> Forecast:
    project = Project.find(root)
    engine = DeterministicEngine()
    with Session(project, project.config.profile(), engine) as session:
        analysis = analyse("python_qa.synth", ProjectCatalog(root), upto="lower")
        [made] = asyncio.run(foresee(analysis, session, Options("main"), session.store.head("main")))
    assert engine.calls == 0, "a plan makes no call"
    return made


def _build(root: Path) -> Build:
    project = Project.find(root)
    with Session(project, project.config.profile(), DeterministicEngine(concurrency=1)) as session:
        analysis = analyse("python_qa.synth", ProjectCatalog(root), upto="lower")
        return build(analysis, session, Options("main"))


def test_a_first_plan_knows_no_cost_and_an_unchanged_one_has_nothing_to_do(root: Path) -> None:
    first = _plan(root)
    assert (first.how, first.reused, first.low) == ("run", 0, 4 * 12)
    assert first.expected_tokens is None
    _build(root)
    assert _plan(root).how == "unchanged"


def test_after_an_edit_reuse_is_exact_and_new_calls_stay_within_the_bounds(root: Path) -> None:
    before = _build(root)
    spec = root / "python_qa.synth"
    spec.write_text(spec.read_text().replace("one or two sentences", "one short sentence"))
    foretold = _plan(root)
    attempted = before.datasets[0].manifest.counts.attempted
    assert foretold.cells["question"].low == 0
    assert foretold.cells["question"].reused >= attempted
    assert foretold.expected_tokens is not None
    assert foretold.expected_seconds is not None
    made = _build(root).datasets[0].progress
    assert foretold.low <= made.fresh <= foretold.worst
