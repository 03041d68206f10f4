"""Where an expression stands in; what its names, properties and calls print as there, out.

`Site.inside` is the same place seen from inside a list method, where `it` is the element and a bare name may be one of
its fields; `Site.each_row` is an audit seen from one row of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from compiler.functions import Each
from compiler.model import Kind, Model, Symbol
from compiler.passes.lower import aligned, calls, expressions, filters
from compiler.passes.lower import precedence as p
from compiler.passes.lower.layout import Leaf, call, dotted, flat, literal, text, value
from compiler.passes.lower.precedence import Code, leaf
from compiler.prelude import RESULT_PROPERTIES
from compiler.types import (
    ANY,
    PERSONA,
    STR,
    CheckedText,
    Choice,
    Extended,
    Generated,
    List,
    MapOf,
    Optional,
    Record,
    SourceOf,
    ToolResult,
    Type,
    Verdict,
)
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module

PROPERTIES = {"logprob": "fn.logprob", "reasoning": "fn.reasoning", "score": "fn.score", "support": "fn.support"}
_VERDICT = ("p", "points", "mean")
_SOURCES = (Kind.INPUT, Kind.PERSONAS, Kind.DATASET, Kind.MIX)


@dataclass(frozen=True)
class Over:
    """The list whose element stands around: made `along` a gen's elements, and reached from `root` alone."""

    along: str | None = None
    root: Symbol | None = None


@dataclass(frozen=True)
class Site:
    """`locals` are names of the function being printed; `elements` the types of the elements around, innermost last.

    `lists` says of each of those elements where it comes from.
    `kinds` are the types of names that can be null although the checker does not say so.
    `previous` is what `x.previous` of a carried name prints as.
    `doubt`: what a condition around has shown not to be null can be null all the same, for it is evaluated first.
    `jinja`: in a template, where no lambda can stand. `over_rows`: in an audit, inside a measure.
    """

    model: Model
    module: Module
    locals: Mapping[Symbol, str] = field(default_factory=dict)
    elements: tuple[Type, ...] = ()
    jinja: bool = False
    over_rows: bool = False
    kinds: Mapping[Symbol, Type] = field(default_factory=dict)
    lists: tuple[Over, ...] = ()
    previous: Mapping[Symbol, Code] = field(default_factory=dict)
    doubt: bool = False

    def type_of(self, node: tree.Expr) -> Type:
        symbol = self.model.symbols.get(node) if isinstance(node, tree.Ref) else None
        if symbol is not None and symbol in self.kinds:
            return self.kinds[symbol]
        found = self.model.types.get(node, ANY)
        return self._doubted(node, symbol, found) if self.doubt else found

    def _doubted(self, node: tree.Expr, symbol: Symbol | None, found: Type) -> Type:
        """The type as it was declared, whatever a condition has shown since."""
        if symbol is not None and symbol.node is not None and symbol in self.locals and symbol.kind is not Kind.ELEMENT:
            return self.module.declared(symbol)
        record = expressions.base_type(self.type_of(node.base)) if isinstance(node, tree.Attr) else None
        declared = record.field(node.name.text) if isinstance(record, Record) and isinstance(node, tree.Attr) else None
        return found if declared is None or not expressions.can_be_null(declared.type) else declared.type

    def inside(self, kind: List, base: tree.Expr | None = None) -> Site:
        """Seen from an element of a list; the methods of a list pass over elements that are null."""
        over = Over(kind.along, aligned.root(base, self) if base is not None else None)
        lists = (*self.lists, *(Over() for _ in self.elements[len(self.lists) :]), over)
        return replace(self, elements=(*self.elements, present(kind.element)), lists=lists)

    def doubting(self) -> Site:
        return replace(self, doubt=True)

    def each_row(self) -> Site:
        return replace(self, over_rows=True)

    # --- names ---

    def ref(self, node: tree.Ref) -> Code:
        symbol = self.model.symbols.get(node)
        if symbol is None:
            raise LookupError(f"`{node.name}` was never resolved")
        if symbol.kind is Kind.FIELD:
            return self._field_of_element(node.name)
        if symbol.kind is Kind.ALIGNED:
            return aligned.own(node, symbol, self)
        if symbol.kind is Kind.ELEMENT and symbol.node is None:
            return leaf(self.element(len(self.elements) - 1))
        if symbol in self.locals:
            return leaf(self.locals[symbol])
        return self._of_module(node, symbol)

    def _field_of_element(self, name: str) -> Code:
        """A bare name in a list method: a field or property of the nearest element that has it."""
        for depth in range(len(self.elements) - 1, -1, -1):
            kind = self.elements[depth]
            plain, element = expressions.base_type(kind), leaf(self.element(depth))
            keys = plain.keys or () if isinstance(plain, MapOf) else ()
            if name in keys or (isinstance(plain, Record) and (plain.open or plain.field(name))):
                return expressions.field(element, name, kind)
            found = self._property(partial(leaf, self.element(depth)), name, kind, plain)
            if found is not None:
                return found
        raise LookupError(f"no element has `{name}`")

    def _of_module(self, node: tree.Ref, symbol: Symbol) -> Code:
        if symbol.kind in (Kind.PARAM, Kind.CONST):
            return leaf(self.module.constant(symbol), self.model.values.get(symbol) is None)
        if isinstance(symbol.node, tree.Enum):
            return Code(value([member.text for member in symbol.node.members]))
        if symbol.kind in _SOURCES:
            return Code(call("row.source", text(symbol.name)))
        if symbol.kind is Kind.MODEL:
            return Code(text(symbol.name))
        if symbol.kind is Kind.LOOP and self.jinja:
            return leaf("loop")
        if symbol.kind is Kind.CRITERIA:
            return leaf(f"{self.module.function(symbol)}()")
        return self._of_result(node, symbol)

    def _of_result(self, node: tree.Ref, symbol: Symbol) -> Code:
        """In an audit: a number of the result, or the row's own value inside a measure."""
        if symbol.kind is Kind.MEASURE:
            return leaf(f"result.{symbol.name}")
        if self.over_rows:
            return leaf(f"it[{literal(node.name)}]")
        raise LookupError(f"`{node.name}` is a {symbol.kind.value} and has no value here")

    # --- properties ---

    def attribute(self, node: tree.Attr) -> Code | None:
        name, kind = node.name.text, self.type_of(node.base)
        symbol = self.model.symbols.get(node.base)
        if symbol is not None and symbol.kind in (Kind.ENUM, Kind.TABLE, Kind.LOOP):
            return self._of_name(node, symbol)
        if symbol is not None and symbol.kind is Kind.CARRY and name == "previous":
            return self.previous.get(symbol) or leaf(f'it["{symbol.name}_previous"]', True)
        plain = expressions.base_type(kind)
        if isinstance(plain, Record) and (plain.field(name) or plain.open):
            return None
        found = self._property(lambda: expressions.code(node.base, self), name, kind, plain)
        return found or calls.bare_method(node, self)

    def _of_name(self, node: tree.Attr, symbol: Symbol) -> Code | None:
        if symbol.kind is Kind.ENUM:
            return Code(text(node.name.text))
        if symbol.kind is Kind.TABLE:
            return leaf(f"it[{literal(node.name.text)}]")
        return leaf(f"loop.{node.name.text}") if self.jinja else None

    def _property(self, base: Callable[[], Code], name: str, kind: Type, plain: Type) -> Code | None:
        """The base is printed only for what is found: a chain of methods stays linear."""
        said = isinstance(plain, Verdict) and name in _VERDICT
        if said or (isinstance(plain, SourceOf) and name == "rows"):
            return Code(dotted(base().at_least(p.ATOM), name))
        if name == "text" and is_generated(kind) and (plain == STR or isinstance(plain, Choice | CheckedText)):
            return base()
        if isinstance(plain, ToolResult) and has_property(plain, name):
            return result_property(base(), name, plain)
        if name in PROPERTIES and (is_marked(kind) or not isinstance(plain, List)):
            return Code(call(PROPERTIES[name], base().doc), p.ATOM, True)
        return None

    # --- calls ---

    def call(self, node: tree.Call) -> Code:
        return calls.call_code(node, self)

    def filtered(self, node: tree.Filtered) -> Code:
        return filters.filter_code(node, self)

    def argument(self, node: tree.Expr, wanted: Type, over: tree.Expr | None = None) -> Code:
        """An argument for a parameter of type `wanted`: an expression of each element of `over` as a lambda."""
        if isinstance(wanted, Each):
            return aligned.expression(node, over, self)
        return self.as_text(node) if expressions.base_type(wanted) == STR else expressions.code(node, self)

    def element(self, depth: int) -> str:
        """`it`, and `it_2` … for lists within lists; in an audit `it` is the row."""
        return numbered("it", depth + self.over_rows)

    def place(self, depth: int) -> str:
        return numbered("place", depth + self.over_rows)

    def as_text(self, node: tree.Expr) -> Code:
        """`node` where a text is wanted: a persona stands for its text."""
        printed = expressions.code(node, self)
        kind = self.type_of(node)
        return expressions.field(printed, "text", kind) if is_persona(kind) else printed


