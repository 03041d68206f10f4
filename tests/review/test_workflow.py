"""The GitHub workflows: parsed, held to the least that they need, and their steps run on a real project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.review.built import PAGES, Built

FOLDER = Path(__file__).parents[2] / "runtime" / "cli" / "project" / "github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))


def read(name: str) -> dict[Any, Any]:
    found = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def steps(name: str) -> list[dict[str, Any]]:
    (job,) = read(name)["jobs"].values()
    found = job["steps"]
    assert isinstance(found, list)
    return found


def script(name: str, step: str) -> str:
    (found,) = [one["run"] for one in steps(name) if one.get("name") == step]
    return str(found)


def bash(text: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, **variables, "PATH": path, "NO_COLOR": "1"}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_each_may_do_what_it_needs_and_no_more() -> None:
    assert read("dataset-diff.yml")["permissions"] == {"contents": "read"}
    assert read("dataset-diff-comment.yml")["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert read("check.yml")["permissions"] == {"contents": "read"}
    events = {file.name: list(read(file.name)[True]) for file in FILES}
    assert events == {
        "check.yml": ["push", "pull_request"],
        "dataset-diff-comment.yml": ["workflow_run"],
        "dataset-diff.yml": ["pull_request"],
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_that_a_stranger_chose_is_part_of_a_script(file: Path) -> None:
    for step in steps(file.name):
        assert "${{" not in step.get("run", "")
        assert "uses" not in step or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
        assert bash(f"bash -n <<'STEP'\n{step.get('run', '')}\nSTEP", file.parent).returncode == 0


def test_the_one_that_may_write_runs_nothing_of_the_pull_request() -> None:
    assert [step for step in steps("dataset-diff-comment.yml") if "uses" in step] == []
    (checkout,) = [step for step in steps("dataset-diff.yml") if "checkout" in step.get("uses", "")]
    assert checkout["with"] == {"ref": "${{ github.event.pull_request.base.sha }}", "persist-credentials": False}


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A repository that holds the data of two branches under refs/synth."""
    work = Built(tmp_path / "work")
    work.branch("tone")
    work.pages(**{**PAGES, "a": "ask @everyone and ping @octo-org/team"})
    work.build("tone")
    found = tmp_path / "remote.git"
    store = work.root / ".synth" / "store.git"
    subprocess.run(["git", "init", "-q", "--bare", str(found)], check=True, timeout=30)
    push = ["git", "-C", str(store), "push", "-q", str(found), "+refs/heads/*:refs/synth/heads/*"]
    subprocess.run(push, check=True, timeout=30)
    return found


def test_the_steps_make_the_comment_of_a_real_project(tmp_path: Path, remote: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "synth.toml").write_text("")
    names = {"BASE": str(remote), "HEAD": str(remote), "TARGET": "main", "BRANCH": "tone"}
    for step in ("Look for the data", "Fetch the data", "Compare"):
        done = bash(script("dataset-diff.yml", step), checkout, GITHUB_OUTPUT=str(tmp_path / "said"), **names)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "said").read_text() == "there=yes\n"
    assert bash(script("dataset-diff-comment.yml", "Write the comment"), checkout).returncode == 0
    comment = (checkout / "out" / "comment.md").read_text(encoding="utf-8")
    assert comment.startswith("<!-- synth diff -->\n")
    assert "notes" in comment and "everyone" in comment
    assert re.search(r"@\w", comment) is None


def test_a_project_whose_data_was_never_pushed_is_told_so_and_nothing_is_installed(tmp_path: Path) -> None:
    empty = tmp_path / "empty.git"
    subprocess.run(["git", "init", "-q", "--bare", str(empty)], check=True, timeout=30)
    names = {"BASE": str(empty), "HEAD": str(empty), "TARGET": "main", "BRANCH": "tone"}
    said = tmp_path / "said"
    said.touch()
    done = bash(script("dataset-diff.yml", "Look for the data"), tmp_path, GITHUB_OUTPUT=str(said), **names)
    assert done.returncode == 0, done.stderr
    assert said.read_text() == ""
    assert (tmp_path / "out" / "diff.md").read_text().startswith("Nothing to compare")
    later = [
        step for step in steps("dataset-diff.yml") if step.get("name") in ("Install synth", "Fetch the data", "Compare")
    ]
    assert [step["if"] for step in later] == ["steps.data.outputs.there == 'yes'"] * 3


def test_a_long_diff_is_cut_between_characters(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "diff.md").write_text("x" + "\u2026" * 60_000, encoding="utf-8")
    assert bash(script("dataset-diff-comment.yml", "Write the comment"), tmp_path).returncode == 0
    comment = (tmp_path / "out" / "comment.md").read_text(encoding="utf-8")
    assert len(comment) < 65_536
    assert comment.endswith("cut: `synth diff` shows all of it\n")
