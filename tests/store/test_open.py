"""Which store a project has: the one its configuration names, or a refusal, never another in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.config.project import Project
from runtime.store.open import project_store


def _project(root: Path, toml: str) -> Project:
    (root / "synth.toml").write_text(toml, encoding="utf-8")
    return Project.find(root)


def test_without_a_word_the_store_lies_in_the_state_folder(tmp_path: Path) -> None:
    assert project_store(_project(tmp_path, "")).branches() == {}
    assert (tmp_path / ".synth" / "store.git").is_dir()


def test_a_git_store_lies_where_the_configuration_says(tmp_path: Path) -> None:
    project_store(_project(tmp_path, '[store]\nkind = "git"\npath = "data.git"\n'))
    assert (tmp_path / "data.git" / "HEAD").is_file()
    assert not (tmp_path / ".synth" / "store.git").exists()


def test_a_store_that_is_not_served_yet_is_refused_at_its_place(tmp_path: Path) -> None:
    project = _project(tmp_path, '[store]\nkind = "lakefs"\nrepository = "r"\nendpoint = "http://127.0.0.1:8000"\n')
    with pytest.raises(SynthError, match="E1017") as error:
        project_store(project)
    assert error.value.diagnostics[0].span is not None
    assert not (tmp_path / ".synth").exists()
