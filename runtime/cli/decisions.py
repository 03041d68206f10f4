"""A branch in; what people decided about the rows of its datasets, and how each decision stands, out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

from runtime.cli.console import paint, say, say_json, width
from runtime.cli.context import Context
from runtime.cli.options import Json

if TYPE_CHECKING:
    from runtime.decisions import Standing

STYLES = {"applied": "green", "pending": "cyan", "stale": "yellow", "moot": "dim"}
WORDS = {"accept": "accepted", "reject": "rejected", "edit": "edited"}


def run(
    dataset: str = typer.Argument(None, metavar="DATASET", help="A dataset, or dataset@ref; all without one."),
    stale: bool = typer.Option(False, "--stale", help="Only those whose row has changed, or is gone."),
    as_json: bool = Json,
) -> None:
    """List what people decided about rows, and how it stands.

    applied: the rows are as it says. pending: the next build makes them so.
    stale: the row has changed since, and is as it was made. moot: no such row.

    Example: synth decisions python_qa --stale
    """
    from runtime.decisions import state
    from runtime.query import Reference, parse_reference
    from runtime.query.catalog import datasets

    context = Context.here()
    wanted = parse_reference(dataset) if dataset else Reference("")
    commit = context.store.resolve(wanted.ref or context.branch)
    names = [wanted.dataset] if dataset else datasets(context.store, commit)
    found = [(name, one) for name in names for one in state(context.store, commit, name)]
    shown = [(name, one) for name, one in found if not stale or one.state in ("stale", "moot")]
    if as_json:
        say_json([_json(name, one) for name, one in shown])
        return
    for name, one in shown:
        for line in lines(name, one):
            say(line)
    if not shown:
        say("every decision stands" if found else "nobody has decided anything")


def lines(dataset: str, standing: Standing) -> Iterator[str]:
    """`python_qa break-1/2  rejected by Ada  stale`, and below it why, and what an edit changes."""
    decision = standing.decision
    where = f"{dataset} {decision.key}" if decision.table == dataset else f"{dataset} {decision.table} {decision.key}"
    by = f" by {decision.by}" if decision.by else ""
    yield f"{paint(where, 'bold')}  {WORDS[decision.verdict]}{by}  {paint(standing.state, STYLES[standing.state])}"
    for text in (decision.note, standing.why):
        if text:
            yield from textwrap.wrap(text, width(), initial_indent="  ", subsequent_indent="  ")
    yield from edits(standing)


def counted(found: Sequence[Standing]) -> str:
    """`1 rejected, 2 edited, 1 stale`: those that are no affair of a build any more by their state."""
    words = [WORDS[one.decision.verdict] if one.state in ("applied", "pending") else one.state for one in found]
    order = ("rejected", "edited", "accepted", "stale", "moot")
    return ", ".join(f"{words.count(word):,} {word}" for word in order if word in words)


def edits(standing: Standing) -> Iterator[str]:
    """What a person wrote in place of what was made, column by column."""
    from compiler.functions.canonical import shown

    for column, value in standing.decision.values.items():
        before = None if standing.generated is None else standing.generated.get(column)
        for mark, style, text in (("−", "red", before), ("+", "green", value)):
            told = textwrap.shorten(shown(text), width() - len(column) - 7, placeholder=" …")
            yield f"  {paint(mark, style)} {column} = {told}"


def _json(dataset: str, standing: Standing) -> dict[str, Any]:
    from dataclasses import asdict

    found = asdict(standing)
    return {"dataset": dataset, **found.pop("decision"), **found}
