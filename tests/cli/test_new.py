"""`synth new`: a project that is right as it stands, and never written over what is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_a_new_project_checks_formats_and_compiles_as_it_stands(cli: Cli, project: Path) -> None:
    assert cli("check").out == "1 spec checked, no mistake\n"
    assert cli("fmt", "--check").code == 0
    assert cli("lint").code == 0
    assert cli("compile", "specs/questions.synth").code == 0


def test_a_new_project_has_all_that_its_readme_speaks_of(project: Path) -> None:
    found = {file.relative_to(project).as_posix() for file in project.rglob("*") if file.is_file()}
    assert found == {
        ".gitignore",
        ".editorconfig",
        ".vscode/extensions.json",
        ".vscode/settings.json",
        ".github/workflows/check.yml",
        ".github/workflows/dataset-diff.yml",
        ".github/workflows/dataset-diff-comment.yml",
        "README.md",
        "requirements.txt",
        "synth.toml",
        "specs/questions.synth",
        "specs/inputs/facts.jsonl",
    }


def test_a_new_project_passes_its_own_test(cli: Cli, project: Path) -> None:
    assert cli("test").code == 0


@pytest.mark.live
def test_a_new_project_builds_with_the_embedded_model(cli: Cli, project: Path) -> None:
    built = cli("build", "specs/questions.synth", "-p", "wanted=1", "--json")
    assert built.code == 0, built.err
    (row,) = cli("sql", "--json", "from questions").json
    assert row["messages"][0]["content"].startswith(row["word"])


def test_a_folder_with_files_is_left_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = cli("new", ".")
    assert refused.code == 2
    assert "E1102" in refused.err
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    assert "`data` is a file" in cli("new", "data").err


def test_a_folder_that_cannot_be_made_is_a_mistake_and_no_bug(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    refused = cli("new", "data/inner")
    assert refused.code == 2
    assert "E1104" in refused.err


def test_the_next_steps_name_the_folder(cli: Cli) -> None:
    assert f"cd {os.path.join('a', 'b')}" in cli("new", "a/b").out  # noqa: PTH118 - as a shell writes it
