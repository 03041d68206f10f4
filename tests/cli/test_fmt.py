"""`synth fmt`: writes the style, or tells what it would write; leaves alone what it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

LOOSE = "edition 1\n\n\n\nparam  a : int=3   # three\n"
TIDY = "edition 1\n\nparam a: int = 3  # three\n"


@pytest.fixture
def loose(tmp_path: Path, cli: Cli) -> Path:
    file = tmp_path / "a.synth"
    file.write_text(LOOSE)
    return file


def test_formatting_writes_and_says_what_it_wrote(cli: Cli, loose: Path) -> None:
    done = cli("fmt")
    assert done.code == 0
    assert done.out == "formatted a.synth\n1 of 1 spec formatted\n"
    assert loose.read_text() == TIDY
    assert cli("fmt").out == "1 spec in the house style\n"


def test_checking_writes_nothing_and_exits_1(cli: Cli, loose: Path) -> None:
    done = cli("fmt", "--check")
    assert (done.code, done.out) == (1, "would format a.synth\n")
    assert loose.read_text() == LOOSE


def test_the_difference_is_a_patch(cli: Cli, loose: Path) -> None:
    done = cli("fmt", "--diff", "a.synth")
    assert done.code == 1
    assert "-param  a : int=3   # three" in done.out
    assert "+param a: int = 3  # three" in done.out
    assert loose.read_text() == LOOSE


def test_stdin_goes_to_stdout(cli: Cli) -> None:
    assert cli("fmt", "-", stdin=LOOSE).out == TIDY
    assert cli("fmt", "-", stdin=TIDY).out == TIDY
    assert cli("fmt", "-", "--check", stdin=LOOSE).code == 1


def test_a_broken_spec_is_not_touched_and_the_others_are_written(cli: Cli, loose: Path, tmp_path: Path) -> None:
    broken = tmp_path / "b.synth"
    broken.write_text("edition 1\nparam = 3\n")
    done = cli("fmt")
    assert done.code == 2
    assert "b.synth:2:" in done.err
    assert broken.read_text() == "edition 1\nparam = 3\n"
    assert loose.read_text() == TIDY


def test_file_modes_stay(cli: Cli, loose: Path) -> None:
    loose.chmod(0o640)
    cli("fmt")
    assert loose.stat().st_mode & 0o777 == 0o640
