"""The page about SGLang says what is: its settings are read, its command line printed, its verbs known."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from dsl.source import Source
from runtime.cli import run
from runtime.config.load import read_config
from runtime.config.start import StartConfig
from runtime.engines.registry import setting_mistakes
from runtime.engines.start.known import cause
from tests.docs.commands import called

PAGE = (Path(__file__).parents[2] / "docs" / "sglang.md").read_text(encoding="utf-8")
TOML = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
CONSOLE = re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COMMANDS = [line[2:] for block in CONSOLE for line in block.splitlines() if line.startswith("$ synth ")]
COMMANDS += re.findall(r"`(synth engines [^`…]*)`", PAGE)


@pytest.mark.parametrize("text", TOML)
def test_every_configuration_of_the_page_is_right(text: str) -> None:
    config = read_config(Source("synth.toml", text))
    assert [mistake for one in config.engines.values() for mistake in setting_mistakes(one.kind, one.settings)] == []


def test_the_command_line_of_the_page_is_what_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "synth.toml").write_text(TOML[0], encoding="utf-8")
    (block,) = [block for block in CONSOLE if "--dry-run" in block]
    command, _, printed = block.removeprefix("$ ").partition("\n")
    assert run(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_every_command_of_the_page_is_one(command: str) -> None:
    assert called(shlex.split(command)) is not None


def test_every_setting_of_start_stands_in_the_table() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert {field.name for field in fields(StartConfig)} <= told


@pytest.mark.parametrize("said", re.findall(r"^\| E0836, (`.+?`(?:, `.+?`)*) \|", PAGE, re.MULTILINE))
def test_every_trouble_of_the_table_is_known_to_the_command(said: str) -> None:
    for words in re.findall(r"`(.+?)`", said):
        assert cause(["Traceback (most recent call last):", f"ImportError: {words}.so"]) != ("", "")
