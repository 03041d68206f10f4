"""A dataset, a key and perhaps a column in; the draws and calls that made the row or the cell, out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from runtime.cli.console import paint, say, say_json, signs, width
from runtime.cli.context import Context
from runtime.cli.options import Json

if TYPE_CHECKING:
    from runtime.decisions import Standing
    from runtime.stories import Call, Story


def run(
    dataset: str = typer.Argument(help="A dataset, or dataset@ref.", metavar="DATASET", show_default=False),
    key: str = typer.Argument(help="A row's key, as `synth sql` prints it.", metavar="KEY", show_default=False),
    column: str = typer.Argument(None, help="Only what this column came from.", metavar="COLUMN"),
    prompts: bool = typer.Option(False, "--prompts", help="Show the values that each prompt was given, whole."),
    as_json: bool = Json,
) -> None:
    """Say what made a row or a cell.

    Shows draws, answers, seeds, attempts, log-probabilities and verdicts, for
    kept and for dropped rows.

    Example: synth blame python_qa break-1/2 messages
    """
    from runtime.query import parse_reference
    from runtime.stories import story
    from runtime.stories.cached import cached_tokens

    context = Context.here()
    told = story(context.store, parse_reference(dataset), key, context.branch)
    cached = cached_tokens(context.project.state_dir, told.calls)
    calls = _of_column(context, told, column) if column else told.calls
    edits = [found for found in told.decisions if not column or column in found.decision.values]
    if as_json:
        say_json(
            [*(_call_json(call, cached) for call in calls), *(one for found in edits for one in _edited(found, column))]
        )
        return
    say(_title(told))
    for found in edits:
        _show_decision(told, found, column)
    for call in calls:
        _show(call, prompts, cached)


def _call_json(call: Call, cached: Mapping[str, int]) -> dict[str, Any]:
    return {**asdict(call), "cached_tokens": cached.get(call.call or "")}


def _edited(found: Standing, column: str | None) -> list[dict[str, Any]]:
    """What a person wrote, cell by cell, beside the calls that it took the place of."""
    decision, before = found.decision, found.generated or {}
    told = {"kind": "decision", "by": decision.by, "note": decision.note, "state": found.state}
    values = {name: value for name, value in decision.values.items() if column in (None, name)}
    return [{"cell": name, "value": value, "generated": before.get(name), **told} for name, value in values.items()]


def _show_decision(told: Story, found: Standing, column: str | None) -> None:
    from dataclasses import replace

    from runtime.cli.decisions import lines

    decision = found.decision
    if column is not None:
        found = replace(found, decision=replace(decision, values={column: decision.values[column]}))
    for line in ("", *lines(told.of or told.dataset.manifest.dataset, found)):
        say(line)


def _of_column(context: Context, told: Story, column: str) -> tuple[Call, ...]:
    """The calls in the cells that the column's expression names, by the spec as it was committed."""
    from dsl.source import Source
    from runtime.stories.lineage import makers
    from runtime.tables.layout import spec_folder

    manifest, commit = told.dataset.manifest, told.dataset.commit
    folder = spec_folder(manifest.dataset, manifest.fingerprints.description)
    sources = [
        Source(entry.path.removeprefix(f"{folder}/"), context.store.read(commit, entry.path).decode())
        for entry in context.store.entries(commit, folder)
        if entry.path.endswith(".synth")
    ]
    names = makers(sources, manifest.dataset, column)
    return tuple(call for call in told.calls if call.cell in names)


def _title(told: Story) -> str:
    end = "kept" if told.kept else f"dropped by {told.rejected.reason}" if told.rejected else "not kept"
    return f"{paint(told.key, 'bold')}  {end}"


def _show(call: Call, prompts: bool, cached: Mapping[str, int]) -> None:
    from compiler.functions.canonical import shown

    say(f"\n{paint(call.name, 'cyan')}  {call.kind}{_facts(call, cached)}")
    if call.error:
        say(f"  {paint('not used', 'red')}: {call.error}")
    for line in textwrap.wrap(_shown(call), width() - 2) or [""]:
        say(f"  {line}")
    if prompts and call.arguments:
        for name, value in call.arguments.items():
            say(textwrap.indent(f"{_spelled(name)} = {shown(value)}", "    "))


def _shown(call: Call) -> str:
    """What a model wrote, what a tool printed, or a value."""
    from compiler.functions.canonical import shown

    if call.kind == "gen" and call.text is not None:
        return signs(call.text)
    value = call.value["output"] if call.kind == "run" else call.value
    return signs(value) if isinstance(value, str) else shown(value)


def _facts(call: Call, cached: Mapping[str, int]) -> str:
    """` · ask by writer · attempt 1 · seed 123 · logprob −0.52 · 181+14 tokens, 150 cached · not repeatable`"""
    facts = []
    if call.prompt:
        prompt = _spelled(call.prompt)
        facts.append(f"{prompt} by {call.role}" if call.role else prompt)
    if call.kind == "run":
        facts += [f"{name} {value}" for name, value in call.value.items() if name != "output" and value is not None]
    if call.kind == "gen" and call.seed is not None:
        facts += [f"attempt {call.attempt + 1}", f"seed {call.seed}"]
    if call.logprob is not None and call.kind == "gen":
        facts.append(f"logprob {call.logprob:.2f}")
    if call.p is not None:
        facts.append(f"p {call.p:.2f}")
    if call.prompt_tokens is not None:
        known = cached.get(call.call or "")
        facts.append(f"{call.prompt_tokens}+{call.completion_tokens} tokens" + (f", {known} cached" if known else ""))
    if call.repeatable is False:
        facts.append("not repeatable")
    return "".join(f" · {fact}" for fact in facts)


def _spelled(name: str) -> str:
    """As the spec has it. Only names that end so can be another one's, and few do: the compiler is loaded for these."""
    if not name.endswith("_"):
        return name
    from compiler.passes.lower.identifiers import spelled

    return spelled(name)
