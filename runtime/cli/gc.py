"""A project in; what nobody needs any more removed from its store, and how much that was, out."""

from __future__ import annotations

import re
from dataclasses import asdict

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import plural, say, say_json
from runtime.cli.context import Context
from runtime.cli.options import Json

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def run(
    older_than: str = typer.Option("14d", "--older-than", metavar="TIME", help="Leave what is newer: 90m, 12h, 14d."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Remove nothing; say what would go."),
    as_json: bool = Json,
) -> None:
    """Remove what no branch or tag leads to, and pack what is left.

    Answers of models stay: they are in the journal. What a running build has
    put and not yet committed is newer than --older-than, and stays too.

    Example: synth gc --dry-run
    """
    found = Context.here().store.collect(_seconds(older_than), dry_run)
    if as_json:
        say_json(asdict(found))
        return
    parts = [
        plural(found.objects, "object"),
        plural(found.branches, "left-over branch"),
        plural(found.cached, "cached file"),
    ]
    say(f"{'would remove' if dry_run else 'removed'} {', '.join(parts)}: {found.size / 2**20:,.1f} MB")
    if found.packed:
        say(f"packed {plural(found.packed, 'object')}")


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+)([smhd])", text.strip())
    if match is None:
        raise SynthError(
            Diagnostic("E1120", f"`{text}` is no length of time", help="a number and a unit: `90m`, `12h`, `14d`")
        )
    return int(match[1]) * UNITS[match[2]]
