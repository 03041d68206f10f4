"""A build that stops for the world's reasons goes on where it was; what anyone answered once is not asked again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import copytree

import pytest

from dsl.diagnostics import SynthError
from runtime.engines.deterministic import DeterministicEngine
from tests.acceptance.command import start
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.workshop import Workshop, root_of

SLOW = {"delay": 0.002, "jitter": 0.006, "concurrency": 4}


def project(folder: Path, settings: Mapping[str, object] | None = None) -> Workshop:
    return Workshop(folder).write(QA, settings, pages=pages(8), readers=readers(3))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The root of an undisturbed build."""
    return root_of(project(tmp_path_factory.mktemp("calm")).made())


@pytest.mark.parametrize("down", [1, 2, 17, 40])
def test_an_engine_that_is_down_stops_the_build_and_costs_no_row(tmp_path: Path, calm: str, down: int) -> None:
    work = project(tmp_path)
    with pytest.raises(SynthError) as stopped:
        work.build(DeterministicEngine(concurrency=4, unavailable_from=down))
    assert [found.code for found in stopped.value.diagnostics] == ["E0904"]
    assert work.head is None and len(work.answered()) <= down - 1
    engine, stored = DeterministicEngine(), work.answered()
    assert root_of(work.made(engine)) == calm
    assert engine.calls == len(work.answered()) - len(stored)


def test_one_answer_503_among_many_stops_the_build(tmp_path: Path, calm: str) -> None:
    """It is not taken for an answer that fails its type, which would be asked again or drop the row."""
    work = project(tmp_path)
    with pytest.raises(SynthError) as stopped:
        work.build(DeterministicEngine(concurrency=4, unavailable_at=(9,)))
    assert stopped.value.diagnostics[0].code == "E0904"
    assert root_of(work.made()) == calm


def test_the_command_says_how_to_go_on_when_the_engine_is_down(tmp_path: Path, calm: str) -> None:
    work = project(tmp_path / "a", {"unavailable_from": 20, "concurrency": 4})
    command = start(work.root, "build", "spec.synth")
    assert command.wait() == 2
    assert "E0904" in command.err and "go" in command.err and "Traceback" not in command.err
    project(work.root)
    assert start(work.root, "build", "spec.synth").wait() == 0
    assert work.at("qa").manifest.root == calm


@pytest.mark.parametrize("answers", [0, 10])
def test_ctrl_c_stops_cleanly_and_the_next_build_goes_on(tmp_path: Path, calm: str, answers: int) -> None:
    work = project(tmp_path / "a", {**SLOW, "delay": 0.02})
    command = start(work.root, "build", "spec.synth")
    command.until(max(1, answers))
    assert command.process.pid is not None
    os.kill(command.process.pid, signal.SIGINT)
    assert command.wait() == 130
    assert "run the same command again" in command.err
    assert "Traceback" not in command.err and "never awaited" not in command.err
    stored = work.answered()
    again = start(work.root, "build", "spec.synth")
    assert again.wait() == 0 and stored.isdisjoint(again.calls())
    assert work.at("qa").manifest.root == calm


def test_a_fresh_clone_fills_its_journal_from_the_branch(tmp_path: Path) -> None:
    """The clone has the branch and no journal; a changed filter runs every candidate again, and asks nothing."""
    work = project(tmp_path / "a")
    work.build()
    clone = tmp_path / "b"
    copytree(work.root, clone, ignore=lambda *_: [".synth"])
    (clone / ".synth").mkdir()
    git = ["git", "clone", "-q", "--bare", str(work.state / "store.git"), str(clone / ".synth" / "store.git")]
    subprocess.run(git, check=True, capture_output=True)
    theirs = Workshop(clone)
    assert theirs.made().how == "unchanged"
    theirs.edit("filter sound(answer)", "filter words(answer) > 2 and sound(answer)")
    engine = DeterministicEngine()
    made = theirs.made(engine)
    assert made.how == "ran" and engine.calls == 0 and made.progress.reused >= 3 * 15


def test_two_processes_that_build_at_once_share_their_calls(tmp_path: Path, calm: str) -> None:
    work = project(tmp_path / "a", SLOW)
    both = [start(work.root, "build", "spec.synth") for _ in range(2)]
    codes = sorted(command.wait() for command in both)
    asked = [key for command in both for key in command.calls()]
    assert codes[0] == 0 and "Traceback" not in both[0].err + both[1].err, (codes, both[0].err, both[1].err)
    assert len(asked) == len(set(asked)), "two processes asked the same"
    assert set(asked) == work.answered()
    assert work.at("qa").manifest.root == calm
    work.check_whole()
    assert codes == [0, 0], both[0].err + both[1].err
