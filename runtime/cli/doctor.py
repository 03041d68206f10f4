"""A project in; what is there, what is wrong and the mend, one line each, out."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import TextWrapper
from typing import TYPE_CHECKING

import typer

from runtime.cli.console import paint, say, say_json
from runtime.cli.context import Context

if TYPE_CHECKING:
    from runtime.cli.health import Finding

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}
NAME = 16


def run(
    quick: bool = typer.Option(False, "--quick", help="Ask no engine for a token."),
    as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON."),
) -> None:
    """Say what is there, what is wrong, and the mend. Exit 2 when something fails.

    Example: synth doctor --quick
    """
    from runtime.cli.health import examine

    found = []
    for finding in examine(Context.here().project, engines=not quick):
        found.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        say_json([asdict(finding) for finding in found])
    if any(finding.level == "fail" for finding in found):
        raise typer.Exit(2)


def _show(finding: Finding) -> None:
    indent = " " * (6 + NAME)
    wrap = TextWrapper(
        width=80, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    lines = wrap.wrap(finding.told) or [indent]
    say(paint(finding.level.ljust(6), COLOURS[finding.level]) + finding.name.ljust(NAME) + lines[0].lstrip())
    for line in lines[1:]:
        say(line)
    if finding.mend:
        for line in wrap.wrap(f"→ {finding.mend}"):
            say(line)
