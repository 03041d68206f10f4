"""A type in; a function that reads one value of a row as that type, or says what is wrong with it, out.

Values of JSON, Parquet and SQL already have types, and only an int may stand for a float. A CSV cell is text: it is
read as what the record wants, lists and records as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from compiler.functions.canonical import json_text
from compiler.functions.checks import is_json, is_python
from compiler.types import BOOL, FLOAT, INT, STR, CheckedText, Choice, List, Optional, Record, Scalar, Type
from dsl import tree
from runtime.sources.columns import _FLOAT, _INT

Read = Callable[[Any], Any]
_LONG = 1 << 63


class Misfit(ValueError):
    """`expected` and `found` are words for a message; `path` leads to the value below the column, as in `[2].role`."""

    def __init__(self, expected: str, found: object, path: str = "") -> None:
        self.expected, self.found, self.path = expected, shown(found), path
        super().__init__(f"expected {expected}, found {self.found}")

    def below(self, step: str) -> Misfit:
        self.path = step + self.path
        return self


class Missing(Misfit):
    """A field without a value, a default or a `?`."""


def shown(value: object) -> str:
    """A value short enough for a message."""
    text = orjson.dumps(value).decode() if not isinstance(value, int) else str(value).lower()
    return text if len(text) <= 40 else text[:39] + "…"


def reader(kind: Type, *, textual: bool = False) -> Read:
    """Compiled once for a column and called for every row; raises Misfit."""
    if isinstance(kind, Optional):
        return _optional(reader(kind.base, textual=textual), textual)
    if isinstance(kind, Choice):
        return _choice(kind)
    if isinstance(kind, CheckedText):
        return _checked(kind)
    if isinstance(kind, Record | List):
        inner: Read = RecordReader(kind) if isinstance(kind, Record) else _list(kind)
        return _from_json(inner, str(kind)) if textual else inner
    if isinstance(kind, Scalar) and kind in _SCALARS:
        return _SPELLED.get(kind, _SCALARS[kind]) if textual else _SCALARS[kind]
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit("str", value)
    return value


def _int(value: Any) -> int:
    if type(value) is not int:
        raise Misfit("int", value)
    if not -_LONG <= value < _LONG:
        raise Misfit("int of 64 bits", value)
    return value


def _float(value: Any) -> float:
    if type(value) not in (float, int):
        raise Misfit("float", value)
    return float(value)


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise Misfit("bool", value)
    return value


def _spelled_int(cell: str) -> int:
    if not _INT.fullmatch(cell.strip()):
        raise Misfit("int", cell)
    return int(cell)


def _spelled_float(cell: str) -> float:
    if not _FLOAT.fullmatch(cell.strip()):
        raise Misfit("float", cell)
    return float(cell)


def _spelled_bool(cell: str) -> bool:
    value = {"true": True, "false": False}.get(cell.strip().lower())
    if value is None:
        raise Misfit("bool", cell)
    return value


_SCALARS: Mapping[Type, Read] = {STR: _str, INT: _int, FLOAT: _float, BOOL: _bool}
_SPELLED: Mapping[Type, Read] = {INT: _spelled_int, FLOAT: _spelled_float, BOOL: _spelled_bool}


def _optional(read: Read, textual: bool) -> Read:
    def optional(value: Any) -> Any:
        return None if value is None or (textual and value == "") else read(value)

    return optional


def _choice(kind: Choice) -> Read:
    def choice(value: Any) -> str:
        if value not in kind.values:
            raise Misfit(" | ".join(f'"{item}"' for item in kind.values), value)
        return str(value)

    return choice


def _checked(kind: CheckedText) -> Read:
    """Where JSON is wanted, a value that the file holds as such stands for its text."""
    tests: Mapping[str, Callable[[str], bool]] = {"python": is_python, "json": is_json}
    test = tests.get(kind.language)

    def checked(value: Any) -> str:
        if kind.language == "json" and value is not None and not isinstance(value, str):
            return json_text(value)
        if not isinstance(value, str) or (test is not None and not test(value)):
            raise Misfit(kind.language, value)
        return value

    return checked


def _list(kind: List) -> Read:
    read = reader(kind.element)

    def items(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Misfit(str(kind), value)
        if kind.length is not None and len(value) != kind.length:
            raise Misfit(f"{kind.length} elements", len(value))
        return [_below(f"[{i}]", read, item) for i, item in enumerate(value)]

    return items


def _below(step: str, read: Read, value: Any) -> Any:
    try:
        return read(value)
    except Misfit as misfit:
        raise misfit.below(step) from None


def _from_json(read: Read, name: str) -> Read:
    def parsed(cell: str) -> Any:
        try:
            value = orjson.loads(cell)
        except orjson.JSONDecodeError:
            raise Misfit(f"{name} as JSON", cell) from None
        return read(value)

    return parsed


class RecordReader:
    """Reads a record's fields in its own order; further columns are kept by an open record and else left out."""

    def __init__(self, kind: Record, *, textual: bool = False) -> None:
        self.kind = kind
        self.fields = [
            (item.name, reader(item.type, textual=textual), _default(item.default, item.type)) for item in kind.fields
        ]
        self.known = {item.name for item in kind.fields}

    def __call__(self, row: Any) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise Misfit(str(self.kind), row)
        found = {name: self._field(row, name, read, otherwise) for name, read, otherwise in self.fields}
        if self.kind.open:
            found |= {key: row[key] for key in row if key not in self.known}
        return found

    def misfits(self, row: dict[str, Any]) -> Iterator[Misfit]:
        """Everything that is wrong with a row, not only the first."""
        for name, read, otherwise in self.fields:
            try:
                self._field(row, name, read, otherwise)
            except Misfit as misfit:
                yield misfit

    @staticmethod
    def _field(row: dict[str, Any], name: str, read: Read, otherwise: Any) -> Any:
        if name in row:
            return _below(f".{name}", read, row[name])
        if otherwise is _REQUIRED:
            raise Missing(name, None).below(f".{name}")
        return otherwise


_REQUIRED = object()


def _default(default: tree.Expr | None, kind: Type) -> Any:
    if default is not None:
        return constant(default)
    return None if isinstance(kind, Optional) else _REQUIRED


def constant(expression: tree.Expr) -> Any:
    """The value of a field's default. The checker has seen that it is a constant."""
    match expression:
        case tree.Constant():
            return expression.value
        case tree.Quantity(unit="%"):
            return expression.number / 100
        case tree.Unary(op="-"):
            return -constant(expression.operand)
        case tree.ListExpr():
            return [constant(item) for item in expression.items]
        case tree.ObjectExpr():
            return {entry.key: constant(entry.value) for entry in expression.entries}
        case tree.Attr():
            return expression.name.text
    raise TypeError(f"not a constant: {type(expression).__name__}")
