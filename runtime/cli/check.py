"""Specs in; every mistake in them and in the configuration, with its place, out. Reads, and never runs anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from runtime.cli.console import plural, report, say
from runtime.cli.context import Context

if TYPE_CHECKING:
    from dsl.diagnostics import Diagnostic


def run(
    specs: list[str] = typer.Argument(None, metavar="SPEC", help="Specs; without any, all of the project."),
    as_json: bool = typer.Option(False, "--json", help="Print the mistakes as JSON."),
    watch: bool = typer.Option(False, "--watch", help="Check again whenever a file changes, until Ctrl-C."),
) -> None:
    """Find every mistake in specs, with its place. Makes no model call.

    Example: synth check specs/python_qa.synth
    """
    if watch:
        from runtime.cli.watch import changes

        for _ in changes(Context.here().project.root):
            _check(specs or [], as_json)
    elif _check(specs or [], as_json):
        raise typer.Exit(2)


def _check(typed: list[str], as_json: bool) -> bool:
    """Whether something is wrong. Everything is read anew, for `--watch` comes here again."""
    context = Context.here()
    specs = [context.spec(spec) for spec in typed] or [context.project.path(file) for file in context.specs()]
    found = [*_engines(context), *(found for spec in specs for found in _mistakes(context, spec))]
    unique = {(one.code, one.span, one.message): one for one in found}
    wrong = report(unique.values(), context.source, as_json)
    if not as_json and not wrong:
        say(f"{plural(len(specs), 'spec')} checked, no mistake" if specs else "there is no spec here: `synth new DIR`")
    return wrong


def _mistakes(context: Context, spec: str) -> Iterable[Diagnostic]:
    from compiler.analysis import analyse
    from dsl.diagnostics import SynthError

    try:
        return analyse(spec, context.catalog).diagnostics
    except SynthError as error:  # a file that cannot be read at all
        return error.diagnostics


def _engines(context: Context) -> Iterable[Diagnostic]:
    """Mistakes in the engines of `synth.toml`, each at its line."""
    from dataclasses import replace

    config = context.project.config
    if config.source is None:
        return
    from runtime.engines.registry import setting_mistakes

    for engine in config.engines.values():
        for key, mistake in setting_mistakes(engine.kind, engine.settings):
            yield replace(mistake, span=mistake.span or config.place("engines", engine.name, key))
