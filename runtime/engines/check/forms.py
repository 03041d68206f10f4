"""Claims about the form of answers: schemas, patterns, choices, grammars, and what cannot be decoded."""

from __future__ import annotations

import json
import re
from typing import Any

from runtime.engines.check.subject import ENOUGH, BrokenClaim, Check, Subject, expect, short
from runtime.engines.protocol import Answer, Constraint, EngineRejected

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "zeal": {"enum": ["high", "low"]},
        "name": {"type": "string", "maxLength": 12},
        "count": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 1, "maxItems": 2},
    },
    "required": ["zeal", "name", "count", "tags"],
    "additionalProperties": False,
}
PATTERNS = ("(Why|How) [^?\n]{5,30}[?]", r"[A-Z]{2}-\d{3}/é")
CHOICES = ("a lamp", 'say "hi"\\', "Straße|x")
GRAMMAR = 'root ::= "ab" "c"'
BAD = (Constraint("json_schema", '{"type": "objct"}'), Constraint("regex", "(a"))


async def schema(at: Subject) -> str:
    import jsonschema_rs

    answer = await _formed(at, Constraint("json_schema", json.dumps(SCHEMA)))
    try:
        value = json.loads(answer.text)
        jsonschema_rs.validate(SCHEMA, value)
    except ValueError as error:
        raise BrokenClaim(f"{short(answer.text, 30)}: {short(str(error), 30)}") from None
    expect(list(value) == list(SCHEMA["properties"]), f"fields in the order {', '.join(value)}")
    return short(answer.text)


async def regex(at: Subject) -> str:
    texts = []
    for pattern in PATTERNS:
        answer = await _formed(at, Constraint("regex", pattern))
        expect(answer.finish == "length" or re.fullmatch(pattern, answer.text), short(answer.text))
        texts.append(answer.text)
    return short(texts[0])


async def choice(at: Subject) -> str:
    answer = await _formed(at, Constraint("choice", json.dumps(CHOICES)))
    expect(answer.text in CHOICES, short(answer.text))
    return short(answer.text)


async def grammar(at: Subject) -> str:
    answer = await _formed(at, Constraint("grammar", GRAMMAR))
    expect(answer.text == "abc", short(answer.text))
    return short(answer.text)


async def bad_form(at: Subject) -> str:
    """A form that is dropped without a word looks like a model that does not obey."""
    asked = [bad for bad in BAD if getattr(at.can, bad.kind)]
    for constraint in asked:
        try:
            answer = await _formed(at, constraint)
        except EngineRejected:
            continue
        raise BrokenClaim(f"{constraint.source} was answered with {short(answer.text, 24)}")
    return ", ".join(constraint.source for constraint in asked)


async def _formed(at: Subject, constraint: Constraint) -> Answer:
    return await at.ask(sampling=ENOUGH, constraint=constraint)


FORMS = (
    Check("JSON schema", "writes JSON under a schema, its fields in order", schema, "json_schema"),
    Check("pattern", "writes what a regular expression matches", regex, "regex"),
    Check("choice", "writes one of given texts", choice, "choice"),
    Check("grammar", "writes under a grammar", grammar, "grammar"),
    Check("bad form", "refuses a form that cannot be decoded", bad_form, "json_schema"),
)
