"""A spec in; a few candidates' prompts, answers and rows, committed nowhere, out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import typer

from runtime.cli.console import paint, say, say_json, width
from runtime.cli.options import Dataset, Json, Params, ProfileName, Seed, Spec

if TYPE_CHECKING:
    from runtime.build.preview import Previewed


def run(
    spec: str = Spec,
    number: int = typer.Option(3, "-n", metavar="N", min=1, help="So many candidates."),
    only: str | None = Dataset,
    param: list[str] = Params,
    seed: int | None = Seed,
    profile: str | None = ProfileName,
    as_json: bool = Json,
) -> None:
    """Show a few rows, committed nowhere.

    Runs the first N candidates and shows their prompts as the model sees them.
    The answers stay in the journal: a build uses them again.

    Example: synth preview specs/python_qa.synth -n 1
    """
    from runtime import bridge
    from runtime.build.preview import preview
    from runtime.cli.compiled import compiled

    with compiled(spec, param, seed, profile) as (analysis, session, context):
        branch = session.profile.branch or context.branch
        found = bridge.run(preview(analysis, session, only, number, branch))
        if as_json:
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
