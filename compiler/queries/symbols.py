"""A file in; its outline out: declarations with what stands in them, as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compiler.model import Model
from dsl import tree
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Outline:
    """`kind` is the keyword (`dataset`, `gen` …), or `field`, `member`, `argument`; `name_span` lies in `span`."""

    name: str
    kind: str
    detail: str
    span: Span
    name_span: Span
    children: tuple[Outline, ...] = ()


def symbols(model: Model, path: str) -> tuple[Outline, ...]:
    """What could be read of the file, in its order."""
    file = model.files.get(path)
    found = (_declaration(model, item) for item in file.declarations) if file is not None else ()
    return tuple(item for item in found if item is not None)


def _declaration(model: Model, node: tree.Declaration) -> Outline | None:
    word = type(node).__name__.lower()
    if isinstance(node, tree.Test):
        detail = node.dataset.text if node.dataset is not None else ""
        return Outline(node.title, word, detail, node.span, node.title_span)
    name = getattr(node, "name", None)
    if not isinstance(name, tree.Name):
        return None
    return Outline(name.text, word, _detail(model, node), node.span, name.span, tuple(_inside(model, node)))


def _detail(model: Model, node: Any) -> str:
    kind = model.types.get(node)
    if isinstance(node, tree.Record | tree.Enum | tree.Prompt | tree.Criteria | tree.Model | tree.Dataset | tree.Mix):
        return ""
    return str(kind) if kind is not None else ""


def _inside(model: Model, node: tree.Node) -> Iterator[Outline]:
    match node:
        case tree.Enum(members=members):
            for name in members:
                yield Outline(name.text, "member", "", name.span, name.span)
        case tree.Record(fields=fields):
            for item in fields:
                yield Outline(item.name.text, "field", _type(model, item.type), item.span, item.name.span)
        case tree.Prompt(params=params) | tree.Judge(params=params) | tree.Criteria(params=params):
            for param in params:
                yield Outline(param.name.text, "argument", _type(model, param.type), param.span, param.name.span)
        case tree.Dataset(body=body):
            for statement in body:
                yield from _statement(model, statement)


def _type(model: Model, node: tree.TypeExpr) -> str:
    kind = model.types.get(node)
    return str(kind) if kind is not None else ""


def _statement(model: Model, node: tree.Statement) -> Iterator[Outline]:
    """What names a value, makes a table or drops rows; a loop with what stands in it."""
    word = type(node).__name__.lower()
    if isinstance(node, tree.Emit):
        columns = [_column(model, item) for item in node.columns if isinstance(item, tree.Setting)]
        name, place = (node.name.text, node.name.span) if node.name is not None else (word, _head(node, word))
        yield Outline(name, word, node.kind.text if node.kind is not None else "", node.span, place, tuple(columns))
    elif isinstance(node, tree.Loop):
        inner = tuple(found for item in node.body for found in _statement(model, item))
        yield Outline(node.name.text, word, "", node.span, node.name.span, inner)
    elif isinstance(node, _NAMED):
        yield Outline(node.name.text, word, _detail(model, node), node.span, node.name.span)
    elif isinstance(node, _GATES):
        yield Outline(_text(model, node, word), word, "", node.span, _head(node, word))


_NAMED = tree.Each | tree.Draw | tree.Let | tree.Gen | tree.Run
_GATES = tree.Require | tree.Filter | tree.Flag | tree.Dedup | tree.Decontaminate | tree.Select | tree.Audit
MOST = 60
"""A condition that is longer is cut."""


def _column(model: Model, node: tree.Setting) -> Outline:
    kind = model.types.get(node.value)
    return Outline(node.name.text, "column", str(kind) if kind is not None else "", node.span, node.name.span)


def _head(node: tree.Node, word: str) -> Span:
    return Span(node.span.path, node.span.start, node.span.start + len(word))


def _text(model: Model, node: tree.Node, word: str) -> str:
    """The statement without its keyword."""
    source = model.sources.get(node.span.path)
    text = " ".join(source.slice(node.span).split()).removeprefix(word).strip() if source is not None else word
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"
