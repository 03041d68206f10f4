"""Where an expression stands in; what its names, properties and calls print as there, out.

`Site.inside` is the same place seen from inside a list method, where `it` is the element and a bare name may be one of
its fields; `Site.each_row` is an audit seen from one row of the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compiler.functions import Each
from compiler.model import Kind, Model, Symbol
from compiler.passes.lower import calls, expressions, filters
from compiler.passes.lower import precedence as p
from compiler.passes.lower.layout import Lambda, Leaf, call, flat, literal, text, value
from compiler.passes.lower.precedence import Code, leaf
from compiler.types import ANY, PERSONA, STR, Extended, Generated, List, Record, SourceOf, Type, Verdict
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module

PROPERTIES = {"logprob": "fn.logprob", "reasoning": "fn.reasoning", "score": "fn.score"}
_SOURCES = (Kind.INPUT, Kind.PERSONAS, Kind.DATASET)


@dataclass(frozen=True)
class Site:
    """`locals` are names of the function being printed; `elements` the types of the elements around, innermost last.

    `kinds` are the types of names that can be null although the checker does not say so.
    `jinja`: in a template, where no lambda can stand. `over_rows`: in an audit, inside a measure.
    """

    model: Model
    module: Module
    locals: Mapping[Symbol, str] = field(default_factory=dict)
    elements: tuple[Type, ...] = ()
    jinja: bool = False
    over_rows: bool = False
    kinds: Mapping[Symbol, Type] = field(default_factory=dict)

    def type_of(self, node: tree.Expr) -> Type:
        symbol = self.model.symbols.get(node) if isinstance(node, tree.Ref) else None
        if symbol is not None and symbol in self.kinds:
            return self.kinds[symbol]
        return self.model.types.get(node, ANY)

    def inside(self, kind: Type) -> Site:
        return replace(self, elements=(*self.elements, kind))

    def each_row(self) -> Site:
        return replace(self, over_rows=True)

    # --- names ---

    def ref(self, node: tree.Ref) -> Code:
        symbol = self.model.symbols.get(node)
        if symbol is None:
            raise LookupError(f"`{node.name}` was never resolved")
        if symbol.kind is Kind.FIELD:
            return self._field_of_element(node.name)
        if symbol.kind is Kind.ELEMENT and symbol.node is None:
            return leaf(element_name(len(self.elements) - 1))
        if symbol in self.locals:
            return leaf(self.locals[symbol])
        return self._of_module(node, symbol)

    def _field_of_element(self, name: str) -> Code:
        """A bare name in a list method: a field or property of the nearest element that has it."""
        for depth in range(len(self.elements) - 1, -1, -1):
            kind = self.elements[depth]
            record = expressions.base_type(kind)
            if isinstance(record, Record) and (record.open or record.field(name)):
                return expressions.field(leaf(element_name(depth)), name, kind)
            if name in PROPERTIES and isinstance(kind, Generated | Extended):
                return Code(call(PROPERTIES[name], Leaf(element_name(depth))), p.ATOM, True)
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
        plain = expressions.base_type(kind)
        if isinstance(plain, Record) and (plain.field(name) or plain.open):
            return None
        return self._property(node, name, kind, plain) or calls.bare_method(node, self)

    def _of_name(self, node: tree.Attr, symbol: Symbol) -> Code | None:
        if symbol.kind is Kind.ENUM:
            return Code(text(node.name.text))
        if symbol.kind is Kind.TABLE:
            return leaf(f"it[{literal(node.name.text)}]")
        return leaf(f"loop.{node.name.text}") if self.jinja else None

    def _property(self, node: tree.Attr, name: str, kind: Type, plain: Type) -> Code | None:
        """The base is printed only for what is found: a chain of methods stays linear."""
        if (isinstance(plain, Verdict) and name in ("p", "points")) or (isinstance(plain, SourceOf) and name == "rows"):
            return leaf(f"{flat(expressions.code(node.base, self).at_least(p.ATOM))}.{name}")
        if isinstance(kind, Generated) and name == "text":
            return expressions.code(node.base, self)
        if name in PROPERTIES and not isinstance(plain, List):
            return Code(call(PROPERTIES[name], expressions.source(node.base, self)), p.ATOM, True)
        return None

    # --- calls ---

    def call(self, node: tree.Call) -> Code:
        return calls.call_code(node, self)

    def filtered(self, node: tree.Filtered) -> Code:
        return filters.filter_code(node, self)

    def argument(self, node: tree.Expr, wanted: Type, element: Type = ANY) -> Code:
        """An argument for a parameter of type `wanted`: an element expression as a lambda, a persona as its text."""
        if isinstance(wanted, Each):
            return Code(Lambda(element_name(len(self.elements)), expressions.source(node, self.inside(element))))
        return self.as_text(node) if expressions.base_type(wanted) == STR else expressions.code(node, self)

    def as_text(self, node: tree.Expr) -> Code:
        """`node` where a text is wanted: a persona stands for its text."""
        printed = expressions.code(node, self)
        kind = self.type_of(node)
        return expressions.field(printed, "text", kind) if is_persona(kind) else printed


def element_name(depth: int) -> str:
    """`it`, and `it_2` … for lists within lists."""
    return "it" if depth == 0 else f"it_{depth + 1}"


def is_persona(kind: Type) -> bool:
    plain = expressions.base_type(kind)
    return isinstance(plain, Record) and plain.name == PERSONA.name
