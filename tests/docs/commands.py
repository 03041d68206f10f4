"""The words of a command line in; the command that they call, with all its options known, or a mistake, out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import typer

from runtime.cli.app import app

_CONTINUED = re.compile(r"\\\n\s*")
_OPERATORS = frozenset(["&&", "&", "|", ">", ">>", ";", "2>"])
_VARIABLE = re.compile(r"[A-Z_]+=")


def typed(console: str) -> Iterator[list[str]]:
    """The words of each `synth …` that stands behind a prompt of a console block."""
    for line in _CONTINUED.sub(" ", console).splitlines():
        if line.startswith("$ ") and "synth" in line:
            yield from _commands(shlex.split(line[2:], comments=True))


def _commands(words: list[str]) -> Iterator[list[str]]:
    """Each command of a line of the shell; what an operator leads to may be a file."""
    start = 0
    for end in (*(at for at, word in enumerate(words) if word in _OPERATORS), len(words)):
        command = words[start:end]
        while command and _VARIABLE.match(command[0]):
            command = command[1:]
        if command[:1] == ["synth"]:
            yield command
        start = end + 1


def called(words: list[str]) -> Any:
    """Raises what the command line would say of an unknown verb, option or argument."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("synth", words[1:])
    rest = words[1:]
    while rest:
        name, found, left = group.resolve_command(context, rest)
        context = found.make_context(name, list(left), parent=context)
        if not hasattr(found, "resolve_command"):
            return found
        group, rest = found, left
    return group
