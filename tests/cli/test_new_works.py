"""What `synth new` brings along works: its README's commands, its workflow's steps, its settings of editors."""

from __future__ import annotations

import json
import re
import shlex
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.cli.origin import UNKNOWN, requirement, told_by
from tests.cli.conftest import REPOSITORY, Cli
from tests.review.test_workflow import bash

MADE_UP = '[engines.made_up]\nkind = "deterministic"\n\n[profile.default]\nengine = "made_up"\n'
EXTENSION = REPOSITORY / "editors" / "vscode" / "package.json"
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_every_command_of_its_readme_does_what_it_says(cli: Cli, project: Path) -> None:
    (project / "synth.toml").write_text(MADE_UP)
    (block,) = _CONSOLE.findall((project / "README.md").read_text())
    commands = [shlex.split(line.removeprefix("$ synth ")) for line in block.splitlines()]
    assert len(commands) == 6
    for command in commands:
        done = cli(*command)
        assert done.code == 0, done.err
    assert "4 rows" in cli("sql", "from questions").out


def test_the_steps_of_its_check_pass_as_it_stands_and_fail_on_a_mistake(project: Path) -> None:
    workflow = yaml.safe_load((project / ".github/workflows/check.yml").read_text())
    steps = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "Install" not in step.get("name", "Install")]
    assert len(steps) == 4
    for step in steps:
        done = bash(step, project)
        assert done.returncode == 0, done.stdout + done.stderr
    spec = project / "specs" / "questions.synth"
    spec.write_text(spec.read_text().replace("fact.text }}", "fact.txt }}"))
    refused = bash(steps[0], project)
    assert refused.returncode != 0
    assert "::error file=specs/questions.synth,line=" in refused.stdout


def test_it_installs_no_stranger_s_synth(project: Path) -> None:
    (line,) = [line for line in (project / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert line == requirement()
    assert line.startswith("synth @ "), "a name and a version are looked up on PyPI, which has another program of it"


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (
            {"url": "https://example.org/data/synth.git", "vcs_info": {"vcs": "git", "commit_id": "0a1b2c"}},
            "synth @ git+https://example.org/data/synth.git@0a1b2c",
        ),
        (
            {"url": "https://example.org/synth.tar.gz", "archive_info": {"hashes": {"sha256": "abc"}}},
            "synth @ https://example.org/synth.tar.gz#sha256=abc",
        ),
        ({"url": "https://example.org/synth.whl", "archive_info": {}}, "synth @ https://example.org/synth.whl"),
        ({"url": "file:///projects/synth", "dir_info": {"editable": True}}, UNKNOWN),
        ({"url": "file:///projects/synth.whl", "archive_info": {}}, UNKNOWN),
    ],
)
def test_what_is_installed_is_where_this_synth_came_from(origin: dict[str, Any], line: str) -> None:
    assert told_by(origin) == line


@pytest.mark.parametrize("name", ["extensions", "settings"])
def test_settings_of_vs_code_are_json(project: Path, name: str) -> None:
    assert _json(project / f".vscode/{name}.json")


def test_the_extension_that_it_recommends_is_ours(project: Path) -> None:
    package = _json(EXTENSION)
    assert f"{package['publisher']}.{package['name']}" in _json(project / ".vscode/extensions.json")["recommendations"]
    assert "[synth]" in _json(project / ".vscode/settings.json")


def test_other_editors_indent_as_the_formatter_does(project: Path) -> None:
    config = ConfigParser()
    config.read_string("[top]\n" + (project / ".editorconfig").read_text())
    assert config["*"]["indent_size"] == "2"
    spec = (project / "specs/questions.synth").read_text()
    assert {len(line) - len(line.lstrip(" ")) for line in spec.splitlines()} <= {0, 2, 4}


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
