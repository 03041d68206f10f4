"""Text that claims to have a format in; whether it has, and the part that was asked for, out."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from typing import Any

import orjson

from compiler.functions.declare import function
from compiler.functions.plain import plain

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)\n(.*?)^ {0,3}\1[`~]*[ \t]*$", re.DOTALL | re.MULTILINE)


@function("text: str -> bool", 'is_json("[1, 2]")', method=True)
def is_json(text: str) -> bool:
    """Whether the whole text is one JSON value."""
    return _parsed(text) is not _NOT_JSON


@function("text: str -> bool", 'is_python("x = 1")', method=True)
def is_python(text: str) -> bool:
    """Whether the whole text is Python source without syntax errors. Nothing is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@function("text: str -> bool", 'is_markdown("# Title")', method=True)
def is_markdown(text: str) -> bool:
    """Whether the text uses Markdown (a heading, list, emphasis, link, code …) and closes every code fence."""
    from markdown_it import MarkdownIt

    found = MarkdownIt("commonmark").enable("table").parse(text)
    plain = {"paragraph_open", "paragraph_close", "text", "softbreak", "inline"}
    used = any(part.type not in plain for token in found for part in (token, *(token.children or ())))
    fences = [token for token in found if token.type == "fence"]
    return used and all(_closed(token.map, token.markup, text) for token in fences)


def _closed(lines: list[int] | None, markup: str, text: str) -> bool:
    if lines is None:
        return True
    block = text.splitlines()[lines[0] : lines[1]]
    return len(block) > 1 and block[-1].strip(" >\t").startswith(markup)


@function("schema: any -> bool", 'is_schema({ type: "string" })')
def is_schema(schema: Any) -> bool:
    """Whether a record, or a text that holds one as JSON, is a valid JSON Schema."""
    import jsonschema_rs

    found = _parsed(schema) if isinstance(schema, str) else plain(schema)
    if not isinstance(found, dict | bool):
        return False
    try:
        return jsonschema_rs.meta.is_valid(found)
    except (ValueError, jsonschema_rs.ReferencingError):
        return False


@function("value: any, schema: any -> bool", 'conforms("[1]", { type: "array" })')
def conforms(value: Any, schema: Any) -> bool:
    """Whether a value, or the JSON that a text holds, is valid under a JSON Schema; false for a broken schema.

    A schema is never fetched: one that refers to another document is broken.
    """
    found = _parsed(value) if isinstance(value, str) else plain(value)
    if found is _NOT_JSON or not is_schema(schema):
        return False
    text = schema if isinstance(schema, str) else orjson.dumps(plain(schema), option=orjson.OPT_SORT_KEYS).decode()
    validator = _validator(text)
    return validator is not None and bool(validator.is_valid(found))


@lru_cache(maxsize=128)
def _validator(schema: str) -> Any:
    import jsonschema_rs

    try:
        return jsonschema_rs.validator_for(orjson.loads(schema), retriever=_refuse)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def _refuse(uri: str) -> Any:
    raise ValueError(f"not fetched: {uri}")


@function('text: str, language: str = "" -> str?', 'code_block("```\\nx = 1\\n```") == "x = 1"', method=True)
def code_block(text: str, language: str = "") -> str | None:
    """What stands in the first fenced code block, of that language if one is given; null when there is none."""
    for _, info, body in _FENCE.findall(text + "\n"):
        if not language or info.split(" ")[0].strip().lower() == language.lower():
            return str(body).rstrip("\n")
    return None


@function("text: str -> str?", 'boxed("so \\\\boxed{4}") == "4"', method=True)
def boxed(text: str) -> str | None:
    """What stands in the last `\\boxed{…}`, braces balanced; null when there is none."""
    start = text.rfind("\\boxed{")
    if start < 0:
        return None
    depth = 0
    for place in range(start + len("\\boxed"), len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return text[start + len("\\boxed{") : place].strip()
    return None


@function("text: str -> str", 'language_of("Das ist ein kurzer Satz.") == "de"', method=True)
def language_of(text: str) -> str | None:
    """The language of the text as a code of two letters (ISO 639-1), the likeliest of 97; null without a letter."""
    if not any(map(str.isalpha, text)):
        return None
    from py3langid import classify

    return str(classify(text)[0])


_NOT_JSON = object()


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except (ValueError, RecursionError):
        return _NOT_JSON
