"""A spec in; what one pass of the compiler makes of it, as text, out."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.cli.console import report
from runtime.cli.context import Context

if TYPE_CHECKING:
    from compiler.analysis import Analysis, Stage
    from compiler.model import Model


class Dump(StrEnum):
    """What can be printed, in the order in which the compiler makes it."""

    TOKENS = "tokens"
    AST = "ast"
    NAMES = "names"
    TYPES = "types"
    DESUGAR = "desugar"
    PLAN = "plan"
    PROGRAM = "program"


_UPTO: dict[Dump, Stage] = {
    Dump.TOKENS: "load",
    Dump.AST: "load",
    Dump.NAMES: "names",
    Dump.TYPES: "types",
    Dump.DESUGAR: "fingerprint",
    Dump.PLAN: "plan",
    Dump.PROGRAM: "lower",
}


def run(
    spec: str = typer.Argument(metavar="SPEC", help="A .synth file."),
    dump: Dump = typer.Option(Dump.PROGRAM, "--dump", help="The pass whose result is printed."),
    dataset: str = typer.Option(None, "--dataset", metavar="NAME", help="This dataset only (plan and program)."),
) -> None:
    """Print what a spec becomes: by default the SGLang program that a build runs.

    Example: synth compile specs/python_qa.synth --dump plan
    """
    from compiler.dump import dump as text_of

    if dataset and dump not in (Dump.PLAN, Dump.PROGRAM):
        raise typer.BadParameter(f"--dataset goes with `plan` and `program`; `{dump}` is of the whole file")
    context = Context.here()
    analysis = context.analyse(spec, upto=_UPTO[dump])
    if report(analysis.diagnostics, context.source):
        raise typer.Exit(2)
    typer.echo(text_of(dump, _only(analysis, dataset) if dataset else analysis), nl=False)


def _only(analysis: Analysis, dataset: str) -> Analysis:
    model = analysis.model
    names = [declared.name for declared in model.plan.datasets] if model.plan else []
    if dataset not in names:
        raise SynthError(_unknown(dataset, names, model))
    assert model.plan is not None
    plan = replace(model.plan, datasets=tuple(found for found in model.plan.datasets if found.name == dataset))
    programs = {name: text for name, text in model.programs.items() if name == dataset}
    return replace(analysis, model=replace(model, plan=plan, programs=programs))


def _unknown(dataset: str, names: list[str], model: Model) -> Diagnostic:
    return Diagnostic(
        code="E1103",
        message=f"`{model.root}` has no dataset `{dataset}`",
        notes=(f"datasets: {', '.join(names)}" if names else "the spec declares no dataset",),
        help=did_you_mean(dataset, names) or None,
    )
