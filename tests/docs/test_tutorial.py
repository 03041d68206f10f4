"""Pages that walk through, done as they say: files written, commands run in order, what they print compared by lines.

Digests, tokens and times may differ; a line `…` stands for any lines. What a page needs and does not show stands in
comments: a file that is `given`, commands that were `done`, an engine that makes texts up.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.cli import run

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("index.md", "tutorial.md", "review.md", "decisions.md", "merge.md", "incremental.md")
MADE_UP = '[engines.made_up]\nkind = "deterministic"\n[profile.default]\nengine = "made_up"\n'
_STEPS = re.compile(
    r"(?P<engine><!-- made-up texts -->)"
    r"|<!-- change (?P<changed>\S+): (?P<old>.+?) -> (?P<new>.+?) -->"
    r"|<!-- (?P<how>write|append) (?P<path>\S+) -->\n```\w+\n(?P<text>.*?)^```$"
    r"|<!-- given (?P<given>\S+)\n(?P<content>.*?)^-->$"
    r"|<!-- done\n(?P<done>.*?)^-->$"
    r"|^```console\n(?P<console>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_VARIES = re.compile(r"\b(?:[0-9a-f]{8,}|[\d,]+ tokens|\d{4}-\d\d-\d\d \d\d:\d\d)\b")


def commands(console: str) -> Iterator[tuple[str, list[str]]]:
    """(command, the lines it prints) of a block."""
    for part in console.split("$ ")[1:]:
        command, *lines = part.rstrip("\n").split("\n")
        yield command, lines


def loose(line: str) -> str:
    return _VARIES.sub("#", line.rstrip())


def pattern(lines: list[str]) -> re.Pattern[str]:
    """What the whole output must look like."""
    parts = ["(?:.*\n)*?" if line == "…" else re.escape(loose(line)) + "\n" for line in lines]
    return re.compile("".join(parts) + r"\n*")


def do(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(command)
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
    elif words[0] == "export":
        monkeypatch.setenv(*words[1].split("=", 1))
    else:
        assert words[0] == "synth"
        run(words[1:])


def write(step: re.Match[str]) -> None:
    if step["engine"]:
        Path("synth.toml").write_text(MADE_UP, encoding="utf-8")
    elif step["given"]:
        Path(step["given"]).write_text(step["content"], encoding="utf-8")
    elif step["changed"]:
        file = Path(step["changed"])
        text = file.read_text(encoding="utf-8")
        assert step["old"] in text
        file.write_text(text.replace(step["old"], step["new"]), encoding="utf-8")
    elif step["how"] == "append":
        file = Path(step["path"])
        file.write_text(f"{file.read_text(encoding='utf-8')}\n{step['text']}", encoding="utf-8")
    else:
        Path(step["path"]).write_text(step["text"], encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_works_as_it_is_written(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    for step in _STEPS.finditer((DOCS / page).read_text(encoding="utf-8")):
        if step["done"]:
            for command, _ in commands(step["done"]):
                do(command, monkeypatch)
            continue
        if step["console"] is None:
            write(step)
            continue
        for command, lines in commands(step["console"]):
            capfd.readouterr()
            do(command, monkeypatch)
            printed = capfd.readouterr()
            shown = "".join(f"{loose(line)}\n" for line in (printed.out + printed.err).splitlines())
            assert pattern(lines).fullmatch(shown), f"$ {command}\n{shown}"
