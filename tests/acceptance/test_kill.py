"""A build that is killed at any moment costs no answer that came back, no row, and never half a commit."""

from __future__ import annotations

import random
import time
from pathlib import Path
from shutil import copytree

import pytest

from tests.acceptance.command import Command, start
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.workshop import Workshop

SLOW = {"delay": 0.002, "jitter": 0.006, "concurrency": 4}
AFTER_LAST = 0.25
"""Seconds after the last answer within which a build writes its shards and commits."""


def edited(folder: Path) -> Workshop:
    """A project with one commit, whose next build runs everything anew."""
    work = Workshop(folder).write(QA, SLOW, pages=pages(12), readers=readers(3))
    assert start(work.root, "build", "spec.synth").wait() == 0
    work.edit("You write one question", "You write a single question")
    return work


def build(work: Workshop) -> Command:
    return start(work.root, "build", "spec.synth")


def kill_at(command: Command, answers: int, total: int, chance: random.Random) -> None:
    """After so many answers; from `total` on, within the time that writing and committing take."""
    command.until(min(answers, total))
    if answers >= total:
        time.sleep(chance.uniform(0, AFTER_LAST))
    command.kill()


def copied(work: Workshop, to: Path) -> Workshop:
    copytree(work.root, to)
    return Workshop(to)


def killed(tmp_path: Path, times: int, seed: int) -> None:
    """Each time a fresh copy is killed, looked at, and built to its end."""
    work, chance = edited(tmp_path / "work"), random.Random(seed)
    calm = copied(work, tmp_path / "calm")
    whole = build(calm)
    assert whole.wait() == 0
    total, wanted, old = len(whole.calls("got")), calm.at("qa").manifest.root, work.head
    assert total > 50
    for number in range(times):
        hurt = copied(work, tmp_path / f"hurt{number}")
        first = build(hurt)
        kill_at(first, chance.randrange(total + total // 4), total, chance)
        check_after_kill(hurt, old, wanted)
        stored = hurt.answered()
        second = build(hurt)
        assert second.wait() == 0, second.err
        assert stored.isdisjoint(second.calls()), "an answer that was stored was asked for again"
        assert hurt.answered() == calm.answered()
        assert hurt.at("qa").manifest.root == wanted
        hurt.check_whole()


def check_after_kill(hurt: Workshop, old: str | None, wanted: str) -> None:
    """The branch is at the old commit, or at a new one that has all of the undisturbed build."""
    if hurt.head != old:
        assert hurt.at("qa").manifest.root == wanted
    hurt.check_whole()


def test_some_kills(tmp_path: Path) -> None:
    killed(tmp_path, 8, seed=1)


@pytest.mark.soak
def test_two_hundred_kills(tmp_path: Path) -> None:
    killed(tmp_path, 200, seed=2)


def test_a_build_that_is_killed_again_and_again_asks_nothing_twice(tmp_path: Path) -> None:
    """Kills follow each other with no undisturbed build in between; every build gets further."""
    work = edited(tmp_path / "work")
    for _ in range(3):
        stored = work.answered()
        command = build(work)
        command.until(16)
        command.kill()
        assert stored.isdisjoint(command.calls())
        assert len(work.answered()) > len(stored)
    last = build(work)
    assert last.wait() == 0, last.err
    assert work.at("qa").manifest.counts.attempted == 24
