"""What was typed and what was wrong with it in; a message for people, and where it was asked for one of JSON, out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from dsl.diagnostics import SynthError
    from dsl.source import Source


def wants_json(arguments: Sequence[str]) -> bool:
    """`--json`, or `--format json`: seen in what was typed, for a call that cannot be read is a mistake, too."""
    words = list(arguments)
    words = words[: words.index("--")] if "--" in words else words
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairwise(words)


def told(error: SynthError, as_json: bool = False) -> None:
    """Each mistake with what it quotes, on stderr; as JSON on stdout as well, in place of what was asked for."""
    from runtime.cli.console import report

    report(error.diagnostics, source_of)
    if as_json:
        told_json(error)


def misused(error: typer.TyperException, as_json: bool) -> None:
    """A call that the verb does not know: how it is called, and what was wrong with it."""
    from dsl.diagnostics import Diagnostic, SynthError

    context, help_ = getattr(error, "ctx", None), None
    if context is not None:
        help_ = f"Try `{context.command_path} --help`."
        print(context.get_usage(), help_, "", sep="\n", file=sys.stderr)
    print(f"error: {error.format_message()}", file=sys.stderr)
    if as_json:
        told_json(SynthError(Diagnostic("E1119", error.format_message(), help=help_)))


def told_json(error: SynthError) -> None:
    from dsl.diagnostics import diagnostics_json
    from runtime.cli.console import say_json

    say_json({"diagnostics": diagnostics_json(error.diagnostics, source_of)})


def source_of(path: str) -> Source | None:
    """What a message quotes, from the spec's project or the current folder's; nothing when that cannot be read."""
    from dsl.diagnostics import SynthError
    from runtime.cli.context import Context, configuration
    from runtime.cli.noted import ENTERED, LOOKED

    if LOOKED and not ENTERED and (unread := configuration(path)) is not None:
        return unread
    try:
        return (ENTERED[-1] if ENTERED else Context.here()).source(path)
    except SynthError:
        return configuration(path)
    except OSError:
        return None
