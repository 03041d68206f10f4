"""A ref in; its commit, and the datasets in it with rows, reasons, measures and origins, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from textwrap import fill
from typing import TYPE_CHECKING, Any

import typer

from runtime.cli.console import paint, plural, say, say_json, width
from runtime.cli.context import Context

if TYPE_CHECKING:
    from runtime.store.port import Commit, Store
    from runtime.tables.manifest import Manifest


def run(
    ref: str = typer.Argument(None, metavar="REF", help="A branch, tag or commit; the current branch without one."),
    flagged: bool = typer.Option(False, "--flagged", help="List the rows that are marked for a person."),
    as_json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Show one commit: its message, and what is in each dataset.

    Example: synth show main~1
    """
    from runtime.cli.history import commit_json, names, title
    from runtime.stories.failures import failures

    context = Context.here()
    store = context.store
    commit = store.get(store.resolve(context.ref(ref)))
    if flagged:
        _flagged(store, commit, as_json)
        return
    manifests = _manifests(store, commit)
    called = names(store)
    if as_json:
        say_json({**commit_json(commit, called), "datasets": [_json(manifest) for manifest in manifests]})
        return
    say(title(commit, called.get(commit.id, ())))
    say(f"by {commit.author}")
    for line in ["", *commit.message.splitlines()]:
        say(f"    {line}".rstrip())
    for key, value in sorted(commit.metadata.items()):
        say(f"    {key}: {value}")
    for manifest in manifests:
        say()
        for line in _lines(manifest, failures(store, commit.id, manifest.dataset, manifest.counts.rejected)):
            say(fill(line, width(), subsequent_indent="      ", break_long_words=False, break_on_hyphens=False))


def _flagged(store: Store, commit: Commit, as_json: bool) -> None:
    from runtime.stories.flags import flagged

    found = flagged(store, commit.id)
    if as_json:
        say_json([asdict(row) for row in found])
        return
    for row in found:
        say(f"{paint(f'{row.dataset} {row.key}', 'bold')}  {row.statement}")
    if not found:
        say("no row is marked")


def _manifests(store: Store, commit: Commit) -> list[Manifest]:
    from runtime.query.catalog import datasets
    from runtime.tables.layout import manifest_path
    from runtime.tables.manifest_json import read_manifest

    return [read_manifest(store.read(commit.id, manifest_path(name))) for name in datasets(store, commit.id)]


def _lines(manifest: Manifest, why: Mapping[str, str]) -> list[str]:
    """`python_qa  12 rows of 31 candidates, root 1f2e…`, and what explains them."""
    from runtime.cli.answers import counted
    from runtime.decisions.model import STATEMENT
    from runtime.diff.view import number

    counts = manifest.counts
    lines = [f"{manifest.dataset}  {plural(counts.kept, 'row')} of {plural(counts.attempted, 'candidate')}"]
    lines.append(f"  root {manifest.root[:16]}")
    for name, table in manifest.tables.items():
        lines.append(f"  table {name}  {plural(table.rows, 'row')}: {', '.join(table.schema.names)}")
    titles = {step.id: step.title for step in manifest.steps} | {STATEMENT: "a person"}
    for reason, count in sorted(counts.rejected.items(), key=lambda item: (-item[1], item[0])):
        told = f": {why[reason]}" if reason in why else ""
        lines.append(f"  dropped {count:,} by {titles.get(reason, reason)}{told}")
    lines += [f"  {name} = {number(value)}" for name, value in sorted(manifest.measures.items())]
    lines += [f"  input {name}  {plural(found.rows, 'row')}" for name, found in sorted(manifest.inputs.items())]
    for role, identity in sorted(manifest.models.items()):
        found = manifest.determinism.get(role)
        lines.append(f"  model {role}: {identity}" + (f", {counted(found)}" if found else ""))
    return lines


def _json(manifest: Manifest) -> dict[str, Any]:
    counts = manifest.counts
    return {
        "name": manifest.dataset,
        "root": manifest.root,
        "attempted": counts.attempted,
        "kept": counts.kept,
        "rejected": dict(counts.rejected),
        "tables": {
            name: {"rows": table.rows, "columns": {column.name: str(column.type) for column in table.schema.columns}}
            for name, table in manifest.tables.items()
        },
        "measures": dict(manifest.measures),
        "models": dict(manifest.models),
        "determinism": {role: asdict(found) for role, found in manifest.determinism.items()},
        "inputs": {name: {"digest": found.digest, "rows": found.rows} for name, found in manifest.inputs.items()},
        "params": dict(manifest.params),
        "seed": manifest.seed,
    }
