"""A constraint in; the sampling parameter under which SGLang decodes it out, the same bytes every time.

A server compiles a grammar when it first sees its text, which for a large schema takes longer than an answer does, and
keeps it under that text. So the text is made once for each constraint, and one type is one grammar to the server.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from runtime.engines.patterns import UnsupportedPattern, decoder_text
from runtime.engines.protocol import Constraint, EngineRejected
from runtime.engines.schemas import InvalidSchema, decodable

_SHOWN = 200


def grammar(constraint: Constraint | None, name: str) -> dict[str, str]:
    """The parameter and its text; raises `EngineRejected` for what no backend of the server could compile."""
    if constraint is None:
        return {}
    try:
        parameter, text = _compiled(constraint)
    except (InvalidSchema, UnsupportedPattern, ValueError) as error:
        raise EngineRejected(name, f"{constraint.kind}: {error}") from error
    return {parameter: text}


@lru_cache(maxsize=4096)
def _compiled(constraint: Constraint) -> tuple[str, str]:
    if constraint.kind == "json_schema":
        return "json_schema", json.dumps(decodable(constraint.source).schema)
    if constraint.kind == "grammar":
        return "ebnf", constraint.source
    choices = constraint.kind == "choice" and "|".join(map(re.escape, json.loads(constraint.source)))
    return "regex", decoder_text(choices or constraint.source)


def named(error: EngineRejected, constraint: Constraint | None) -> EngineRejected:
    """A server's refusal to compile a grammar, with the constraint that it is about."""
    if constraint is None or "grammar" not in error.message:
        return error
    source = constraint.source if len(constraint.source) <= _SHOWN else f"{constraint.source[:_SHOWN]}…"
    return EngineRejected(error.engine, f"{error.message} ({constraint.kind.replace('_', ' ')}: {source})")
