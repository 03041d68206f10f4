"""A plain value of a test and its type in; the value as a row has it, with the fields that it leaves out, out."""

from __future__ import annotations

from typing import Any

import orjson

from compiler.constant import Evaluator
from compiler.types import CheckedText, Extended, Generated, List, Optional, Record, RecordField, SourceOf, Type

JSON_TEXT = CheckedText("json")


def filled(value: Any, kind: Type, evaluator: Evaluator) -> Any:
    """A list where the type is none holds several such values, as a mock's answers in order."""
    if isinstance(kind, Optional | Generated | Extended):
        return None if value is None else filled(value, kind.base, evaluator)
    if isinstance(kind, SourceOf):
        return filled(value, List(kind.row), evaluator)
    if isinstance(value, list):
        element = kind.element if isinstance(kind, List) else kind
        return [filled(item, element, evaluator) for item in value]
    if isinstance(value, dict) and isinstance(kind, Record):
        return _record(value, kind, evaluator)
    return in_json(value, kind)


def in_json(value: Any, kind: Type) -> Any:
    """An object where the type is `json` is its JSON text; any other value is what it is."""
    return orjson.dumps(value).decode() if kind == JSON_TEXT and isinstance(value, dict) else value


def innermost(kind: Type) -> Type:
    """What lists of any depth hold in the end."""
    while isinstance(kind, Optional | Generated | Extended | List):
        kind = kind.element if isinstance(kind, List) else kind.base
    return kind


def _record(value: dict[str, Any], kind: Record, evaluator: Evaluator) -> dict[str, Any]:
    """In the record's own order; what an open record has besides stands behind."""
    found = {item.name: _field(value, item, evaluator) for item in kind.fields if item.name in value or _may_lack(item)}
    return found | {name: item for name, item in value.items() if name not in found}


def _field(value: dict[str, Any], item: RecordField, evaluator: Evaluator) -> Any:
    if item.name in value:
        return filled(value[item.name], item.type, evaluator)
    return None if item.default is None else evaluator.evaluate(item.default)


def _may_lack(item: RecordField) -> bool:
    return item.default is not None or isinstance(item.type, Optional)
