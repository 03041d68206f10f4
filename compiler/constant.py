"""An expression in; its value out, if it can be known before any row (parameters, constants, files), else `UNKNOWN`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from compiler.catalog import Catalog, beside
from compiler.functions import REGISTRY, Each, library
from compiler.functions.elements import index
from compiler.functions.prelude import file, fixture, lines
from compiler.model import Kind, Symbol
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
_READS = ("file", "lines", "fixture")


def quantity(node: tree.Quantity) -> int | float:
    """Seconds, bytes or a share: `10s` is 10, `512MB` is 536870912, `35%` is 0.35."""
    if node.unit == "%":
        return node.number / 100
    value = node.number * UNITS[node.unit]
    return int(value) if value == int(value) else value


@dataclass(frozen=True)
class Evaluator:
    """`values` are those of parameters and constants; enums give the list of their members. Never raises."""

    symbols: Mapping[tree.Node, Symbol]
    values: Mapping[Symbol, object]
    catalog: Catalog

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
        if symbol is not None and symbol.kind is Kind.ENUM and isinstance(symbol.node, tree.Enum):
            return [member.text for member in symbol.node.members]
        return self.values.get(symbol, UNKNOWN) if symbol is not None else UNKNOWN

    def _attr(self, node: tree.Attr) -> Any:
        base = self.evaluate(node.base)
        if isinstance(node.base, tree.Ref) and isinstance(base, list):
            return node.name.text if node.name.text in base else UNKNOWN
        return base.get(node.name.text, UNKNOWN) if isinstance(base, dict) else UNKNOWN

    def _index(self, node: tree.Index) -> Any:
        if isinstance(node.index, tree.Range):
            return UNKNOWN
        found = self._all(node.base, node.index)
        return index(*found) if found else UNKNOWN

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
        symbol = self.symbols.get(node.callee)
        if symbol is None or symbol.kind is not Kind.FUNCTION or not isinstance(node.callee, tree.Ref):
            return UNKNOWN
        args = self._all(*(arg.value for arg in node.args))
        function = REGISTRY.get(node.callee.name)
        if args is None or function is None or function.code is None or not function.available:
            return UNKNOWN
        if node.callee.name in _READS:
            return self._read(node, args)
        if any(isinstance(param.type, Each) for param in function.signature.params):
            return UNKNOWN
        positional = [value for arg, value in zip(node.args, args, strict=True) if arg.name is None]
        named = {arg.name.text: value for arg, value in zip(node.args, args, strict=True) if arg.name is not None}
        return getattr(library, function.code)(*positional, **named)

    def _read(self, node: tree.Call, args: list[Any]) -> Any:
        assert isinstance(node.callee, tree.Ref)
        folder = "fixtures/" if node.callee.name == "fixture" else ""
        text = self.catalog.read_text(beside(node.span.path, folder + args[0]))
        if text is None:
            return UNKNOWN
        if node.callee.name == "fixture":
            return fixture(args[0], text)
        return file(text) if node.callee.name == "file" else lines(text)


def _is_null(node: tree.Expr) -> bool:
    return isinstance(node, tree.Constant) and node.value is None


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
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
