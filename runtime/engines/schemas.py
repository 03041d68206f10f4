"""A JSON schema's text in; what is wrong with it, or the part of it that decoders follow, out.

llama.cpp drops a schema with one keyword it does not know, and then decodes freely. So a schema is reduced here to the
keywords that decoders were seen to hold; the whole schema is for whoever validates the answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from runtime.engines.patterns import UnsupportedPattern, decoder_text

_KEPT = {"type", "enum", "const", "$ref", "required", "minItems", "maxItems", "minLength", "maxLength", "minimum"}
_KEPT |= {"maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minProperties", "maxProperties"}
_ONE = {"items", "additionalProperties"}
_MANY = {"anyOf", "allOf", "prefixItems"}
_NAMED = {"properties", "$defs", "definitions"}
_SILENT = {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"}
_SILENT |= {"$schema", "$id", "$comment"}
_FORMATS = {"date-time", "date", "time", "duration", "hostname", "ipv4", "ipv6", "uuid"}


class InvalidSchema(ValueError):
    """The text is no JSON schema."""


@dataclass(frozen=True, slots=True)
class Decodable:
    """`schema` is what a decoder holds. When `exact` is false an answer of that form may still break the original."""

    schema: Any
    exact: bool


@lru_cache(maxsize=1024)
def decodable(source: str) -> Decodable:
    """The part of a schema that decoders follow; raises `InvalidSchema`."""
    schema = _read(source)
    reducer = _Reducer()
    return Decodable(reducer.reduce(schema), reducer.exact)


def _read(source: str) -> Any:
    import jsonschema_rs

    try:
        schema = json.loads(source)
        jsonschema_rs.meta.validate(schema)
        jsonschema_rs.validator_for(schema)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        raise InvalidSchema(f"not a JSON schema: {str(error).splitlines()[0]}") from error
    return schema


class _Reducer:
    def __init__(self) -> None:
        self.exact = True

    def reduce(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema
        reduced: dict[str, Any] = {}
        for key, value in schema.items():
            reduced.update(self._keyword(key, value))
        return reduced

    def _keyword(self, key: str, value: Any) -> dict[str, Any]:
        if key in _KEPT or (key == "format" and value in _FORMATS):
            return {key: value}
        if key in _ONE:
            return {key: self.reduce(value)}
        if key in _MANY:
            return {key: [self.reduce(child) for child in value]}
        if key in _NAMED:
            return {key: {name: self.reduce(child) for name, child in value.items()}}
        return self._approximate(key, value)

    def _approximate(self, key: str, value: Any) -> dict[str, Any]:
        if key == "oneOf":
            self.exact = self.exact and _disjoint(value)
            return {"anyOf": [self.reduce(child) for child in value]}
        if key == "pattern":
            try:
                return {key: f"^(?:{decoder_text(value)})$"}
            except UnsupportedPattern:
                self.exact = False
                return {}
        self.exact = self.exact and key in _SILENT
        return {}


def _disjoint(options: Any) -> bool:
    """Whether no value fits two options, as far as their types tell."""
    types = [option.get("type") for option in options if isinstance(option, dict)]
    plain = [t for t in types if isinstance(t, str)]
    return len(set(plain)) == len(options) and not {"integer", "number"} <= set(plain)
