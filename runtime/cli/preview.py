"""A spec in; a few candidates' prompts, answers and rows, committed nowhere, out."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from runtime.cli.console import clear, paint, say, say_aside, say_json, width
from runtime.cli.options import Dataset, Json, Params, ProfileName, Seed, Spec

if TYPE_CHECKING:
    from runtime.build.preview import Previewed


@dataclass(frozen=True)
class Asked:
    """What was typed. Everything else is read anew each time, for `--watch` comes here again."""

    spec: str
    number: int
    only: str | None
    param: list[str]
    seed: int | None
    profile: str | None
    as_json: bool


def run(
    spec: str = Spec,
    number: int = typer.Option(3, "-n", metavar="N", min=1, help="So many candidates."),
    only: str | None = Dataset,
    param: list[str] = Params,
    seed: int | None = Seed,
    profile: str | None = ProfileName,
    watch: bool = typer.Option(False, "--watch", help="Show them again whenever a file changes, until Ctrl-C."),
    as_json: bool = Json,
) -> None:
    """Show a few rows, committed nowhere.

    Runs the first N candidates and shows their prompts as the model sees them.
    The answers stay in the journal: a build uses them again, and so does
    --watch, which asks only for what an edit has changed.

    Example: synth preview specs/python_qa.synth -n 1
    """
    asked = Asked(spec, number, only, param, seed, profile, as_json)
    if watch:
        _watch(asked)
    else:
        _preview(asked)


def _watch(asked: Asked) -> None:
    """Mistakes are told, and the next change is waited for."""
    from dsl.diagnostics import SynthError
    from runtime.cli.context import Context
    from runtime.cli.mistaken import told
    from runtime.cli.noted import forget
    from runtime.cli.watch import changes

    try:
        for _ in changes(Context.of(asked.spec).project.root):
            forget()
            clear()
            try:
                _preview(asked)
            except SynthError as error:
                told(error, asked.as_json)
            say_aside(f"watching {asked.spec}; Ctrl-C ends")
    except KeyboardInterrupt:
        say_aside("")


def _preview(asked: Asked) -> None:
    from runtime import bridge
    from runtime.build.preview import preview
    from runtime.cli.compiled import compiled

    with compiled(asked.spec, asked.param, asked.seed, asked.profile) as (analysis, session, context):
        branch = session.profile.branch or context.branch
        found = bridge.run(preview(analysis, session, asked.only, asked.number, branch))
        if asked.as_json:
            say_json([one.json() for one in found])
            return
        for one in found:
            _show(one)


def _show(one: Previewed) -> None:
    from compiler.functions.canonical import shown

    say(paint(f"{one.dataset} {one.key}  {one.end}", "bold"))
    for cell, prompt, answer in one.calls:
        say(f"\n  {paint(cell, 'cyan')}")
        say(textwrap.indent(prompt.strip(), "    " + paint("| ", "dim")))
        for line in textwrap.wrap(answer, width() - 4) or [""]:
            say(f"    {line}")
    for row in one.rows:
        say("\n  row")
        for name, value in row.items():
            say(textwrap.shorten(f"    {name} = {shown(value)}", width(200), placeholder=" …"))
    say()
