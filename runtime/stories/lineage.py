"""The spec that made a dataset, as it was committed, and a column in; the names of the steps that it came from, out."""

from __future__ import annotations

from collections.abc import Iterable

from dsl import tree
from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from dsl.parser import parse
from dsl.source import Source


def makers(sources: Iterable[Source], dataset: str, column: str) -> frozenset[str]:
    """Draws, gens and judges that a column's expression names, seen through `let`. E1036 for an unknown column."""
    body = next(
        node.body
        for source in sources
        for node in parse(source).file.declarations
        if isinstance(node, tree.Dataset) and node.name.text == dataset
    )
    columns = {
        entry.name.text: entry.value
        for emit in body
        if isinstance(emit, tree.Emit)
        for entry in emit.columns
        if isinstance(entry, tree.Setting)
    }
    if column not in columns:
        raise SynthError(_no_column(dataset, column, tuple(columns)))
    lets = {node.name.text: node.value for node in body if isinstance(node, tree.Let)}
    return frozenset(_names(columns[column], lets, frozenset()))


def _names(node: tree.Expr, lets: dict[str, tree.Expr], seen: frozenset[str]) -> set[str]:
    found = {part.name for part in tree.walk(node) if isinstance(part, tree.Ref)}
    for name in [name for name in found if name in lets and name not in seen]:
        found |= _names(lets[name], lets, seen | {name})
    return found


def _no_column(dataset: str, column: str, columns: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        "E1036",
        f"`{dataset}` emits no column `{column}`",
        label=did_you_mean(column, columns),
        notes=(f"columns: {', '.join(columns)}",),
    )
