"""Specs in; what a careful reviewer would remark on, or the specs with that mended, out. Makes no model call."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, Severity, SynthError, nearest
from runtime.cli.check import Asked
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

if TYPE_CHECKING:
    from compiler.analysis import Analysis
    from dsl.source import Source

UNSAFE = "Make fixes too that change what is built."
Wanted = Callable[[str], bool]
Looked = Sequence[tuple[Context, list[str], Wanted]]
"""Projects with the specs of each that are looked at, and the rules that are wanted of them."""


def run(
    specs: list[str] = typer.Argument(None, metavar="SPEC", help="Specs; without any, all of the project."),
    fix: bool = FixOption,
    unsafe: bool = typer.Option(False, "--unsafe-fixes", help=UNSAFE),
    select: list[str] = typer.Option([], "--select", metavar="CODE", help="Only these rules; may be repeated."),
    ignore: list[str] = typer.Option([], "--ignore", metavar="CODE", help="Not these rules; may be repeated."),
    form: str = FormatOption,
) -> None:
    """Tell what a careful reviewer of a spec would.

    Exits with 1 when there is something, and with 2 when a spec has a mistake.
    A comment allows what is meant, with a reason:
    `# lint: allow L002 because the cases are the reader's to write`.

    Example: synth lint --fix
    """
    shown = format_of(form)
    with in_form(shown):
        projects = Asked(specs or [], [], None).projects()
        looked = [(context, files, _wanted(context, select, ignore)) for context, files in projects]
        if fix:
            _mend(looked, unsafe)
        _tell(looked, shown)


def _mend(looked: Looked, unsafe: bool) -> None:
    for context, files, wanted in looked:
        mend_specs(context, files, _finder(context, wanted), unsafe)


def _tell(looked: Looked, form: Format) -> None:
    found = [(context, _found(context, files, wanted)) for context, files, wanted in looked]
    wrong = show_all(found, form)
    told = [one for _, some in found for one in some]
    if form is Format.TEXT:
        _close(sum(len(files) for _, files, _ in looked), told)
    if told:
        raise typer.Exit(2 if wrong else 1)


def _close(number: int, told: Sequence[Diagnostic]) -> None:
    if not told:
        tell_clean(number, "looked at, nothing to remark")
    safe, every = mendable(told), mendable(told, unsafe=True)
    if safe:
        print(f"`synth lint --fix` mends {safe:,} of them", file=sys.stderr)
    if every > safe:
        print(f"`synth lint --fix --unsafe-fixes` mends {every:,} of them", file=sys.stderr)


def _wanted(context: Context, select: Sequence[str], ignore: Sequence[str]) -> Wanted:
    """What is typed adds to `[lint]` of synth.toml; `--select` stands in place of its `select`."""
    from compiler.lint import chosen

    config = context.project.config.lint
    for code in (*select, *ignore, *config.select, *config.ignore):
        _known(code)
    return chosen(select or config.select, (*ignore, *config.ignore))


def _known(code: str) -> None:
    from compiler.lint.rules import CODES
    from dsl.diagnostics import codes

    known = [*CODES, *(one for one in codes() if one.startswith("W"))]
    if not any(one.startswith(code) for one in known) or not code:
        guess = nearest(code.upper(), known)
        help_ = f"did you mean `{guess}`?" if guess else f"rules: {', '.join(CODES)}"
        raise SynthError(Diagnostic("E1118", f"there is no rule `{code}`", help=help_))


def _finder(context: Context, wanted: Wanted) -> Callable[[Source], Sequence[Diagnostic]]:
    def find(source: Source) -> Sequence[Diagnostic]:
        from compiler.lint import lint

        return lint(_analysed(context, source.path, {source.path: source.text}), wanted)

    return find


def _analysed(context: Context, spec: str, texts: dict[str, str] | None = None) -> Analysis:
    from compiler.analysis import analyse
    from runtime.cli.compiled import params_of

    params = params_of([], context.project, context.project.config.profile(None))
    return analyse(spec, context.catalog, params, upto="plan", texts=texts)


def _found(context: Context, specs: Sequence[str], wanted: Wanted) -> list[Diagnostic]:
    """Each once, in the order of files; mistakes stand among them, for behind one much cannot be seen."""
    unique = {(one.code, one.span, one.message): one for spec in specs for one in _of(context, spec, wanted)}
    return sorted(unique.values(), key=lambda one: one.sort_key)


def _of(context: Context, spec: str, wanted: Wanted) -> Iterator[Diagnostic]:
    from compiler.lint import lint

    try:
        analysis = _analysed(context, spec)
    except SynthError as error:  # a file that cannot be read at all
        yield from error.diagnostics
        return
    yield from (one for one in analysis.diagnostics if one.severity is Severity.ERROR and one.code != "E0720")
    yield from lint(analysis, wanted)
