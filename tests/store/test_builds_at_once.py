"""Processes that build into one branch at the same time: every build's commit is in the line, with every row."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.config.project import Project
from runtime.store.open import project_store
from tests.store.building import check_line, start, write_project

GIT = '[store]\nkind = "git"\npath = "../data.git"\n'
NAMES = ["north", "east", "south", "west"]


def builds_at_once(folder: Path, rounds: int, store: str) -> None:
    """`store` is the `[store]` section that all of the projects share."""
    roots = [write_project(folder / name, name, store) for name in NAMES]
    processes = [start(root, name, rounds) for root, name in zip(roots, NAMES, strict=True)]
    said = [process.communicate(timeout=60 + 20 * rounds)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(NAMES), "\n".join(said)
    check_line(project_store(Project.find(roots[0])), NAMES, rounds)


def test_builds_at_once_lose_nothing(tmp_path: Path) -> None:
    builds_at_once(tmp_path, 2, GIT)


@pytest.mark.soak
def test_eighty_builds_at_once_are_eighty_commits_in_a_line(tmp_path: Path) -> None:
    builds_at_once(tmp_path, 20, GIT)
