"""A constraint in; the fields of a request that make each flavour of server decode under it, out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from runtime.engines.openai.gbnf import choice_grammar, pattern_grammar
from runtime.engines.openai.strict import NotStrict, strict
from runtime.engines.patterns import decoder_text
from runtime.engines.protocol import Constraint
from runtime.engines.schemas import decodable

Fields = dict[str, Any]
Writer = Callable[[str], Fields]
"""The constraint's source → fields of the body. Raises `UnsupportedPattern`, `InvalidSchema`, `ValueError`."""


def _format(schema: Any, *, strictly: bool = True) -> Fields:
    named = {"name": "answer", "schema": schema, "strict": strictly}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def schema_format(source: str) -> Fields:
    """The part of a schema that decoders follow, as most servers take it."""
    return _format(decodable(source).schema)


def strict_format(source: str) -> Fields:
    """As OpenAI's strict mode takes it; what that cannot say is asked for without its promise."""
    schema = decodable(source).schema
    try:
        return _format(strict(schema).schema)
    except NotStrict:
        return _format(schema, strictly=False)


def strict_value(source: str, text: str) -> str:
    """The answer to `strict_format(source)` as the schema itself has it; what is no JSON is left as it is."""
    schema = decodable(source).schema
    try:
        return json.dumps(strict(schema).read(json.loads(text)), ensure_ascii=False)
    except (NotStrict, ValueError):
        return text


def _structured(name: str) -> Callable[[Any], Fields]:
    return lambda value: {"structured_outputs": {name: value}}


def _alternatives(source: str) -> str:
    return decoder_text("|".join(map(re.escape, json.loads(source))))


PLAIN: Mapping[str, Writer] = {"json_schema": schema_format}
STRICT: Mapping[str, Writer] = {"json_schema": strict_format}
VLLM: Mapping[str, Writer] = {
    "json_schema": schema_format,
    "regex": lambda source: _structured("regex")(decoder_text(source)),
    "choice": lambda source: _structured("choice")(json.loads(source)),
    "grammar": lambda source: _structured("grammar")(source),
}
LLAMACPP: Mapping[str, Writer] = {
    "json_schema": schema_format,
    "regex": lambda source: {"grammar": pattern_grammar(source)},
    "choice": lambda source: {"grammar": choice_grammar(source)},
    "grammar": lambda source: {"grammar": source},
}
SGLANG: Mapping[str, Writer] = {
    "json_schema": schema_format,
    "regex": lambda source: {"regex": decoder_text(source)},
    "choice": lambda source: {"regex": _alternatives(source)},
    "grammar": lambda source: {"ebnf": source},
}


def fields_of(constraint: Constraint, writers: Mapping[str, Writer]) -> Fields:
    """Raises what the writers raise, and `KeyError` for a kind that the flavour has no words for."""
    return writers[constraint.kind](constraint.source)
