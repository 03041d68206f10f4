"""A spec in; what one pass of the compiler makes of it, as text, out."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from runtime.cli.console import report
from runtime.cli.context import Context

if TYPE_CHECKING:
    from compiler.analysis import Analysis, Stage


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
    context = Context.of(spec)
    analysis = context.analyse(spec, upto=_UPTO[dump])
    if report(analysis.diagnostics, context.source):
        raise typer.Exit(2)
    typer.echo(text_of(dump, _only(analysis, dataset) if dataset else analysis), nl=False)


def _only(analysis: Analysis, dataset: str) -> Analysis:
    from runtime.build.chosen import no_dataset

    model = analysis.model
    names = model.plan.order if model.plan else ()
    if dataset not in names:
        raise no_dataset(dataset, names)
    assert model.plan is not None
    datasets = tuple(found for found in model.plan.datasets if found.name == dataset)
    mixes = tuple(found for found in model.plan.mixes if found.name == dataset)
    plan = replace(model.plan, datasets=datasets, mixes=mixes, order=(dataset,))
    programs = {name: text for name, text in model.programs.items() if name == dataset}
    return replace(analysis, model=replace(model, plan=plan, programs=programs))
