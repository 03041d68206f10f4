"""Specs in; the same specs in the house style out, written back, or only told apart."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Source
from runtime.cli.console import plural, report, say
from runtime.cli.context import Context

STDIN = "-"


def run(
    specs: list[str] = typer.Argument(None, metavar="SPEC", help="Specs; all without any; `-` is stdin."),
    check: bool = typer.Option(False, "--check", help="Write nothing; exit 1 when a spec is not in the style."),
    diff: bool = typer.Option(False, "--diff", help="Write nothing; show what would change; exit 1 if anything would."),
) -> None:
    """Lay specs out in the house style. Comments and meaning stay.

    Example: synth fmt --check
    """
    from dsl.parser import read_source

    if specs == [STDIN]:
        source = read_source(sys.stdin.buffer.read(), "<stdin>")
        changed, broken = _format([source], lambda source, text: _finish(source, text, check, diff, _print))
        if not broken and not changed and not check and not diff:
            sys.stdout.write(source.text)
    else:
        context = Context.here()
        files = {context.spec(spec): context.project.root / context.spec(spec) for spec in specs or []}
        files = files or {context.project.path(file): file for file in context.specs()}
        sources = [read_source(file, path) for path, file in files.items()]
        changed, broken = _format(sources, lambda source, text: _finish(source, text, check, diff, _writer(files)))
        _tell(len(sources), changed, check or diff)
    if broken:
        raise typer.Exit(2)
    if changed and (check or diff):
        raise typer.Exit(1)


Write = Callable[[Source, str], None]


def _format(sources: list[Source], finish: Write) -> tuple[int, bool]:
    """How many sources are not in the style, and whether one cannot be read: the others are formatted all the same."""
    from dsl.format import format_source

    changed, found = 0, list[Diagnostic]()
    for source in sources:
        try:
            text = format_source(source)
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
        file = files[source.path]
        new = file.with_name(f"{file.name}.new")
        new.write_text(text, encoding="utf-8", newline="\n")
        new.chmod(file.stat().st_mode & 0o777)
        new.replace(file)
        say(f"formatted {source.path}")

    return write


def _tell(specs: int, changed: int, only_told: bool) -> None:
    if not changed:
        say(f"{plural(specs, 'spec')} in the house style" if specs else "there is no spec here: `synth new DIR`")
    elif not only_told:
        say(f"{changed:,} of {plural(specs, 'spec')} formatted")
