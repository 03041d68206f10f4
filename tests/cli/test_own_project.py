"""A spec below its own `synth.toml`, named from a folder above: that project's store, profiles and messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SPEC = """edition 1

param most: int = 9

dataset notes {
  each take in 1..most
  emit { take = take }
}
"""
CONFIG = """[engines.test]
kind = "deterministic"

[profile.small]
engine = "test"
limit = 2
params = { most = 5 }
"""


def write(folder: Path, config: str = CONFIG) -> None:
    folder.mkdir(parents=True)
    (folder / "notes.synth").write_text(SPEC)
    if config:
        (folder / "synth.toml").write_text(config)


def test_a_spec_is_built_in_the_project_that_it_lies_in(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "specs" / "notes")
    done = cli("build", "specs/notes/notes.synth", "--profile", "small")
    assert done.code == 0, done.err
    assert "2 rows kept of 2 tried" in done.out
    assert "cd specs/notes" in done.out
    assert (tmp_path / "specs" / "notes" / ".synth").is_dir()
    assert not (tmp_path / ".synth").exists()


def test_without_a_project_of_its_own_it_belongs_to_the_current_folder(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "specs" / "notes", config="")
    done = cli("build", "specs/notes/notes.synth", "--limit", "1")
    assert done.code == 0, done.err
    assert "cd " not in done.out
    assert (tmp_path / ".synth").is_dir()
    assert not (tmp_path / "specs" / "notes" / ".synth").exists()


def test_a_mistake_is_quoted_from_the_specs_own_project(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "specs" / "notes", CONFIG.replace("most = 5", 'most = "x"'))
    done = cli("plan", "specs/notes/notes.synth", "--profile", "small")
    assert done.code == 2
    assert 'params = { most = "x" }' in done.err


def test_a_configuration_that_cannot_be_read_is_quoted_where_it_lies(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text("[profile.fine]\n")
    write(tmp_path / "specs" / "notes", "[engines.test\n")
    done = cli("build", "specs/notes/notes.synth")
    assert done.code == 2
    assert "1 | [engines.test" in done.err


def test_a_command_forgets_what_the_one_before_it_read(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "specs" / "notes")
    assert cli("plan", "specs/notes/notes.synth").code == 0
    (tmp_path / "synth.toml").write_text("[nonsense\n")
    done = cli("log")
    assert "1 | [nonsense" in done.err


def test_a_spec_outside_the_current_project_has_a_project_in_its_own_folder(
    cli: Cli, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "notes"
    write(elsewhere, config="")
    done = cli("build", str(elsewhere / "notes.synth"), "--limit", "1")
    assert done.code == 0, done.err
    assert (elsewhere / ".synth").is_dir()
    assert not (tmp_path / ".synth").exists()
