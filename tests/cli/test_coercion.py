"""Plain values of options are read without the library that typer checks values with; all others go to typer."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.cli import MISTAKE, run


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["log", "-n", "many"], "Invalid value for '-n'"),
        (["log", "-n", "0"], "greater than or equal to 1"),
        (["diff", "--format", "nothing"], "Invalid value for '--format'"),
    ],
)
def test_what_is_no_plain_value_is_refused_in_typers_words(
    typed: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(typed) == MISTAKE
    assert told in capsys.readouterr().err
