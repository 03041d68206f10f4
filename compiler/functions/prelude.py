"""Names that every file has: messages in, and what a spec reads from other files as values, out."""

from __future__ import annotations

import posixpath
from typing import Any

import orjson

from compiler.functions.declare import FUNCTIONS, function
from compiler.functions.text import str_


@function("content: str -> Message", 'user("Why?").role == "user"')
def user(content: str) -> dict[str, str]:
    """A message of the user."""
    return {"role": "user", "content": str_(content)}


@function("content: str -> Message", 'assistant("Because.").role == "assistant"')
def assistant(content: str) -> dict[str, str]:
    """A message of the assistant."""
    return {"role": "assistant", "content": str_(content)}


@function("content: str -> Message", 'system("Be brief.").role == "system"')
def system(content: str) -> dict[str, str]:
    """A message that instructs the model."""
    return {"role": "system", "content": str_(content)}


@function("path: str -> str", 'file("inputs/glossary.md")')
def file(text: str) -> str:
    """The text of a file, relative to the spec, without white space at its end."""
    return text.rstrip()


@function("path: str -> str[]", 'lines("inputs/house_rules.txt")')
def lines(text: str) -> list[str]:
    """The lines of a text file, relative to the spec, without blank ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@function("path: str -> any", 'fixture("break.txt")')
def fixture(path: str, text: str) -> Any:
    """A test's value from the folder `fixtures` beside the spec: a text, the value in a .json, the list in a .jsonl."""
    kind = posixpath.splitext(path)[1]
    if kind == ".json":
        return orjson.loads(text)
    if kind == ".jsonl":
        return [orjson.loads(line) for line in text.splitlines() if line.strip()]
    return text.rstrip()


def fixture_problem(path: str, text: str) -> str | None:
    """What makes a fixture no JSON, and in which line; None for one that can be read."""
    listed = posixpath.splitext(path)[1] == ".jsonl"
    for number, part in enumerate(text.splitlines() if listed else [text], 1):
        try:
            fixture(path, part)
        except orjson.JSONDecodeError as error:
            return f"line {number + error.lineno - 1}: {error.msg}"
    return None


def _read_before_any_row() -> None:
    from dataclasses import replace

    for name in ("file", "lines", "fixture"):
        FUNCTIONS[name] = replace(FUNCTIONS[name], place="constant")


_read_before_any_row()
