"""Specs in; the verdicts of their own tests, without a model, out."""

from __future__ import annotations

import typer

from runtime.cli.console import paint, plural, report, say, say_json
from runtime.cli.context import Context
from runtime.cli.options import Json, Params, ProfileName


def run(
    specs: list[str] = typer.Argument(None, metavar="SPEC", help="Specs; all of the project without any."),
    param: list[str] = Params,
    profile: str | None = ProfileName,
    as_json: bool = Json,
) -> None:
    """Run the specs' own tests.

    No model is asked: what a test does not mock and reaches is a failure.

    Example: synth test specs/python_qa.synth
    """
    context = Context.here()
    chosen = specs or [str(path) for path in context.specs()]
    results = [result for spec in chosen for result in _run(spec, param, profile, as_json)]
    failed = sum(not passed for _, _, passed in results)
    if as_json:
        say_json([{"spec": spec, "test": title, "passed": passed} for spec, title, passed in results])
    else:
        say(f"{plural(len(results) - failed, 'test')} passed, {failed} failed")
    raise typer.Exit(1 if failed else 0)


def _run(spec: str, param: list[str], profile: str | None, quiet: bool) -> list[tuple[str, str, bool]]:
    from runtime.build.changes import tables_at
    from runtime.build.chosen import chosen
    from runtime.build.inputs import Inputs
    from runtime.build.tests import run_all
    from runtime.cli.compiled import compiled

    found = []
    with compiled(spec, param, None, profile) as (analysis, session, context):
        tables = tables_at(session, session.profile.branch or context.branch)
        for loaded in chosen(analysis, None):
            inputs = Inputs.open(loaded, session.project.root, session.facts, tables)
            for verdict in run_all(analysis, loaded, inputs, session):
                found.append((spec, verdict.test.title, not verdict.failures))
                if not quiet:
                    mark = paint("✗", "red") if verdict.failures else paint("✓", "green")
                    say(f"{mark} {verdict.test.dataset}: {verdict.test.title}")
                    report(verdict.failures, analysis.source)
    return found
