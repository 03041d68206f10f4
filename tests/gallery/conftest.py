"""A project and words of the command line in; what the command prints, out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runtime.cli import run
from tests.gallery.exhibit import Exhibit

Said = Callable[..., str]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """`said(work, "show")`: its output. The command must succeed."""

    def of(work: Exhibit, *words: str) -> str:
        monkeypatch.chdir(work.root)
        capsys.readouterr()
        assert run(words) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return of
