"""A pattern, or a list of choices, in; the same as llama.cpp's own grammar out, which every build of it reads."""

from __future__ import annotations

import json
import re

from runtime.engines.patterns import TOP, Chars, Choice, Pattern, Sequence, parse

_SURROGATES = (0xD800, 0xDFFF)


def pattern_grammar(source: str) -> str:
    """A regular expression as a grammar; raises `UnsupportedPattern`."""
    return f"root ::= {_written(parse(source))}"


def choice_grammar(source: str) -> str:
    """A JSON list of texts as a grammar."""
    return "root ::= " + " | ".join(quoted(choice) for choice in json.loads(source))


def quoted(text: str) -> str:
    """`text` as a literal."""
    return '"' + re.sub(r'["\\\x00-\x1f]', lambda found: f"\\x{ord(found[0]):02x}", text) + '"'


def _written(pattern: Pattern) -> str:
    if isinstance(pattern, Chars):
        return _characters(pattern)
    if isinstance(pattern, Sequence):
        return " ".join(_written(item) for item in pattern.items) or '""'
    if isinstance(pattern, Choice):
        return "(" + " | ".join(_written(option) for option in pattern.options) + ")"
    item, high = _written(pattern.item), "" if pattern.high is None else pattern.high
    return f"({item}){{{pattern.low},{high}}}"


def _characters(chars: Chars) -> str:
    """`[^…]` where the set is open above: it is the shorter, and llama.cpp has no last character to name."""
    negated = bool(chars.ranges) and chars.ranges[-1][1] == TOP
    ranges = _gaps(chars.ranges) if negated else chars.ranges
    parts = "".join(_escaped(low) if low == high else f"{_escaped(low)}-{_escaped(high)}" for low, high in ranges)
    if negated and not parts:
        return "."
    return f"[{'^' * negated}{parts}]"


def _gaps(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """What lies between the ranges; surrogates are no characters."""
    found, start = [], 0
    for low, high in ranges:
        if start < low and not (start >= _SURROGATES[0] and low - 1 <= _SURROGATES[1]):
            found.append((start, low - 1))
        start = high + 1
    return tuple(found)


def _escaped(code: int) -> str:
    if code < 0x100:
        return chr(code) if chr(code).isascii() and chr(code).isalnum() else f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
