"""The page's own files: nothing in them can make markup of a text, and they load nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runtime.page

STATIC = Path(runtime.page.__file__).parent / "static"
FILES = sorted(STATIC.iterdir())
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc\s*="
    r"|\beval\b|new Function|setTimeout\(\s*[\"'`]|javascript:|trustedTypes"
)
ELSEWHERE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[\w-]+\.\w")
STYLE = re.compile(r"<style|\sstyle=|\son\w+=", re.IGNORECASE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_of_the_page_makes_no_markup_and_asks_nobody_else(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert MARKUP.findall(text) == []
    assert ELSEWHERE.findall(text) == []
    assert len(text.splitlines()) <= 300


def test_the_shell_has_no_script_or_style_of_its_own() -> None:
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    assert STYLE.findall(text) == []
    assert re.findall(r"<script[^>]*>", text) == [
        '<script src="/static/theme.js">',
        '<script type="module" src="/static/main.js">',
    ]


def test_every_module_is_reached_from_the_first() -> None:
    reached, waiting = set(), ["main.js"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        found = re.findall(r'from "\./([\w-]+\.js)"', (STATIC / name).read_text(encoding="utf-8"))
        waiting += [one for one in found if one not in reached]
    assert reached | {"theme.js"} == {file.name for file in FILES if file.suffix == ".js"}


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".js"], ids=lambda file: file.name)
def test_a_module_begins_with_what_goes_in_and_what_comes_out(file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith("// ")
