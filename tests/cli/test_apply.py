"""`synth diff --format patch` and `synth apply`: a change carried to another branch, as a file or by a pipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

pytestmark = pytest.mark.usefixtures("history")


@pytest.fixture
def patch(cli: Cli, tmp_path: Path) -> Path:
    """What the last commit did; and a branch `trial` at the one before."""
    file = tmp_path / "last.patch"
    file.write_text(cli("diff", "--format", "patch").out, encoding="utf-8")
    assert cli("branch", "trial", "HEAD~1").code == 0
    return file


def test_a_patch_brings_a_branch_to_the_other_version(cli: Cli, patch: Path) -> None:
    done = cli("apply", str(patch), "--branch", "trial", "-m", "As on main")
    assert done.code == 0
    assert "qa: +2 −2 ~7" in done.out
    assert "hold the same data" in cli("diff", "main..trial").out
    assert "As on main" in cli("log", "trial").out


def test_a_check_says_what_would_be_done(cli: Cli, patch: Path) -> None:
    done = cli("apply", "last.patch", "--branch", "trial", "--check")
    assert (done.code, done.out) == (0, "the patch fits, and would change trial\n  qa: +2 −2 ~7\n")
    assert cli("diff", "main..trial", "--exit-code").code == 1


def test_a_pipe_is_read_and_a_script_gets_json(cli: Cli, patch: Path) -> None:
    done = cli("apply", "-", "--branch", "trial", "--json", stdin=patch.read_text(encoding="utf-8")).json
    assert done["branch"] == "trial" and done["commit"]
    assert done["datasets"] == [{"name": "qa", "state": "changed", "added": 2, "removed": 2, "changed": 7}]


def test_what_is_there_already_is_said(cli: Cli, patch: Path) -> None:
    assert cli("apply", str(patch)).out == "main has what the patch makes already\n"


def test_what_does_not_fit_or_is_no_patch_is_told(cli: Cli, patch: Path, tmp_path: Path) -> None:
    rows = cli("diff", "--format", "patch", "--only", "changed").out
    (tmp_path / "rows.patch").write_text(rows, encoding="utf-8")
    told = cli("apply", "rows.patch")
    assert told.code == 2 and "E1039" in told.err and "row `page00` holds something else" in told.err
    assert "E1038" in cli("apply", "synth.toml").err
    assert "E1038" in cli("apply", "nowhere.patch").err
    assert "E1002" in cli("apply", str(patch), "--branch", "a b").err


def test_a_patch_has_rows(cli: Cli) -> None:
    assert "E1035" in cli("diff", "--format", "patch", "--stat").err
