"""The trees of specs that ran in; the constructs of the language that stand in them, as words a reader knows, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.passes.types.settings import GEN, JUDGE, RUN, SAMPLING
from compiler.passes.types.sources import READER_SETTINGS
from compiler.prelude import APART, DEDUP, EMITS, LOOP, OVERLAP, READERS, RESULT_PROPERTIES, SETTINGS, TOOLS, TYPES
from dsl import tree

UNITS = ("ms", "s", "min", "h", "KB", "MB", "GB", "%")
OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<=", ">=", "<", ">", "in", "not in", "and", "or")
MARKERS = ("system", "user", "assistant", "chat", "open user", "open assistant", "raw")
PRELUDE = ("user", "assistant", "system", "file", "lines", "fixture")
DISTRIBUTIONS = ("int", "uniform", "normal", "pick")
PROPERTIES = ("logprob", "text", "p", "points", "mean", "score", "support", "previous", "rows", "reasoning")
RESULTS = (RESULT_PROPERTIES, *(tool.properties for tool in TOOLS.values()))
Words = dict[str, tuple[str, ...]]

WORDS: Words = {
    "unit": UNITS,
    "operator": OPERATORS,
    "sign": ("-", "not"),
    "marker": MARKERS,
    "type": (*TYPES, "json(…)", "T?", "T[]", "T[n]", "closed choice"),
    "reader": READERS,
    "prelude": PRELUDE,
    "distribution": DISTRIBUTIONS,
    "property": PROPERTIES,
    "tool": tuple(TOOLS),
    "result": tuple(name for properties in RESULTS for name, _ in properties),
    "dedup by": tuple(DEDUP),
    "decontaminate by": tuple(OVERLAP),
    "apart by": tuple(APART),
    "emit": tuple(EMITS),
    "dataset's": SETTINGS,
    "model's": tuple(SAMPLING),
    "gen's": tuple(name for name in GEN if name not in SAMPLING),
    "judge's": ("gold", *JUDGE),
    "run's": tuple(RUN),
    **{f"{reader}'s": tuple(found) for reader, found in READER_SETTINGS.items()},
    "input's": ("key",),
    "judge of": ("bool", "points", "score", "scale"),
    "loop.": tuple(name for name, _ in LOOP),
    "filter": ("json", "default", "join"),
    "each": ("from", "in", "in range", "in 1..", "in list"),
    "expect": ("kept", "dropped", "that"),
    "literal": ("true", "false", "null", "text", "whole number", "number"),
}
"""Everything that is looked for, by kind. Functions and methods have an example each in docs/functions.md."""


def words(node: tree.Node) -> Iterator[tuple[str, str]]:
    """(kind, word) of everything in one node that the language gives a meaning."""
    for kind in type(node).__mro__:
        if kind in _READ:
            yield from _READ[kind](node)


Reader = Callable[..., Iterator[tuple[str, str]]]
_READ: dict[type, Reader] = {}


def _of(*kinds: type) -> Callable[[Reader], Reader]:
    def register(read: Reader) -> Reader:
        _READ.update(dict.fromkeys(kinds, read))
        return read

    return register


def _callee(node: tree.Expr) -> str:
    """`minhash(0.8)` and `exact` are called by their names."""
    if isinstance(node, tree.Call):
        return _callee(node.callee)
    return node.name if isinstance(node, tree.Ref) else node.name.text if isinstance(node, tree.Attr) else ""


def _settings(kind: str, settings: tuple[tree.Setting, ...]) -> Iterator[tuple[str, str]]:
    yield from ((kind, setting.name.text) for setting in settings)


@_of(tree.Quantity)
def _quantity(node: tree.Quantity) -> Iterator[tuple[str, str]]:
    yield "unit", node.unit


@_of(tree.Binary)
def _binary(node: tree.Binary) -> Iterator[tuple[str, str]]:
    yield "operator", node.op


@_of(tree.Unary)
def _unary(node: tree.Unary) -> Iterator[tuple[str, str]]:
    yield "sign", node.op


@_of(tree.Constant)
def _constant(node: tree.Constant) -> Iterator[tuple[str, str]]:
    names = {str: "text", int: "whole number", float: "number", bool: str(node.value).lower(), type(None): "null"}
    yield "literal", names[type(node.value)]


@_of(tree.TemplateMarker)
def _marker(node: tree.TemplateMarker) -> Iterator[tuple[str, str]]:
    yield "marker", f"open {node.role}" if node.kind == "open" else node.kind


@_of(tree.TypeName)
def _type(node: tree.TypeName) -> Iterator[tuple[str, str]]:
    yield "type", node.name


@_of(tree.TypeOptional, tree.TypeUnion, tree.TypeApply)
def _composed(node: tree.TypeExpr) -> Iterator[tuple[str, str]]:
    named = {tree.TypeOptional: "T?", tree.TypeUnion: "closed choice", tree.TypeApply: "json(…)"}
    yield "type", named[type(node)]


@_of(tree.TypeList)
def _list(node: tree.TypeList) -> Iterator[tuple[str, str]]:
    yield "type", "T[]" if node.length is None else "T[n]"


@_of(tree.Input, tree.Personas)
def _source(node: tree.Input | tree.Personas) -> Iterator[tuple[str, str]]:
    reader = _callee(node.source)
    yield "reader", reader
    yield from _settings("input's", node.settings)
    yield from _settings(f"{reader}'s", node.settings)


@_of(tree.Model)
def _model(node: tree.Model) -> Iterator[tuple[str, str]]:
    yield from _settings("model's", node.settings)


@_of(tree.Judge)
def _judge(node: tree.Judge) -> Iterator[tuple[str, str]]:
    yield "judge of", "scale" if isinstance(node.result, tree.Range) else getattr(node.result, "name", "")
    yield from _settings("judge's", node.settings)


@_of(tree.Set)
def _set(node: tree.Set) -> Iterator[tuple[str, str]]:
    yield "dataset's", node.name.text


@_of(tree.Each)
def _each(node: tree.Each) -> Iterator[tuple[str, str]]:
    yield "each", node.kind
    if isinstance(node.over, tree.Range):
        yield "each", "in range" if node.over.high else "in 1.."
    if isinstance(node.over, tree.ListExpr):
        yield "each", "in list"


@_of(tree.Draw)
def _draw(node: tree.Draw) -> Iterator[tuple[str, str]]:
    yield "distribution", _callee(node.distribution)


@_of(tree.Gen)
def _gen(node: tree.Gen) -> Iterator[tuple[str, str]]:
    yield from _settings("gen's", node.settings)


@_of(tree.Run)
def _run(node: tree.Run) -> Iterator[tuple[str, str]]:
    yield "tool", _callee(node.tool)
    yield from _settings("run's", node.settings)


@_of(tree.Dedup)
def _dedup(node: tree.Dedup) -> Iterator[tuple[str, str]]:
    yield "dedup by", _callee(node.method)


@_of(tree.Decontaminate)
def _decontaminate(node: tree.Decontaminate) -> Iterator[tuple[str, str]]:
    yield "decontaminate by", _callee(node.method)


@_of(tree.Select)
def _select(node: tree.Select) -> Iterator[tuple[str, str]]:
    if node.method is not None:
        yield "apart by", _callee(node.method)


@_of(tree.Emit)
def _emit(node: tree.Emit) -> Iterator[tuple[str, str]]:
    if node.kind is not None:
        yield "emit", node.kind.text


@_of(tree.Filtered)
def _filtered(node: tree.Filtered) -> Iterator[tuple[str, str]]:
    yield "filter", node.filter.text


@_of(tree.Attr, tree.Ref)
def _name(node: tree.Attr | tree.Ref) -> Iterator[tuple[str, str]]:
    name = node.name if isinstance(node, tree.Ref) else node.name.text
    yield from ((kind, name) for kind in ("property", "result", "prelude"))
    if isinstance(node, tree.Attr) and _callee(node.base) == "loop":
        yield "loop.", name


@_of(tree.ExpectRow)
def _expect(node: tree.ExpectRow) -> Iterator[tuple[str, str]]:
    yield "expect", "kept" if node.dropped_by is None else "dropped"


@_of(tree.ExpectThat)
def _that(node: tree.ExpectThat) -> Iterator[tuple[str, str]]:
    yield "expect", "that"
