"""A folder of its own in; the command line, run in this process, and what it printed and exited with, out."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runtime.cli import run
from tests.diff.builder import Builder
from tests.diff.story import after, before

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """One command: its exit code, and what stood on stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ran]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("check", "a.synth")` in an empty folder, 80 columns wide and without colour."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def ran(*arguments: str, stdin: str | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        code = run(arguments)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return ran


@pytest.fixture
def project(cli: Cli, tmp_path: Path) -> Path:
    """What `synth new` makes, in the current folder."""
    assert cli("new", ".").code == 0
    return tmp_path


@pytest.fixture
def history(tmp_path: Path, cli: Cli) -> Builder:
    """A store with two commits of the dataset `qa` on main, made by the real table writer."""
    builder = Builder(tmp_path / ".synth")
    builder.commit("main", qa=before())
    builder.commit("main", qa=after())
    return builder
