"""A declaration and the model in; every name in it and what that stands for, by place, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compiler.catalog import beside
from compiler.functions import REGISTRY
from compiler.model import Kind, Model
from compiler.prelude import READERS, TOOLS
from compiler.queries.subject import Subject, field_of, member, of_symbol, of_type, typed
from compiler.types import Choice, List, Record
from compiler.walk import names_of
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


def occurrences(declaration: tree.Declaration, model: Model) -> tuple[Occurrence, ...]:
    """In the order of the text. Names that nothing is known about are left out."""
    finder = _Finder(model)
    stack: list[tree.Node] = [declaration]
    while stack:
        node = stack.pop()
        handler = HANDLERS.get(type(node))
        if handler is not None:
            handler(finder, node)
        stack += _below(node)
    return tuple(sorted(finder.found.values(), key=lambda found: found.span.start))


_SILENT = frozenset({tree.Name, tree.Doc, tree.Quantity, tree.TypeLiteral, tree.TemplateText})
"""What nothing stands below, and no name of its own."""


def _below(node: tree.Node) -> Iterator[tree.Node]:
    for name in names_of(type(node)):
        value = getattr(node, name)
        if type(value) is tuple:
            yield from (element for element in value if type(element) not in _SILENT)
        elif isinstance(value, tree.Node) and type(value) not in _SILENT:
            yield value


class _Finder:
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


Handler = Callable[[_Finder, Any], None]
HANDLERS: dict[type[tree.Node], Handler] = {}


def _on(*kinds: type[tree.Node]) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


# --- values ---


@_on(tree.Ref)
def _ref(f: _Finder, node: tree.Ref) -> None:
    span = f.inside(node.span, node.name)
    owner = f.model.owners.get(node)
    if owner is not None:
        f.add(span, of_type(owner, node.name), node)
    f.symbol(node, span, node)


@_on(tree.Attr)
def _attr(f: _Finder, node: tree.Attr) -> None:
    kind = f.model.types.get(node.base)
    symbol = f.model.symbols.get(node.base) if isinstance(node.base, tree.Ref) else None
    subject: Subject | None = None
    if kind is None:
        return
    if symbol is not None and symbol.kind is Kind.ENUM and isinstance(kind, List) and isinstance(kind.element, Choice):
        subject = member(kind.element, node.name.text)
    elif symbol is not None and symbol.kind is Kind.CARRY and node.name.text == "previous":
        subject = Subject("property", "previous", type=kind)
    elif symbol is not None and symbol.kind is Kind.TABLE:
        subject = field_of(kind, node.name.text)
    subject = subject or of_type(kind, node.name.text)
    if subject is not None:
        f.add(node.name.span, typed(subject, f.model.types.get(node)), node)


@_on(tree.Constant)
def _constant(f: _Finder, node: tree.Constant) -> None:
    """A text that is a member of an enum."""
    kind = f.model.owners.get(node)
    if isinstance(kind, Choice) and isinstance(node.value, str):
        f.add(Span(node.span.path, node.span.start + 1, node.span.end - 1), member(kind, node.value), node)


@_on(tree.Call)
def _call(f: _Finder, node: tree.Call) -> None:
    """Named arguments, and the paths of files that functions read."""
    callee = node.callee
    symbol = f.model.symbols.get(callee) if isinstance(callee, tree.Ref) else None
    for arg in node.args:
        if arg.name is None:
            continue
        f.add(arg.name.span, _parameter(f, callee, arg.name.text), arg)
    if symbol is not None and symbol.kind is Kind.FUNCTION and symbol.name in _READING:
        _path(f, node, "fixtures/" if symbol.name == "fixture" else "")


_READING = frozenset({"file", "lines", "fixture"})


def _path(f: _Finder, node: tree.Call, folder: str = "") -> None:
    value = node.args[0].value if node.args else None
    if isinstance(value, tree.Constant) and isinstance(value.value, str) and value.value:
        f.add(value.span, Subject("file", beside(node.span.path, folder + value.value)), value)


def _parameter(f: _Finder, callee: tree.Expr, name: str) -> Subject | None:
    """The parameter that a named argument is for: a declared one, or one of a built-in function."""
    if isinstance(callee, tree.Attr):
        kind = f.model.types.get(callee) or f.model.types.get(callee.base)
        found = of_type(kind, callee.name.text) if kind is not None else None
        entry = found.entry if found is not None else None
    else:
        symbol = f.model.symbols.get(callee)
        for param in getattr(symbol.node, "params", ()) if symbol is not None else ():
            if param.name.text == name:
                declared = f.model.symbols.get(param)
                return of_symbol(declared) if declared is not None else None
        found = of_symbol(symbol) if symbol is not None else None
        entry = found.entry if found is not None else None
    parameter = entry.signature.param(name) if entry is not None else None
    return Subject("parameter", name, type=parameter.type, entry=entry) if parameter is not None else None


@_on(tree.Filtered)
def _filtered(f: _Finder, node: tree.Filtered) -> None:
    """`x | join(", ")`: a method of x, a function that takes x first, or a word of templates."""
    name = node.filter.text
    kind = f.model.types.get(node.value)
    found = of_type(kind, name) if kind is not None else None
    entry = found.entry if found is not None and found.entry is not None else REGISTRY.get(name)
    what = "filter" if entry is None else "method" if entry.receiver is not None else "function"
    f.add(node.filter.span, Subject(what, name, entry=entry), node)
    for arg in node.args:
        param = entry.signature.param(arg.name.text) if entry is not None and arg.name is not None else None
        if param is not None and arg.name is not None:
            f.add(arg.name.span, Subject("parameter", param.name, type=param.type, entry=entry), arg)


@_on(tree.ObjectExpr)
def _object(f: _Finder, node: tree.ObjectExpr) -> None:
    kind = f.model.types.get(node)
    if isinstance(kind, Record):
        for entry in node.entries:
            f.add(_unquoted(entry), field_of(kind, entry.key), entry)


def _unquoted(entry: tree.Entry) -> Span:
    span = entry.key_span
    quoted = span.end - span.start == len(entry.key) + 2
    return Span(span.path, span.start + 1, span.end - 1) if quoted else span


@_on(tree.TypeName)
def _type_name(f: _Finder, node: tree.TypeName) -> None:
    f.symbol(node, f.inside(node.span, node.name), node)


# --- declarations ---


def _named(f: _Finder, node: Any) -> None:
    """What declares a name, in the spec or in a row."""
    if node.name is not None:
        f.symbol(node.name, node.name.span, node)
    _settings(f, node)


def _settings(f: _Finder, node: Any) -> None:
    for setting in getattr(node, "settings", ()):
        f.add(setting.name.span, Subject("setting", setting.name.text, node=node), setting)


for _kind in (
    *(tree.Param, tree.Const, tree.Record, tree.Criteria, tree.Model, tree.Prompt, tree.Dataset),
    *(tree.Parameter, tree.Each, tree.Draw, tree.Let, tree.Loop, tree.Carry, tree.Next, tree.Given, tree.Mock),
):
    HANDLERS[_kind] = _named


@_on(tree.Import)
def _import(f: _Finder, node: tree.Import) -> None:
    f.add(node.path_span, Subject("file", beside(node.span.path, node.path)), node)
    for name in node.names:
        f.symbol(name, name.span, node)


@_on(tree.Enum)
def _enum(f: _Finder, node: tree.Enum) -> None:
    _named(f, node)
    choice = f.model.types.get(node)
    for name in node.members:
        found = member(choice, name.text) if isinstance(choice, Choice) else None
        f.add(name.span, found or Subject("member", name.text, name.span), node)


@_on(tree.Field)
def _field(f: _Finder, node: tree.Field) -> None:
    kind = f.model.types.get(node.type)
    doc = node.doc.text if node.doc is not None else None
    f.add(node.name.span, Subject("field", node.name.text, node.name.span, node=node, type=kind, doc=doc), node)


@_on(tree.Input, tree.Personas)
def _source(f: _Finder, node: tree.Input | tree.Personas) -> None:
    _named(f, node)
    _reader(f, node.source)
    row = f.model.types.get(node)
    for setting in node.settings:
        if setting.name.text == "key" and isinstance(setting.value, tree.Ref) and row is not None:
            f.add(setting.value.span, field_of(row, setting.value.name), setting.value)


def _reader(f: _Finder, source: tree.Expr) -> None:
    if isinstance(source, tree.Call) and isinstance(source.callee, tree.Ref) and source.callee.name in READERS:
        f.add(source.callee.span, Subject("reader", source.callee.name), source)
        if source.callee.name not in ("sql", "dataset"):
            _path(f, source)


@_on(tree.Judge)
def _judge(f: _Finder, node: tree.Judge) -> None:
    _named(f, node)
    f.symbol(node.role, node.role.span, node)
    if isinstance(node.result, tree.TypeName):
        f.add(node.result.span, Subject("type", node.result.name), node)
    for setting in node.settings:
        if setting.name.text == "gold":
            _reader(f, setting.value)


@_on(tree.Mix)
def _mix(f: _Finder, node: tree.Mix) -> None:
    _named(f, node)
    for entry in node.shares.entries:
        f.symbol(entry, _unquoted(entry), entry)


@_on(tree.Test)
def _test(f: _Finder, node: tree.Test) -> None:
    if node.dataset is not None:
        f.symbol(node.dataset, node.dataset.span, node)


# --- statements ---


@_on(tree.Set)
def _set(f: _Finder, node: tree.Set) -> None:
    f.add(node.name.span, Subject("setting", node.name.text, node=node), node)


@_on(tree.Gen)
def _gen(f: _Finder, node: tree.Gen) -> None:
    _named(f, node)
    f.symbol(node.role, node.role.span, node)


@_on(tree.Run)
def _run(f: _Finder, node: tree.Run) -> None:
    _named(f, node)
    callee = node.tool.callee if isinstance(node.tool, tree.Call) else None
    if isinstance(callee, tree.Ref) and callee.name in TOOLS:
        f.add(callee.span, Subject("tool", callee.name), node)


@_on(tree.ForClause)
def _for(f: _Finder, node: tree.ForClause) -> None:
    for target in node.targets:
        f.symbol(target, target.span, node)


@_on(tree.TemplateFor)
def _template_for(f: _Finder, node: tree.TemplateFor) -> None:
    f.symbol(node.target, node.target.span, node)


@_on(tree.Require)
def _require(f: _Finder, node: tree.Require) -> None:
    origin = node.otherwise.origin if node.otherwise is not None else None
    if origin is not None:
        f.symbol(origin, origin.span, node)


@_on(tree.Emit)
def _emit(f: _Finder, node: tree.Emit) -> None:
    if node.atomic is not None:
        f.add(node.atomic.span, Subject("setting", "atomic", node=node), node)
    if node.kind is not None:
        f.add(node.kind.span, Subject("kind of emit", node.kind.text), node)
    if node.name is not None:
        f.add(node.name.span, Subject("table", node.name.text, node.name.span, node=node), node)
    for name, span, column in _columns(node):
        f.add(span, Subject("column", name, _whole(column), node=column, type=f.model.types.get(column.value)), column)


def _columns(node: tree.Emit) -> Iterator[tuple[str, Span, tree.Setting | tree.Entry]]:
    for column in node.columns:
        if isinstance(column, tree.Setting):
            yield column.name.text, column.name.span, column
        elif isinstance(column, tree.Entry):
            yield column.key, _unquoted(column), column


def _whole(column: tree.Setting | tree.Entry) -> Span:
    return column.name.span if isinstance(column, tree.Setting) else _unquoted(column)


@_on(tree.Dedup, tree.Decontaminate, tree.Select)
def _filter(f: _Finder, node: tree.Dedup | tree.Decontaminate | tree.Select) -> None:
    """`against rows.text`, `by minhash(0.8)`: columns of a source, and the statement's own word."""
    if isinstance(node, tree.Decontaminate) and isinstance(node.against, tree.Attr):
        kind = f.model.types.get(node.against.base)
        source = f.model.symbols.get(node.against.base)
        kind = kind or (f.model.types.get(source.node) if source is not None and source.node is not None else None)
        f.add(node.against.name.span, field_of(kind, node.against.name.text) if kind else None, node)
    method = node.method.callee if isinstance(node.method, tree.Call) else node.method
    if isinstance(method, tree.Ref):
        f.add(method.span, Subject("way to compare", method.name, node=node), node)
