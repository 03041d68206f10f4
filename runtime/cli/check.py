"""Specs in; every mistake in them and in the configuration, with its place, out. Reads, and never runs anything."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from runtime.cli.context import Context
from runtime.cli.findings import (
    FixOption,
    Format,
    FormatOption,
    format_of,
    in_form,
    mend_specs,
    mendable,
    show_all,
    tell_clean,
)
from runtime.cli.options import Params, ProfileName

if TYPE_CHECKING:
    from dsl import tree
    from dsl.diagnostics import Diagnostic
    from dsl.source import Source

NO_PARAMETER = "E0720"


@dataclass(frozen=True)
class Asked:
    """What was typed. Everything is read anew each time, for `--watch` comes here again."""

    specs: Sequence[str]
    params: Sequence[str]
    profile: str | None

    def projects(self) -> Iterator[tuple[Context, list[str]]]:
        """Each project with the specs of it to check, as the compiler knows them."""
        if not self.specs:
            context = Context.here()
            yield context, [context.project.path(file) for file in context.specs()]
            return
        found: dict[Path, tuple[Context, list[str]]] = {}
        for typed in self.specs:
            context = Context.of(typed)
            context, specs = found.setdefault(context.project.root, (context, []))
            specs.append(context.spec(typed))
        yield from found.values()


def run(
    specs: list[str] = typer.Argument(None, metavar="SPEC", help="Specs; without any, all of the project."),
    param: list[str] = Params,
    profile: str | None = ProfileName,
    as_json: bool = typer.Option(False, "--json", help="Print the mistakes as JSON."),
    form: str = FormatOption,
    fix: bool = FixOption,
    watch: bool = typer.Option(False, "--watch", help="Check again whenever a file changes, until Ctrl-C."),
) -> None:
    """Find every mistake in specs, with its place. Makes no model call.

    Without a spec, those of the project: not of hidden folders, nor of folders
    with a synth.toml of their own.

    Example: synth check specs/python_qa.synth
    """
    asked = Asked(specs or [], param, profile)
    shown = format_of(form, as_json)
    with in_form(shown):
        if fix:
            _mend(asked)
        if watch:
            _watch(asked, shown)
        elif _check(asked, shown):
            raise typer.Exit(2)


def _watch(asked: Asked, form: Format) -> None:
    from runtime.cli.watch import changes

    for _ in changes(Context.here().project.root):
        _check(asked, form)


def _check(asked: Asked, form: Format) -> bool:
    """Whether something is wrong."""
    projects = list(asked.projects())
    found = [(context, _found(context, specs, asked)) for context, specs in projects]
    wrong = show_all(found, form)
    if form is Format.TEXT:
        _close(sum(len(specs) for _, specs in projects), [one for _, mistakes in found for one in mistakes], wrong)
    return wrong


def _close(number: int, found: Sequence[Diagnostic], wrong: bool) -> None:
    if not wrong:
        tell_clean(number, "checked, no mistake")
    if can := mendable(found):
        print(f"`synth check --fix` mends {can:,} of them", file=sys.stderr)


def _mend(asked: Asked) -> None:
    from compiler.analysis import analyse
    from runtime.cli.compiled import params_of

    for context, specs in asked.projects():
        params = params_of(asked.params, context.project, context.project.config.profile(asked.profile))

        def found(
            source: Source, context: Context = context, params: Mapping[str, tree.Expr] = params
        ) -> Sequence[Diagnostic]:
            texts = {source.path: source.text}
            return analyse(source.path, context.catalog, params, upto="plan", texts=texts).diagnostics

        mend_specs(context, specs, found, unsafe=False)


def _found(context: Context, specs: Sequence[str], asked: Asked) -> list[Diagnostic]:
    """Each mistake once, in the order of files."""
    from runtime.cli.compiled import params_of

    chosen = context.project.config.profile(asked.profile)
    params = params_of(asked.params, context.project, chosen)
    each = [list(_mistakes(context, spec, params)) for spec in specs]
    unique = {(one.code, one.span, one.message): one for one in [*_engines(context), *_of_all(each)]}
    return sorted(unique.values(), key=lambda one: one.sort_key)


def _of_all(each: Sequence[Sequence[Diagnostic]]) -> Iterator[Diagnostic]:
    """A parameter is unknown when none of the specs has it: what is set is set for all of them."""
    unknown = [{one.span for one in found if one.code == NO_PARAMETER} for found in each]
    nowhere = set.intersection(*unknown) if unknown else set()
    for found in each:
        yield from (one for one in found if one.code != NO_PARAMETER or one.span in nowhere)


def _mistakes(context: Context, spec: str, params: dict[str, tree.Expr]) -> Iterable[Diagnostic]:
    from compiler.analysis import analyse
    from dsl.diagnostics import SynthError

    try:
        return analyse(spec, context.catalog, params, upto="plan").diagnostics
    except SynthError as error:  # a file that cannot be read at all
        return error.diagnostics


def _engines(context: Context) -> Iterable[Diagnostic]:
    """Mistakes in the engines of `synth.toml`, each at its line."""
    from runtime.config.engines import mistakes

    return mistakes(context.project.config)
