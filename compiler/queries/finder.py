"""Names and what they stand for in, one after the other; by place, each told once, out.

A handler for a kind of node is registered with `@on(tree.Attr)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compiler.catalog import beside
from compiler.model import Model
from compiler.prelude import OF_PATHS, READERS
from compiler.queries.subject import Subject, of_symbol, typed
from dsl import tree
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name in a text. `node` is the innermost node that it names something in."""

    span: Span
    subject: Subject
    node: tree.Node

    @property
    def declares(self) -> bool:
        place = self.subject.place
        return place is not None and self.span.start == place.start and self.span == place


class Finder:
    """Names by their place: the first who knows what stands there says it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.found: dict[int, Occurrence] = {}

    def add(self, span: Span, subject: Subject | None, node: tree.Node) -> None:
        if subject is not None and span.start not in self.found:
            self.found[span.start] = Occurrence(span, subject, node)

    def symbol(self, name: tree.Node, span: Span, node: tree.Node) -> None:
        """What the passes say that `name` stands for."""
        found = self.model.symbols.get(name)
        if found is not None:
            subject = of_symbol(found)
            self.add(span, typed(subject, self.model.types.get(name)) if subject is not None else None, node)

    def inside(self, span: Span, name: str) -> Span:
        """The name itself, where brackets around it belong to its node."""
        if span.end - span.start == len(name):
            return span
        source = self.model.sources.get(span.path)
        at = source.text.find(name, span.start, span.end) if source is not None else -1
        return Span(span.path, at, at + len(name)) if at >= 0 else span


Handler = Callable[[Finder, Any], None]
HANDLERS: dict[type[tree.Node], Handler] = {}


def on(*kinds: type[tree.Node]) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


# --- what several handlers say ---


def named(f: Finder, node: Any) -> None:
    """What declares a name, in the spec or in a row."""
    if node.name is not None:
        f.symbol(node.name, node.name.span, node)
    settings(f, node)


def settings(f: Finder, node: Any) -> None:
    for setting in getattr(node, "settings", ()):
        f.add(setting.name.span, Subject("setting", setting.name.text, node=node), setting)


def path(f: Finder, node: tree.Call, folder: str = "") -> None:
    value = node.args[0].value if node.args else None
    if isinstance(value, tree.Constant) and isinstance(value.value, str) and value.value:
        f.add(value.span, Subject("file", beside(node.span.path, folder + value.value)), value)


def reader(f: Finder, source: tree.Expr) -> None:
    if isinstance(source, tree.Call) and isinstance(source.callee, tree.Ref) and source.callee.name in READERS:
        f.add(source.callee.span, Subject("reader", source.callee.name), source)
        if source.callee.name in OF_PATHS:
            path(f, source)


def unquoted(entry: tree.Entry) -> Span:
    span = entry.key_span
    quoted = span.end - span.start == len(entry.key) + 2
    return Span(span.path, span.start + 1, span.end - 1) if quoted else span
