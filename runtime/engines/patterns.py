"""A Python regular expression in; a small tree of sets, sequences, choices and repeats out, and its text for a decoder.

Decoders know a smaller language than `re`, and llama.cpp drops a pattern it cannot read without a word. So a pattern
is read by Python's own parser, refused here when it holds what no decoder can follow (look-around, back-references,
word boundaries), and written out again in a form that every decoder reads the same way.
"""

from __future__ import annotations

import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as sre_parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

TOP = 0x10FFFF
Ranges = tuple[tuple[int, int], ...]


class UnsupportedPattern(ValueError):
    """The pattern is no regular expression, or holds something that cannot be decoded under constraint."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set, as sorted ranges of code points that do not touch."""

    ranges: Ranges

    def __contains__(self, char: str) -> bool:
        return any(low <= ord(char) <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`item`, `low` to `high` times; no upper bound when `high` is None."""

    item: Pattern
    low: int
    high: int | None


Pattern = Chars | Sequence | Choice | Repeat

_SPACES: Ranges = ((0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A))
_SPACES += ((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000))


def _without(ranges: Ranges) -> Ranges:
    """Every code point outside `ranges`."""
    edges = [-1, *(edge for r in ranges for edge in r), TOP + 1]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high - 1) for low, high in gaps if low + 1 <= high - 1)


# ASCII's share of each category, which is part of what Python matches: what is decoded passes Python's check too.
_CATEGORIES: dict[Any, Ranges] = {
    sre.CATEGORY_DIGIT: ((0x30, 0x39),),
    sre.CATEGORY_NOT_DIGIT: ((0, 0x2F), (0x3A, 0x65F)),
    sre.CATEGORY_SPACE: ((0x09, 0x0D), (0x1C, 0x20)),
    sre.CATEGORY_NOT_SPACE: _without(_SPACES),
    sre.CATEGORY_WORD: ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    sre.CATEGORY_NOT_WORD: ((0, 0x2F), (0x3A, 0x40), (0x5B, 0x5E), (0x60, 0x60), (0x7B, 0x7F)),
}
_STARTS = (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
_ENDS = (sre.AT_END, sre.AT_END_STRING)
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


@lru_cache(maxsize=1024)
def parse(pattern: str) -> Pattern:
    """The tree of `pattern`, which matches the whole answer: an anchor at either end says nothing new."""
    try:
        parsed = sre_parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsupportedPattern(f"not a regular expression: {error}") from error
    if parsed.state.flags & ~(re.UNICODE | re.DOTALL):
        raise UnsupportedPattern("inline flags other than (?s) cannot be decoded under constraint")
    return _sequence(parsed.data, bool(parsed.state.flags & re.DOTALL), True, True)


def _sequence(items: list[tuple[Any, Any]], dotall: bool, first: bool, last: bool) -> Pattern:
    nodes = []
    for index, (op, value) in enumerate(items):
        at_start, at_end = first and index == 0, last and index == len(items) - 1
        if op is sre.AT and ((at_start and value in _STARTS) or (at_end and value in _ENDS)):
            continue
        nodes.append(_node(op, value, dotall, at_start, at_end))
    return nodes[0] if len(nodes) == 1 else Sequence(tuple(nodes))


def _node(op: Any, value: Any, dotall: bool, first: bool, last: bool) -> Pattern:
    if op is sre.BRANCH:
        return Choice(tuple(_sequence(option.data, dotall, first, last) for option in value[1]))
    if op is sre.SUBPATTERN and not value[1] and not value[2]:
        return _sequence(value[3].data, dotall, first, last)
    if op in _REPEATS:
        low, high, body = value
        return Repeat(_sequence(body.data, dotall, False, False), low, None if high is sre.MAXREPEAT else int(high))
    return Chars(_ranges(op, value, dotall))


def _ranges(op: Any, value: Any, dotall: bool) -> Ranges:
    if op is sre.LITERAL:
        return ((value, value),)
    if op is sre.NOT_LITERAL:
        return _without(((value, value),))
    if op is sre.ANY:
        return ((0, TOP),) if dotall else _without(((0x0A, 0x0A),))
    if op is sre.CATEGORY:
        return _CATEGORIES[value]
    if op is sre.RANGE:
        return (value,)
    if op is sre.IN:
        return _class(value)
    raise UnsupportedPattern(f"{str(op).lower().replace('_', ' ')} cannot be decoded under constraint")


def _class(items: list[tuple[Any, Any]]) -> Ranges:
    negated = items[0][0] is sre.NEGATE
    members = _merged(r for op, value in items[negated:] for r in _ranges(op, value, False))
    return _without(members) if negated else members


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def write(pattern: Pattern) -> str:
    """`pattern` without shorthands, anchors or captures, in what Rust's, ECMAScript's and Python's dialects share."""
    if isinstance(pattern, Chars):
        return _written_set(pattern.ranges)
    if isinstance(pattern, Sequence):
        return "".join(write(item) for item in pattern.items)
    if isinstance(pattern, Choice):
        return "(?:" + "|".join(write(option) for option in pattern.options) + ")"
    high = "" if pattern.high is None else pattern.high
    item = write(pattern.item)
    return f"{item if isinstance(pattern.item, Chars) else f'(?:{item})'}{{{pattern.low},{high}}}"


def _written_set(ranges: Ranges) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _written_char(ranges[0][0])
    negated = bool(ranges) and ranges[0][0] == 0 and ranges[-1][1] == TOP
    members = _without(ranges) if negated else ranges
    if not members:
        return r"[\s\S]" if negated else r"[^\s\S]"
    parts = (_written_char(a) if a == b else f"{_written_char(a)}-{_written_char(b)}" for a, b in _scalar(members))
    return f"[{'^' * negated}{''.join(parts)}]"


def _scalar(ranges: Ranges) -> Iterable[tuple[int, int]]:
    """`ranges` without the surrogates, which are no characters and which decoders refuse."""
    for low, high in ranges:
        if low < 0xD800:
            yield low, min(high, 0xD7FF)
        if high > 0xDFFF:
            yield max(low, 0xE000), high


def _written_char(code: int) -> str:
    char = chr(code)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\{char}" if char in "\\^$.|?*+()[]{}-/&~#" else char


def decoder_text(pattern: str) -> str:
    """`pattern` as decoders read it; raises `UnsupportedPattern`."""
    return write(parse(pattern))
