"""The spec that made a dataset, as it was committed, and a column in; the names of the steps that it came from, out."""

from __future__ import annotations

from collections.abc import Iterable

from dsl import tree
from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from dsl.parser import parse
from dsl.source import Source


def makers(sources: Iterable[Source], dataset: str, column: str) -> frozenset[str]:
    """Draws, gens, runs and judges that a column's expression names. E1036 for an unknown column.

    Names that only stand for something are seen through: a `let`, what a loop carries, an element of a list.
    """
    dataset_node = next(
        node
        for source in sources
        for node in parse(source).file.declarations
        if isinstance(node, tree.Dataset | tree.Mix) and node.name.text == dataset
    )
    if isinstance(dataset_node, tree.Mix):  # it makes nothing: this row of it comes from a file
        return frozenset()
    emits = [node for node in tree.walk(dataset_node) if isinstance(node, tree.Emit)]
    entries = [entry for emit in emits for entry in emit.columns]
    values = _values(entries, column)
    if not values:
        names = (entry.name.text for entry in entries if isinstance(entry, tree.Setting))
        raise SynthError(_no_column(dataset, column, tuple(dict.fromkeys(names))))
    stands_for = _stands_for(dataset_node)
    found: set[str] = set()
    for value in values:
        _add_names(value, stands_for, found)
    return frozenset(found)


def _values(entries: Iterable[tree.Setting | tree.Entry | tree.Spread], column: str) -> list[tree.Expr]:
    """What a column is made of; one that is not written out comes from a record that is spread."""
    named = [
        entry.value
        for entry in entries
        if (isinstance(entry, tree.Setting) and entry.name.text == column)
        or (isinstance(entry, tree.Entry) and entry.key == column)
    ]
    return named or [entry.value for entry in entries if isinstance(entry, tree.Spread)]


def _stands_for(dataset: tree.Dataset) -> dict[str, list[tree.Expr]]:
    """What a name that is computed from others is computed from."""
    found: dict[str, list[tree.Expr]] = {}
    for node in tree.walk(dataset):
        if isinstance(node, tree.Let | tree.Next):
            found.setdefault(node.name.text, []).append(node.value)
        elif isinstance(node, tree.Carry):
            found.setdefault(node.name.text, []).append(node.start)
        elif isinstance(node, tree.ForClause):
            for target in node.targets:
                found.setdefault(target.text, []).append(node.iterable)
    return found


def _add_names(node: tree.Expr, stands_for: dict[str, list[tree.Expr]], found: set[str]) -> None:
    for part in tree.walk(node):
        if isinstance(part, tree.Ref) and part.name not in found:
            found.add(part.name)
            for value in stands_for.get(part.name, ()):
                _add_names(value, stands_for, found)


def _no_column(dataset: str, column: str, columns: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        "E1036",
        f"`{dataset}` emits no column `{column}`",
        label=did_you_mean(column, columns),
        notes=(f"columns: {', '.join(columns)}",),
    )
