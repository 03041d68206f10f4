"""A JSON schema in; the same within the part that OpenAI's strict mode takes, out; and its answers read back.

Strict mode wants an object at the top, every property required and no others allowed, and refuses keywords it does not
know. What is dropped here is left to whoever validates the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_KEPT = {"type", "enum", "const", "$ref", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_KEPT |= {"minItems", "maxItems", "pattern", "format"}
_WRAPPED = "value"


class NotStrict(ValueError):
    """Strict mode cannot say this: an object of any names, a value of any type."""


@dataclass(frozen=True, slots=True)
class Strict:
    """`schema` is what to send. `wrapped` says that the answer stands in an object of one property."""

    original: Any
    schema: Any
    wrapped: bool

    def read(self, answer: Any) -> Any:
        """The value in an answer: unwrapped, and without the nulls that stand for properties left out."""
        if self.wrapped and isinstance(answer, dict) and _WRAPPED in answer:
            answer = answer[_WRAPPED]
        return _pruned(self.original, answer)


def strict(schema: Any) -> Strict:
    """Raises `NotStrict`."""
    reduced = _reduced(schema)
    wrapped = reduced.get("type") != "object"
    if wrapped:
        definitions: dict[str, Any] = {key: reduced.pop(key) for key in ("$defs", "definitions") if key in reduced}
        reduced = {**_object({_WRAPPED: reduced}), **definitions}
    return Strict(schema, reduced, wrapped)


def _reduced(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, dict) or not {"type", "enum", "const", "$ref", "anyOf", "oneOf"} & set(schema):
        raise NotStrict("a value of any type")
    found = {key: value for key, value in schema.items() if key in _KEPT}
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        found["anyOf"] = [_reduced(option) for option in options]
    for key in ("$defs", "definitions"):
        if key in schema:
            found[key] = {name: _reduced(child) for name, child in schema[key].items()}
    if schema.get("type") == "object":
        found |= _closed(schema)
    if schema.get("type") == "array":
        found["items"] = _reduced(schema.get("items"))
    return found


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A property that may be left out may be null instead."""
    properties = schema.get("properties")
    if not properties or schema.get("additionalProperties", False) is not False or "patternProperties" in schema:
        raise NotStrict("an object of any names")
    required = schema.get("required", ())
    reduced = {name: _reduced(child) for name, child in properties.items()}
    return _object({name: child if name in required else _nullable(child) for name, child in reduced.items()})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return schema if _takes_null(schema) else {"anyOf": [schema, {"type": "null"}]}


def _takes_null(schema: Any) -> bool:
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    return schema.get("type") == "null" or any(_takes_null(option) for option in options)


def _pruned(schema: Any, value: Any) -> Any:
    if isinstance(value, list) and isinstance(schema, dict):
        return [_pruned(schema.get("items"), item) for item in value]
    if not isinstance(value, dict) or not isinstance(schema, dict):
        return value
    properties, required = schema.get("properties", {}), schema.get("required", ())
    return {
        name: _pruned(properties.get(name), item)
        for name, item in value.items()
        if not (item is None and name in properties and name not in required and not _takes_null(properties[name]))
    }
