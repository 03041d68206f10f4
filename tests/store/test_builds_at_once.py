"""Processes that build into one branch at the same time: every build's commit is in the line, with every row."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.config.project import Project
from runtime.store.open import project_store
from tests.store import merging
from tests.store.building import check_line, start, write_project

GIT = '[store]\nkind = "git"\npath = "../data.git"\n'
NAMES = ["north", "east", "south", "west"]


def builds_at_once(folder: Path, rounds: int, store: str) -> None:
    """`store` is the `[store]` section that all of the projects share."""
    roots = [write_project(folder / name, name, store) for name in NAMES]
    run_at_once(roots, rounds, "building")
    check_line(project_store(Project.find(roots[0])), NAMES, rounds)


def merges_at_once(folder: Path, rounds: int, store: str) -> None:
    """All branches begin at one commit of one dataset."""
    roots = [merging.write_project(folder / name, name, NAMES, store) for name in NAMES]
    run_at_once(roots[:1], 1, "building")
    shared = project_store(Project.find(roots[0]))
    for name in NAMES:
        shared.create_branch(name, shared.resolve("main"))
    run_at_once(roots, rounds, "merging")
    merging.check_merges(shared, NAMES, rounds)


def run_at_once(roots: list[Path], rounds: int, script: str) -> None:
    process = start(roots, rounds, script)
    said = process.communicate(timeout=60 + 40 * rounds)[0]
    assert not process.returncode, said


def test_builds_at_once_lose_nothing(tmp_path: Path) -> None:
    builds_at_once(tmp_path, 2, GIT)


@pytest.mark.soak
def test_eighty_builds_at_once_are_eighty_commits_in_a_line(tmp_path: Path) -> None:
    builds_at_once(tmp_path, 20, GIT)


def test_merges_of_one_dataset_at_once_lose_nothing(tmp_path: Path) -> None:
    merges_at_once(tmp_path, 1, GIT)


@pytest.mark.soak
def test_twenty_merges_of_one_dataset_at_once_lose_nothing(tmp_path: Path) -> None:
    merges_at_once(tmp_path, 5, GIT)
