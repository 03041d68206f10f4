"""A Chromium for all tests of this folder, and for each a project of its own with a pull request."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import started
from tests.browser.reader import PATIENCE, Reader, reading
from tests.page.project import Reviewed, reviewed_project

POLICY = '\n[review]\nbranches = ["main"]\napprovals = 1\nflags = "read"\n'
FIGURE = "figure"

expect.set_options(timeout=PATIENCE)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured is said at the end, from whichever process measured it."""
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()):
            if name == FIGURE and report.when == "call":
                terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    """Built once. `main` takes what another person has approved, with every flagged row read."""
    reviewed = reviewed_project(tmp_path_factory.mktemp("original") / "project")
    with (reviewed.root / "synth.toml").open("a") as config:
        config.write(POLICY)
    return reviewed


@pytest.fixture
def reviewed(original: Reviewed, tmp_path: Path) -> Reviewed:
    """A copy of one's own."""
    shutil.copytree(original.root, tmp_path / "project", symlinks=True)
    return replace(original, root=tmp_path / "project")


@pytest.fixture
def reader(browser: Browser, reviewed: Reviewed) -> Iterator[Reader]:
    with reading(browser, reviewed) as reader:
        yield reader


@pytest.fixture(scope="module")
def looked_at(original: Reviewed, tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    """For tests that change nothing: one copy for all of a file."""
    folder = tmp_path_factory.mktemp("looked") / "project"
    shutil.copytree(original.root, folder, symlinks=True)
    return replace(original, root=folder)
