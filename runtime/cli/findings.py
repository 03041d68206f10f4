"""Diagnostics in; what a terminal, a script, code scanning or GitHub reads of them, or the mended files, out."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from dsl.diagnostics import Diagnostic, Severity, SourceOf, SynthError, diagnostics_json
from dsl.source import Source
from runtime.cli.console import plural, report, say, say_json, say_raw
from runtime.cli.context import Context
from runtime.cli.mistaken import source_of


class Format(enum.StrEnum):
    """`text` goes to stderr, all others to stdout."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


FormatOption = typer.Option("text", "--format", metavar="FORMAT", help="text, json, sarif or github.")
FixOption = typer.Option(False, "--fix", help="First mend what can be mended safely.")


def format_of(name: str, as_json: bool = False) -> Format:
    """What was typed after `--format`; `--json` is short for `--format json`."""
    try:
        return Format.JSON if as_json else Format(name)
    except ValueError:
        raise typer.BadParameter(f"`{name}` is none of {', '.join(Format)}", param_hint="--format") from None


@contextmanager
def in_form(form: Format) -> Iterator[None]:
    """What keeps specs from being looked at is told in the form that was asked for, too."""
    try:
        yield
    except SynthError as error:
        if form is Format.TEXT:
            raise
        show(error.diagnostics, source_of, form)
        raise typer.Exit(2) from None


def show(found: Sequence[Diagnostic], source_of: SourceOf, form: Format) -> bool:
    """Prints them; True when one of them is an error."""
    if form is Format.TEXT:
        return report(found, source_of)
    if form is Format.JSON:
        say_json(diagnostics_json(found, source_of))
    elif form is Format.SARIF:
        from dsl.diagnostics.sarif import sarif

        say_json(sarif(found, source_of))
    elif found:
        from dsl.diagnostics.github import github

        say_raw(github(found, source_of).rstrip("\n"))
    return any(one.severity is Severity.ERROR for one in found)


def show_all(each: Iterable[tuple[Context, Sequence[Diagnostic]]], form: Format) -> bool:
    """As `show`, of several projects at once: text project by project, all else as one document."""
    projects = list(each)
    if form is Format.TEXT or len(projects) == 1:
        wrong = [show(found, context.source, form) for context, found in projects]
        return any(wrong)
    sources = {one.span.path: context for context, found in projects for one in found if one.span}
    everything = [one for _, found in projects for one in found]
    return show(everything, lambda path: sources[path].source(path) if path in sources else None, form)


def mendable(found: Iterable[Diagnostic], unsafe: bool = False) -> int:
    """How many of them `--fix` would mend."""
    from dsl.diagnostics.fixing import fix_of

    return sum(fix_of(one, one.span.path, unsafe) is not None for one in found if one.span is not None)


def mend_specs(
    context: Context, specs: Iterable[str], find: Callable[[Source], Iterable[Diagnostic]], unsafe: bool
) -> None:
    """Writes the specs anew in which something can be mended, and says what was done on stderr."""
    from dsl.diagnostics.fixing import mend

    for spec in specs:
        try:
            source = context.catalog.read_source(spec)
        except SynthError:  # told by the check that follows
            continue
        done = mend(source, find, unsafe=unsafe) if source is not None else None
        if done is not None and done.made:
            write_spec(context.project.root / spec, done.text)
            print(f"mended {plural(len(done.made), 'thing')} in {spec}:", file=sys.stderr)
            for fix in done.made:
                print(f"  {fix.title}", file=sys.stderr)


def write_spec(file: Path, text: str) -> None:
    """In one step: a spec is the old one or the new one, whatever happens."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(text, encoding="utf-8", newline="\n")
    new.chmod(file.stat().st_mode & 0o777)
    new.replace(file)


def tell_clean(number: int, what: str) -> None:
    """The line for specs with nothing to tell."""
    say(f"{plural(number, 'spec')} {what}" if number else "there is no spec here: `synth new DIR`")
