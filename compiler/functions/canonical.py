"""A JSON-like value in; one text or one hashable key that equal values share, out."""

from __future__ import annotations

import json

import orjson

from compiler.functions.plain import marked


def identity(value: object) -> object:
    """A hashable key: equal for equal values, different for `1`, `1.0`, `true` and `"1"`."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value, marked, orjson.OPT_SORT_KEYS)
    except TypeError:  # integers beyond 64 bits
        return json.dumps(value, sort_keys=True, default=marked).encode()


def json_text(value: object) -> str:
    """JSON for people: a space after `,` and `:`, text not escaped to ASCII."""
    return json.dumps(value, ensure_ascii=False, default=marked)


def shown(value: object) -> str:
    """A value of a row as messages print it: as it would be written in a spec, never as Python has it."""
    try:
        return json_text(value)
    except TypeError:
        return repr(value)
