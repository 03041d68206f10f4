"""Which store a project has: the one its configuration names, or a refusal, never another in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.config.project import Project
from runtime.store.lakefs.credentials import ACCESS, ENDPOINT, SECRET
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


def test_a_lakefs_store_without_keys_says_where_keys_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ENDPOINT, *ACCESS, *SECRET):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    project = _project(tmp_path, '[store]\nkind = "lakefs"\nendpoint = "http://127.0.0.1:8000"\n')
    with pytest.raises(SynthError, match="E1043") as error:
        project_store(project)
    assert error.value.diagnostics[0].span is not None
    assert "LAKEFS_ACCESS_KEY_ID" in str(error.value.diagnostics[0].help)
    assert not (tmp_path / ".synth").exists()


def test_a_lakefs_store_without_its_sdk_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.store.lakefs.open.PACKAGE", "lakefs_sdk_that_is_not_there")
    with pytest.raises(SynthError, match="E1055") as error:
        project_store(_project(tmp_path, '[store]\nkind = "lakefs"\n'))
    assert error.value.diagnostics[0].help == "pip install 'PATH/TO/synth[lakefs]'"
