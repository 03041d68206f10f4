"""A statement in; what it reads, what its reason may be called by, and its own text on one line, out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.model import Kind, Model
from dsl import tree
from dsl.source import Span

ROW = frozenset({Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP})
_UNNAMED = frozenset({Kind.FUNCTION, Kind.MEASURE, Kind.DISTRIBUTION, Kind.FIELD, Kind.ELEMENT, Kind.UNKNOWN})
TITLE = 100


def reads(node: tree.Node, model: Model) -> tuple[str, ...]:
    """Names of the row that a statement uses, in order of first use."""
    own = getattr(node, "name", None)
    names = dict.fromkeys(_row_names(node, model))
    if isinstance(own, tree.Name) and not isinstance(node, tree.Next):
        names.pop(own.text, None)
    return tuple(names)


def _row_names(node: tree.Node, model: Model) -> Iterator[str]:
    for part in tree.walk(node):
        if not isinstance(part, tree.Ref | tree.Name):
            continue
        symbol = model.symbols.get(part)
        if symbol is not None and (symbol.kind in ROW or symbol.kind is Kind.ALIGNED):
            yield symbol.name


def condition_names(node: tree.Expr, model: Model) -> tuple[str, ...]:
    """What `dropped by x` may say: every name in the condition that the spec declares."""
    found: dict[str, None] = {}
    for part in tree.walk(node):
        symbol = model.symbols.get(part) if isinstance(part, tree.Ref) else None
        if symbol is not None and symbol.kind not in _UNNAMED:
            found[symbol.name] = None
    return tuple(found)


def title(node: tree.Statement, model: Model) -> str:
    """The statement as it was written, on one line, without docs, comments and the text of a template."""
    return written(model, node.span)


def written(model: Model, span: Span) -> str:
    text = model.sources[span.path].slice(span)
    text = re.sub(r'"""[\s\S]*?"""', '"""…"""', text)
    lines = (line.strip() for line in text.split("\n"))
    line = " ".join(line for line in lines if line and not line.startswith("#"))
    return line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "…"
