"""A Chromium for all tests of this folder, and for each a project of its own with a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import started
from tests.browser.reader import PATIENCE, Reader, reading
from tests.page.project import Reviewed, reviewed_project

POLICY = '\n[review]\nbranches = ["main"]\napprovals = 1\nflags = "read"\n'

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


def reviewed_in(folder: Path) -> Reviewed:
    """`main` takes what another person has approved, with every flagged row read."""
    reviewed = reviewed_project(folder)
    with (folder / "synth.toml").open("a") as config:
        config.write(POLICY)
    return reviewed


@pytest.fixture
def reviewed(tmp_path: Path) -> Reviewed:
    return reviewed_in(tmp_path / "project")


@pytest.fixture
def reader(browser: Browser, reviewed: Reviewed) -> Iterator[Reader]:
    with reading(browser, reviewed) as reader:
        yield reader


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    """For tests that change nothing: one project for all of a file."""
    return reviewed_in(tmp_path_factory.mktemp("looked") / "project")
