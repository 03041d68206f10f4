"""A symbol, or a type and a name behind its dot, in; the one thing that it is, wherever it is named, out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.functions import DRAWS, METHODS, REGISTRY, RESULTS, Function, find_method
from compiler.model import Kind, Model, Symbol
from compiler.passes.types.relations import solid
from compiler.prelude import RESULT_PROPERTIES
from compiler.types import (
    Choice,
    Extended,
    Generated,
    List,
    MapOf,
    Optional,
    Pool,
    Record,
    SourceOf,
    ToolResult,
    Type,
    Verdict,
)
from dsl import tree
from dsl.source import Span

Key = Span | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """`what` says which kind of thing: a `Kind`'s own word, or `member`, `property`, `method`, `setting`, `file` …

    `place` is the name where it is declared; None for what is built in, and for roles that nothing declares. `node` is
    the declaration or statement that declares it, `entry` the built-in function, `type` what the place itself says.
    """

    what: str
    name: str
    place: Span | None = None
    symbol: Symbol | None = None
    node: tree.Node | None = None
    type: Type | None = None
    entry: Function | None = None
    doc: str | None = None

    @property
    def key(self) -> Key:
        """Equal for two names of one thing."""
        return self.place or (self.what, self.name)


# --- what a name resolves to ---


def of_symbol(symbol: Symbol) -> Subject | None:
    if symbol.kind is Kind.UNKNOWN:
        return None
    table = _BUILT_IN.get(symbol.kind)
    if table is not None:
        return Subject(symbol.kind.value, symbol.name, symbol=symbol, entry=table.get(symbol.name))
    if symbol.kind is Kind.RECORD and symbol.node is None:
        return Subject("type", symbol.name, symbol=symbol)
    place = name_place(symbol.node, symbol.name) if symbol.node is not None else None
    what = type(symbol.node).__name__.lower() if symbol.kind is Kind.ALIGNED else symbol.kind.value
    return Subject(what, symbol.name, place, symbol, symbol.node)


_BUILT_IN = {Kind.FUNCTION: REGISTRY, Kind.MEASURE: RESULTS, Kind.DISTRIBUTION: DRAWS}


def name_place(node: tree.Node, name: str) -> Span | None:
    """Where `node` declares `name`: a `for` may declare several, and a template's `for` also `loop`, which has none."""
    if isinstance(node, tree.ForClause):
        return next((target.span for target in node.targets if target.text == name), None)
    declared = node.target if isinstance(node, tree.TemplateFor) else getattr(node, "name", None)
    return declared.span if isinstance(declared, tree.Name) and declared.text == name else None


# --- what stands behind a dot ---


def of_type(kind: Type, name: str) -> Subject | None:
    """`x.name`, by the type of x: a field, a property, else a method."""
    found = _property(kind, name)
    if found is not None:
        return found
    method = method_of(kind, name)
    return Subject("method", name, entry=method) if method is not None else None


def method_of(kind: Type, name: str) -> Function | None:
    """A pool and a source are drawn from as a list is."""
    kind = solid(kind)
    return METHODS["list.pick"] if name == "pick" and isinstance(kind, Pool | SourceOf) else find_method(kind, name)


def function_of(model: Model, call: tree.Call) -> Function | None:
    """The built-in function or method that is called."""
    if isinstance(call.callee, tree.Attr):
        kind = model.types.get(call.callee.base)
        return method_of(kind, call.callee.name.text) if kind is not None else None
    symbol = model.symbols.get(call.callee)
    return _BUILT_IN.get(symbol.kind, {}).get(symbol.name) if symbol is not None else None


def member(choice: Choice, name: str) -> Subject | None:
    """A member of an enum, where the type knows in which place it is declared."""
    if choice.name is None or name not in choice.values or not choice.places:
        return None
    return Subject("member", name, choice.places[choice.values.index(name)], type=choice)


def field_of(kind: Type, name: str) -> Subject | None:
    """A field of a record, or a column of a source's rows."""
    row = solid(kind)
    if isinstance(row, List):
        row = solid(row.element)
    row = solid(row.row) if isinstance(row, SourceOf) else row
    return _field(row, name) if isinstance(row, Record) else None


def _field(row: Record, name: str) -> Subject | None:
    found = row.field(name)
    if found is None:
        return None
    built_in = _OF_RECORDS.get(row.name, {}) if found.place is None else {}
    return Subject("field", name, found.place, type=found.type, doc=found.doc or built_in.get(name))


def _property(kind: Type, name: str) -> Subject | None:
    match kind:
        case Optional(base=base):
            return _property(base, name)
        case Extended(base=base, property=own, of=of):
            return Subject("property", name, type=of, doc=_DOCS.get(name)) if name == own else _property(base, name)
        case Generated(base=base):
            found = _property(base, name)
            return found or (Subject("property", name, doc=_DOCS[name]) if name in _OF_ANSWERS else None)
        case Record():
            return _field(kind, name)
        case ToolResult(properties=own):
            return _listed(dict((*RESULT_PROPERTIES, *own)), name)
        case Verdict() | SourceOf() if name in _OF_VERDICTS or name == "rows":
            return Subject("property", name, doc=_DOCS.get(name))
        case MapOf(value=value, keys=keys) if keys is not None and name in keys:
            return Subject("property", name, type=value)
    return None


def _listed(properties: dict[str, Type], name: str) -> Subject | None:
    return Subject("property", name, type=properties[name], doc=_DOCS.get(name)) if name in properties else None


def typed(subject: Subject, kind: Type | None) -> Subject:
    """With the type that the place has, which may be narrower than the declared one."""
    return subject if kind is None or subject.type is not None else replace(subject, type=kind)


_OF_RECORDS = {
    "Message": {
        "role": "Who says it.",
        "content": "What is said.",
    },
    "Persona": {
        "id": "Names the persona among those of its source.",
        "text": "Who the persona is, in words: what a persona prints as.",
        "role": "The part that the persona plays; null where its source does not say.",
    },
}
"""Of the records that no file declares, by field."""
_OF_ANSWERS = frozenset({"text", "logprob", "reasoning"})
_OF_VERDICTS = frozenset({"p", "points", "mean"})
_DOCS = {
    "text": "The generated text itself.",
    "logprob": "The mean log-probability of the answer's tokens; null where the engine gives none.",
    "reasoning": "What the model thought aloud before it answered; null where it did not.",
    "score": "The value of `by` that this element was ranked with.",
    "support": "The share of samples that bear this claim out.",
    "p": "The probability of the verdict.",
    "points": "What each question of the judge added.",
    "mean": "The mean over the scale, each step weighted by its probability.",
    "rows": "The rows of the source, as a list.",
    "previous": "The value that this name had in the round before.",
    "ok": "Whether the tool ran to its end without a failure.",
    "output": "What the tool printed.",
    "reason": "Why it was refused or killed; null where it was not.",
    "exit_code": "What the process ended with; null where it was killed.",
    "passed": "How many tests passed.",
    "failed": "How many tests failed.",
    "errors": "How many tests could not be run.",
    "columns": "The names of the result's columns.",
}
