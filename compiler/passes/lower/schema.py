"""A type in; the JSON schema of its values out. Only what constrains a value: no docs, no titles, no names.

Constraints of a record's fields that a schema can say (`len(text) in 3..9`, `age >= 18`, `matches(…)`, a closed choice)
are said; all of them are checked again on the answer.
"""

from __future__ import annotations

from collections.abc import Callable

from compiler.constant import UNKNOWN, Evaluator
from compiler.lifting import conjuncts, length_bounds, lift, number_bounds
from compiler.passes.lower.layout import Doc, call
from compiler.types import (
    BOOL,
    FLOAT,
    INT,
    NULL,
    CheckedText,
    Choice,
    Extended,
    Generated,
    JsonOf,
    List,
    Optional,
    Record,
    RecordField,
    Type,
    Verdict,
)
from dsl import tree

Schema = dict[str, object]
Printed = Callable[[tree.Expr], Doc]
"""An expression of the row, as Python."""
_SCALARS = {INT: "integer", FLOAT: "number", BOOL: "boolean", NULL: "null"}


def of_row(kind: Type) -> bool:
    """Whether only a row knows the schema: `json(schema)`, `str[n]`."""
    match kind:
        case JsonOf():
            return True
        case List(element=element, size=size):
            return size is not None or of_row(element)
        case Generated(base=base) | Extended(base=base) | Optional(base=base):
            return of_row(base)
        case Record(fields=fields):
            return any(of_row(item.type) for item in fields)
    return False


def schema(kind: Type, evaluator: Evaluator, printed: Printed | None = None) -> object:
    """A plain value; where `printed` is given, one with documents where only a row knows what stands there."""
    match kind:
        case JsonOf(schema=node) if printed is not None:
            return call("Shape.schema", printed(node))
        case Choice(values=values):
            return {"type": "string", "enum": list(values)}
        case Generated(base=base) | Extended(base=base):
            return schema(base, evaluator, printed)
        case Optional(base=base):
            return {"anyOf": [schema(base, evaluator, printed), {"type": "null"}]}
        case List(element=element, length=length, size=size):
            count = length if size is None or printed is None else printed(size)
            ends = {} if count is None else {"minItems": count, "maxItems": count}
            return {"type": "array", "items": schema(element, evaluator, printed), **ends}
        case Record(fields=fields):
            return _record(fields, evaluator, printed)
        case Verdict() | CheckedText():
            return {"type": "string"}
    name = _SCALARS.get(kind)  # type: ignore[call-overload]
    return {"type": name or "string"}


def _record(fields: tuple[RecordField, ...], evaluator: Evaluator, printed: Printed | None) -> Schema:
    properties = {item.name: _field(item, evaluator, printed) for item in fields}
    return {
        "type": "object",
        "properties": properties,
        "required": [item.name for item in fields],
        "additionalProperties": False,
    }


def _field(item: RecordField, evaluator: Evaluator, printed: Printed | None) -> object:
    plain = item.type.base if isinstance(item.type, Optional) else item.type
    found = schema(plain, evaluator, printed)
    if isinstance(found, dict):
        for condition in conjuncts(item.constraint) if item.constraint is not None else ():
            found = found | _said(condition, item.name, plain, evaluator) | found
    return {"anyOf": [found, {"type": "null"}]} if isinstance(item.type, Optional) else found


def _said(node: tree.Expr, name: str, kind: Type, evaluator: Evaluator) -> Schema:
    """What a schema can say of one condition; nothing where it cannot."""
    if isinstance(node, tree.Binary) and _is_field(node.left, name) and kind in (INT, FLOAT):
        return _bounds(node, kind, evaluator)
    if isinstance(node, tree.Binary) and (_is_length_of(node.left, name) or _is_count_of(node.left, name, kind)):
        return _lengths(node, kind, evaluator)
    if not _is_about(node, name):
        return {}
    lifted = lift(node, evaluator)
    if lifted is None or kind in (INT, FLOAT, BOOL) or isinstance(kind, List):
        return {}
    if lifted.kind == "choice":
        return {"enum": list(lifted.choices)}
    return {"pattern": f"^(?:{lifted.regex})$"} if lifted.kind == "regex" else {}


def _bounds(node: tree.Binary, kind: Type, evaluator: Evaluator) -> Schema:
    strict = node.op in ("<", ">")
    if strict and kind == FLOAT:
        value = evaluator.evaluate(node.right)
        key = "exclusiveMaximum" if node.op == "<" else "exclusiveMinimum"
        return {} if value is UNKNOWN else {key: value}
    low, high = number_bounds(node, evaluator) or (None, None)
    ends = (("minimum", low), ("maximum", high))
    return {key: value for key, value in ends if value is not None}


def _lengths(node: tree.Binary, kind: Type, evaluator: Evaluator) -> Schema:
    low, high = length_bounds(node, evaluator) or (None, None)
    names = ("minItems", "maxItems") if isinstance(kind, List) else ("minLength", "maxLength")
    return {key: end for key, end in zip(names, (low or None, high), strict=True) if end is not None}


def _is_field(node: tree.Expr, name: str) -> bool:
    return isinstance(node, tree.Ref) and node.name == name


def _is_length_of(node: tree.Expr, name: str) -> bool:
    is_call = isinstance(node, tree.Call) and isinstance(node.callee, tree.Ref) and node.callee.name == "len"
    return is_call and isinstance(node, tree.Call) and len(node.args) == 1 and _is_field(node.args[0].value, name)


def _is_count_of(node: tree.Expr, name: str, kind: Type) -> bool:
    """`xs.count`, bare or with brackets, says how long a list is where no element can be null."""
    plain = node.callee if isinstance(node, tree.Call) and not node.args else node
    whole = isinstance(kind, List) and not isinstance(kind.element, Optional)
    return whole and isinstance(plain, tree.Attr) and plain.name.text == "count" and _is_field(plain.base, name)


def _is_about(node: tree.Expr, name: str) -> bool:
    """`matches(code, "…")`, `code.matches("…")`, `code in ["a", "b"]`: the field itself, not something made from it."""
    if isinstance(node, tree.Binary):
        return _is_field(node.left, name)
    if not isinstance(node, tree.Call):
        return False
    if isinstance(node.callee, tree.Attr):
        return _is_field(node.callee.base, name)
    return bool(node.args) and _is_field(node.args[0].value, name)
