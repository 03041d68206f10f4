"""A dataset and a key in; why the row is not there, or that it is, out."""

from __future__ import annotations

from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING

import typer

from dsl.diagnostics.cells import text_width
from runtime.cli.console import paint, say, say_json
from runtime.cli.context import Context
from runtime.cli.options import Json

if TYPE_CHECKING:
    from runtime.stories import Call, Rejection, Story

KEY = 28
"""Columns that a key takes in a list, if it needs no more."""
SHOWN = 12
"""Lines of what judges and tools said; `blame` has them all."""


def run(
    dataset: str = typer.Argument(help="A dataset, or dataset@ref.", metavar="DATASET", show_default=False),
    key: str = typer.Argument(None, help="A row's key, as `synth sql` prints it.", metavar="KEY"),
    as_json: bool = Json,
) -> None:
    """Say why a row is not there.

    Without a key, the first dropped rows are listed with their reasons.

    Example: synth why python_qa break-1/2
    """
    from runtime.cli.answers import led_there
    from runtime.query import parse_reference
    from runtime.stories import latest_rejections, story
    from runtime.stories.cached import cached_tokens

    context = Context.here()
    reference = parse_reference(dataset)
    if key is None:
        found = latest_rejections(context.store, reference, context.branch)
        _list(found) if not as_json else say_json([asdict(one) for one in found])
        return
    told = story(context.store, reference, key, context.branch)
    cost = led_there(told.calls, cached_tokens(context.project.state_dir, told.calls))
    if as_json:
        rejected = asdict(told.rejected) if told.rejected else None
        say_json({"key": told.key, "kept": bool(told.kept), "rejected": rejected})
        return
    _tell(told, cost)


def _said(call: Call) -> str | None:
    """A verdict, or a run that is not ok: what most often drops a row."""
    if call.kind == "judge":
        value = {True: "yes", False: "no"}.get(call.value, call.value)
        return f"{call.name} said {value}" + (f", p = {call.p:.2f}" if call.p is not None else "")
    if call.kind == "run" and not call.value["ok"]:
        output = str(call.value["output"]).strip().splitlines()
        return f"{call.name}: {call.prompt} said {call.value['reason'] or 'no'}" + (f": {output[-1]}" if output else "")
    return None


def _list(found: list[Rejection]) -> None:
    if not found:
        say("no row was dropped")
    for one in found:
        say(f"{paint(one.key, 'bold')}{' ' * (KEY - text_width(one.key))}  {one.reason}")


def _rejected(told: Story) -> None:
    """By a person: who, why, and how it is taken back."""
    one = told.rejected
    assert one is not None
    by, why = (one.values or {}).get("by") or "a person", one.reason.partition(": ")[2]
    say(f"{paint(told.key, 'bold')} was rejected by {by}{f': {why}' if why else ''}")
    decision = next((found.decision for found in told.decisions if found.decision.verdict == "reject"), None)
    if decision is not None:
        name = told.dataset.manifest.dataset
        table = "" if decision.table == name else f" --table {quote(decision.table)}"
        say(f"`synth decide {name} {quote(decision.key)}{table} --withdraw` takes it back")


def _decided(told: Story) -> None:
    from runtime.cli.decisions import lines

    for found in told.decisions:
        for line in lines(told.of or told.dataset.manifest.dataset, found):
            say(f"  {line}")


def _tell(told: Story, cost: str | None) -> None:
    from compiler.functions.canonical import shown
    from runtime.decisions.model import STATEMENT

    if told.rejected is None:
        say(f"{paint(told.key, 'bold')} is there: it passed every statement")
        _decided(told)
        return
    one = told.rejected
    if one.statement == STATEMENT:
        _rejected(told)
        return
    say(f"{paint(told.key, 'bold')} was dropped by: {one.reason}")
    if one.duplicate_of:
        say(f"  it duplicates {one.duplicate_of}")
    for name, value in (one.values or {}).items():
        say(f"  {name} = {shown(value)}")
    said = [line for line in map(_said, told.calls) if line]
    for line in said[:SHOWN]:
        say(f"  {line}")
    if len(said) > SHOWN:
        say(f"  and {len(said) - SHOWN} more")
    if cost:
        say(f"  {cost}")
    say(f"`synth blame {told.dataset.manifest.dataset} {quote(told.key)}` shows every call that led there")
