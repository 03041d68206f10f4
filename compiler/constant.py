"""An expression in; its value out, if it can be known before any row (parameters, constants, files), else `UNKNOWN`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from compiler.catalog import Catalog, beside
from compiler.functions import METHODS, REGISTRY, Each, Function, library, null, paired
from compiler.functions.prelude import file, fixture, lines
from compiler.model import Kind, Symbol
from compiler.prelude import OF_FILES
from dsl import tree
from dsl.diagnostics import SynthError


class Unknown:
    """The type of `UNKNOWN`: not a value, because null is one."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
UNITS: Mapping[str, float] = {
    "ms": 0.001,
    "s": 1,
    "min": 60,
    "h": 3600,
    "KB": 1024,
    "MB": 1024**2,
    "GB": 1024**3,
    "%": 0.01,
}


def quantity(node: tree.Quantity) -> int | float:
    """Seconds, bytes or a share: `10s` is 10, `512MB` is 536870912, `35%` is 0.35."""
    if node.unit == "%":
        return node.number / 100
    value = node.number * UNITS[node.unit]
    return int(value) if value == int(value) else value


@dataclass(frozen=True)
class Evaluator:
    """`values` are those of parameters and constants; enums give the list of their members. Never raises.

    `elements` are those of the lists whose methods stand around, innermost last.
    """

    symbols: Mapping[tree.Node, Symbol]
    values: Mapping[Symbol, object]
    catalog: Catalog
    elements: tuple[Any, ...] = ()

    def evaluate(self, node: tree.Expr) -> Any:
        rule = _RULES.get(type(node))
        try:
            return rule(self, node) if rule else UNKNOWN
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, SynthError):
            return UNKNOWN

    def _all(self, *nodes: tree.Expr) -> list[Any] | None:
        found = [self.evaluate(node) for node in nodes]
        return None if any(value is UNKNOWN for value in found) else found

    def _ref(self, node: tree.Ref) -> Any:
        symbol = self.symbols.get(node)
        if symbol is None:
            return UNKNOWN
        if isinstance(symbol.node, tree.Enum):
            return [member.text for member in symbol.node.members]
        if symbol.kind is Kind.ELEMENT and symbol.node is None and self.elements:
            return self.elements[-1]
        if symbol.kind is Kind.FIELD:
            return self._field(node.name)
        if symbol.kind is Kind.MODEL:
            return symbol.name
        return self.values.get(symbol, UNKNOWN)

    def _field(self, name: str) -> Any:
        """A bare name in a list's method: of the nearest element that has it."""
        records = (element for element in reversed(self.elements) if isinstance(element, dict))
        return next((record[name] for record in records if name in record), UNKNOWN)

    def _attr(self, node: tree.Attr) -> Any:
        name, base = node.name.text, self.evaluate(node.base)
        symbol = self.symbols.get(node.base)
        if symbol is not None and symbol.kind is Kind.ENUM:
            return name if name in base else UNKNOWN
        if isinstance(base, dict):
            return base.get(name, UNKNOWN)
        return library.score(base) if name == "score" else self._method(base, name, ())

    def _index(self, node: tree.Index) -> Any:
        if isinstance(node.index, tree.Range):
            return self._slice(node.base, node.index)
        found = self._all(node.base, node.index)
        return library.index(*found) if found else UNKNOWN

    def _slice(self, base: tree.Expr, bounds: tree.Range) -> Any:
        found = self._all(base, bounds.low, *([bounds.high] if bounds.high else []))
        return library.cut(*found, *([] if bounds.high else [None])) if found else UNKNOWN

    def _unary(self, node: tree.Unary) -> Any:
        value = self.evaluate(node.operand)
        if value is UNKNOWN:
            return UNKNOWN
        if value is None:
            return None
        return not value if node.op == "not" else -value if node.op == "-" else value

    def _binary(self, node: tree.Binary) -> Any:
        left = self.evaluate(node.left)
        if node.op in ("and", "or"):
            return self._logic(node, left)
        if isinstance(node.right, tree.Range):
            return self._within(node, left, node.right)
        right = self.evaluate(node.right)
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        asks_for_null = node.op in ("==", "!=") and (_is_null(node.left) or _is_null(node.right))
        if (left is None or right is None) and not asks_for_null:
            return None
        return _OPERATORS[node.op](left, right)

    def _logic(self, node: tree.Binary, left: Any) -> Any:
        """Short circuit: `false and anything` is false, even where the rest is null or cannot be known."""
        decided = node.op == "or"
        if left not in (UNKNOWN, None) and bool(left) is decided:
            return decided
        right = self.evaluate(node.right)
        if right not in (UNKNOWN, None) and bool(right) is decided:
            return decided
        both = (left, right)
        return UNKNOWN if UNKNOWN in both else None if None in both else bool(right)

    def _within(self, node: tree.Binary, value: Any, bounds: tree.Range) -> Any:
        low, high = self.evaluate(bounds.low), self.evaluate(bounds.high) if bounds.high else value
        if UNKNOWN in (value, low, high):
            return UNKNOWN
        if value is None or low is None or high is None:
            return None
        return (low <= value <= high) is (node.op == "in")

    def _conditional(self, node: tree.Conditional) -> Any:
        condition = self.evaluate(node.condition)
        if condition is UNKNOWN:
            return UNKNOWN
        return self.evaluate(node.then if condition else node.otherwise)

    def _list(self, node: tree.ListExpr) -> Any:
        found = self._all(*node.items)
        return UNKNOWN if found is None else found

    def _object(self, node: tree.ObjectExpr) -> Any:
        found = self._all(*(entry.value for entry in node.entries))
        return UNKNOWN if found is None else dict(zip((e.key for e in node.entries), found, strict=True))

    def _call(self, node: tree.Call) -> Any:
        if isinstance(node.callee, tree.Attr):
            return self._method(self.evaluate(node.callee.base), node.callee.name.text, node.args)
        symbol = self.symbols.get(node.callee)
        if symbol is None or symbol.kind is not Kind.FUNCTION or not isinstance(node.callee, tree.Ref):
            return UNKNOWN
        if node.callee.name in OF_FILES:
            args = self._all(*(arg.value for arg in node.args))
            return self._read(node, args) if args else UNKNOWN
        function = REGISTRY.get(node.callee.name)
        return self._library(function, [], node.args) if function is not None else UNKNOWN

    def _method(self, receiver: Any, name: str, args: Sequence[tree.Arg]) -> Any:
        """A method on null gives null."""
        if receiver is None or receiver is UNKNOWN:
            return receiver
        kind = "list" if isinstance(receiver, list) else "str" if isinstance(receiver, str) else ""
        method = METHODS.get(f"{kind}.{name}")
        return self._library(method, [receiver], args) if method is not None else UNKNOWN

    def _library(self, function: Function, given: list[Any], args: Sequence[tree.Arg]) -> Any:
        """Calls what a printed program would call, with `given` before the arguments."""
        if function.code is None:
            return UNKNOWN
        named: dict[str, Any] = {}
        for arg, param in paired(function.signature.params, args):
            value = self._expression(arg.value) if isinstance(param.type, Each) else self.evaluate(arg.value)
            if value is UNKNOWN:
                return UNKNOWN
            if arg.name is None:
                given.append(value)
            else:
                named[param.name] = value
        return getattr(library, function.code)(*given, **named)

    def _expression(self, node: tree.Expr) -> Callable[[Any], Any]:
        """An element expression as a function of one element; LookupError where its value cannot be known."""

        def of(element: Any) -> Any:
            value = replace(self, elements=(*self.elements, element)).evaluate(node)
            if value is UNKNOWN:
                raise LookupError("not known before any row")
            return value

        return of

    def _read(self, node: tree.Call, args: list[Any]) -> Any:
        assert isinstance(node.callee, tree.Ref)
        folder = "fixtures/" if node.callee.name == "fixture" else ""
        text = self.catalog.read_text(beside(node.span.path, folder + args[0]))
        if text is None:
            return UNKNOWN
        if node.callee.name == "fixture":
            return fixture(args[0], text)
        return file(text) if node.callee.name == "file" else lines(text)


def plain(value: Any) -> Any:
    """A value found out, as one that can be printed: without what lists and elements know of where they come from."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if value is None or isinstance(value, bool):
        return value
    return next((kind(value) for kind in (str, int, float) if isinstance(value, kind)), UNKNOWN)


def _is_null(node: tree.Expr) -> bool:
    return isinstance(node, tree.Constant) and node.value is None


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": null.div,
    "%": null.mod,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}
_RULES: Mapping[type[tree.Expr], Callable[[Evaluator, Any], Any]] = {
    tree.Constant: lambda _, node: node.value,
    tree.Quantity: lambda _, node: quantity(node),
    tree.Ref: Evaluator._ref,
    tree.Attr: Evaluator._attr,
    tree.Index: Evaluator._index,
    tree.Unary: Evaluator._unary,
    tree.Binary: Evaluator._binary,
    tree.Conditional: Evaluator._conditional,
    tree.ListExpr: Evaluator._list,
    tree.ObjectExpr: Evaluator._object,
    tree.Call: Evaluator._call,
}
