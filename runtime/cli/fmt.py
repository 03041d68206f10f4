"""Specs in; the same specs in the house style out, written back, or only told apart."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Source, Span
from runtime.cli.console import plural, report, say
from runtime.cli.context import Context
from runtime.cli.findings import write_spec

STDIN = "-"


def run(
    specs: list[str] = typer.Argument(None, metavar="SPEC", help="Specs; all without any; `-` is stdin."),
    check: bool = typer.Option(False, "--check", help="Write nothing; exit 1 when a spec is not in the style."),
    diff: bool = typer.Option(False, "--diff", help="Write nothing; show what would change; exit 1 if anything would."),
    lines: str | None = typer.Option(None, "--range", metavar="FIRST:LAST", help="Only these lines of the one spec."),
) -> None:
    """Lay specs out in the house style. Comments and meaning stay.

    Example: synth fmt --check
    """
    given, style = specs or [], _style(lines, specs or [])
    changed, broken = _stdin(style, check, diff) if given == [STDIN] else _specs(given, style, check, diff)
    if broken:
        raise typer.Exit(2)
    if changed and (check or diff):
        raise typer.Exit(1)


Write = Callable[[Source, str], None]
Style = Callable[[Source], str]


def _stdin(style: Style, check: bool, diff: bool) -> tuple[int, bool]:
    """As a filter: what is in the style already comes out as it went in."""
    from dsl.parser import read_source

    source = read_source(sys.stdin.buffer.read(), "<stdin>")
    changed, broken = _format([source], style, lambda source, text: _finish(source, text, check, diff, _print))
    if not (broken or changed or check or diff):
        sys.stdout.write(source.text)
    return changed, broken


def _specs(specs: list[str], style: Style, check: bool, diff: bool) -> tuple[int, bool]:
    from dsl.parser import read_source

    context = Context.here()
    files = {context.spec(spec): context.project.root / context.spec(spec) for spec in specs}
    files = files or {context.project.path(file): file for file in context.specs()}
    sources = [read_source(file, path) for path, file in files.items()]
    write = _writer(files)
    changed, broken = _format(sources, style, lambda source, text: _finish(source, text, check, diff, write))
    _tell(len(sources), changed, check or diff)
    return changed, broken


def _style(lines: str | None, specs: list[str]) -> Style:
    """How a source is formatted: as a whole, or some lines of it."""
    from dsl.format import format_range, format_source

    if lines is None:
        return format_source
    found = re.fullmatch(r"(\d+)(?::(\d+))?", lines)
    if found is None or len(specs) != 1:
        raise typer.BadParameter(
            "takes two lines of one spec, as in `synth fmt a.synth --range 3:9`", param_hint="--range"
        )
    first, last = int(found[1]), int(found[2] or found[1])

    def some(source: Source) -> str:
        from dsl.diagnostics.fixing import edited

        return edited(source.text, format_range(source, lines_span(source, first, last)))

    return some


def lines_span(source: Source, first: int, last: int) -> Span:
    """The characters of the lines `first` to `last`, counted from 1; what lies beyond the file's end is left out."""
    starts, count = source.line_starts, source.line_count
    start = starts[min(max(first, 1), count) - 1]
    return Span(source.path, start, max(start, (starts[last] if last < count else len(source.text) + 1) - 1))


def _format(sources: list[Source], style: Style, finish: Write) -> tuple[int, bool]:
    """How many sources are not in the style, and whether one cannot be read: the others are formatted all the same."""
    changed, found = 0, list[Diagnostic]()
    for source in sources:
        try:
            text = style(source)
        except SynthError as error:
            found += error.diagnostics
            continue
        if text != source.text:
            changed += 1
            finish(source, text)
    return changed, report(found, {source.path: source for source in sources}.get)


def _finish(source: Source, text: str, check: bool, diff: bool, write: Write) -> None:
    if diff:
        sys.stdout.writelines(_lines(source, text))
    elif check:
        say(f"would format {source.path}")
    else:
        write(source, text)


def _lines(source: Source, text: str) -> list[str]:
    before, after = (whole.splitlines(keepends=True) for whole in (source.text, text))
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, source.path, source.path)
    ]


def _print(_: Source, text: str) -> None:
    sys.stdout.write(text)


def _writer(files: dict[str, Path]) -> Write:
    def write(source: Source, text: str) -> None:
        write_spec(files[source.path], text)
        say(f"formatted {source.path}")

    return write


def _tell(specs: int, changed: int, only_told: bool) -> None:
    if not changed:
        say(f"{plural(specs, 'spec')} in the house style" if specs else "there is no spec here: `synth new DIR`")
    elif not only_told:
        say(f"{changed:,} of {plural(specs, 'spec')} formatted")
