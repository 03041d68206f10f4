"""A spec in; how well its judges do on their gold cases, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, SynthError, nearest
from runtime.cli.console import paint, say, say_json
from runtime.cli.options import Json, Params, ProfileName, Spec

if TYPE_CHECKING:
    from compiler.analysis import Analysis
    from runtime.build.session import Session
    from runtime.judges.report import Report


def run(
    spec: str = Spec,
    name: str | None = typer.Argument(None, metavar="JUDGE", help="One judge; all that have gold cases without it."),
    param: list[str] = Params,
    profile: str | None = ProfileName,
    as_json: bool = Json,
) -> None:
    """Test the judges on their gold cases.

    Says which cases each judge gets wrong, how far it agrees with `expected`
    beyond chance (kappa), and whether the length of a text or its place sways
    it. Calls that were made before are not made again.

    Example: synth judge specs/support_mix/spec.synth on_topic
    """
    from runtime import bridge
    from runtime.cli.compiled import compiled

    with compiled(spec, param, None, profile) as (analysis, session, _):
        reports = bridge.run(_examined(analysis, session, name))
    if as_json:
        say_json([found.json() for found in reports])
    else:
        _show(reports)
    raise typer.Exit(0 if all(found.held for found in reports) else 1)


async def _examined(analysis: Analysis, session: Session, name: str | None) -> list[Report]:
    """Each judge once, though several datasets ask it."""
    from runtime.build.caller import Caller
    from runtime.build.chosen import chosen
    from runtime.build.inputs import Inputs
    from runtime.build.progress import Progress
    from runtime.judges.examine import examine

    found: dict[str, Report] = {}
    known: list[str] = []
    try:
        for loaded in chosen(analysis, None):
            inputs = Inputs.open(loaded, session.project.root, session.facts)
            known += inputs.gold
            progress = Progress(loaded.plan.name)
            roles = session.roles(loaded.plan, lambda sender, told=progress: Caller(sender, session.journal, told))  # type: ignore[misc]
            wanted = [one for one in inputs.gold if name in (None, one) and one not in found]
            for one in wanted:
                found[one] = (await examine(loaded, inputs, roles, one))[0]
    finally:
        await session.close_engines()
    if name is not None and not found:
        raise SynthError(_unknown(name, known))
    return list(found.values())


def _unknown(name: str, known: list[str]) -> Diagnostic:
    guess = nearest(name, known)
    names = ", ".join(dict.fromkeys(known))
    return Diagnostic(
        "E0921",
        f"no dataset of this spec asks a judge `{name}` that has gold cases",
        notes=(f"judges with gold cases: {names}",) if known else (),
        help=f"did you mean `{guess}`?" if guess else 'add `{ gold = jsonl("gold.jsonl") }` to the judge',
    )


def _show(reports: list[Report]) -> None:
    from runtime.judges.words import lines

    if not reports:
        say("No judge of this spec has gold cases.")
    for found in reports:
        mark = paint("✓", "green") if found.held else paint("✗", "red")
        first, *rest = lines(found)
        say(f"{mark} {first}")
        for line in rest:
            say(line)