def numbered(name: str, depth: int) -> str:
    return name if depth == 0 else f"{name}_{depth + 1}"


def is_marked(kind: Type) -> bool:
    """Whether a value can say more of itself: how likely it was, what it was ranked by."""
    while isinstance(kind, Optional):
        kind = kind.base
    return isinstance(kind, Generated | Extended)


def is_generated(kind: Type) -> bool:
    while isinstance(kind, Optional | Extended):
        kind = kind.base
    return isinstance(kind, Generated)


def has_property(kind: ToolResult, name: str) -> bool:
    return name in dict((*RESULT_PROPERTIES, *kind.properties))


def result_property(base: Code, name: str, kind: ToolResult) -> Code:
    """What a tool came back with: a plain look-up where the result cannot be null itself."""
    nullable = expressions.can_be_null(dict((*RESULT_PROPERTIES, *kind.properties))[name])
    if base.nullable:
        return Code(call("ops.get", base.doc, Leaf(literal(name))), p.ATOM, True)
    return leaf(f"{flat(base.at_least(p.ATOM))}[{literal(name)}]", nullable)


def present(kind: Type) -> Type:
    """The type of an element that is there."""
    if isinstance(kind, Generated):
        return Generated(present(kind.base))
    return present(kind.base) if isinstance(kind, Optional) else kind


def is_persona(kind: Type) -> bool:
    plain = expressions.base_type(kind)
    return isinstance(plain, Record) and plain.name == PERSONA.name
