"""A regular expression as a user writes it in; whether it is one, and its form for constrained decoding, out.

The dialect is Python's `re`, matched against the whole text. An engine decodes under the part of it that is a regular
language: no look-around, no back references, no word boundaries. `constraint_regex` rewrites a pattern of that part so
that Rust's regex syntax (llguidance, outlines) reads it the same way.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from compiler.functions.declare import function

_PIECE = re.compile(
    r"""(?P<escape>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[dDwWsStnrfv]|[^A-Za-z0-9\s]|[ ]))
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<open>\((?:\?:|\?P<\w+>|(?!\?)))
      | (?P<close>\))
      | (?P<repeat>(?:[*+?]|\{\d*,\d*\}|\{\d+\})(?P<mode>[?+]?))
      | (?P<anchor>[\^$])
      | (?P<plain>[^\\\[()*+?^$])
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_SET = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[dDwWsStnrfv]|[^A-Za-z0-9\s]|[ ])|[^\\]", re.DOTALL)


@function("text: str, pattern: str -> bool", 'matches("Why so?", "(Why|How) [^?]+[?]")', method=True)
def matches(text: str, pattern: str) -> bool:
    """Whether the whole text fits the regular expression (Python's dialect); decoded under it where it can be."""
    compiled = _compiled(pattern)
    return compiled is not None and compiled.fullmatch(text) is not None


@function("text: str, pattern: str -> str?", 'find("in 1998", "[0-9]{4}") == "1998"', method=True)
def find(text: str, pattern: str) -> str | None:
    """The first part of the text that fits the regular expression: its first group if it has one; null for none."""
    compiled = _compiled(pattern)
    found = compiled.search(text) if compiled is not None else None
    if found is None:
        return None
    whole: str | None = found[1 if found.re.groups else 0]
    return whole


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def regex_problem(pattern: str) -> tuple[str, int] | None:
    """Why `pattern` is no regular expression, and at which character; None when it is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except re.error as error:
        return error.msg, error.pos or 0
    except (OverflowError, RecursionError) as error:
        return str(error), 0
    return None


def constraint_regex(pattern: str) -> str | None:
    """`pattern` in the syntax that engines decode under; None when it is not of the part that they can.

    The result matches the whole text, needs no anchors and has no capturing groups.
    """
    if _compiled(pattern) is None:
        return None
    pieces: list[str] = []
    place = 0
    while place < len(pattern):
        piece = _PIECE.match(pattern, place)
        if piece is None:
            return None
        translated = _translate(piece, at_start=place == 0, at_end=piece.end() == len(pattern))
        if translated is None:
            return None
        pieces.append(translated)
        place = piece.end()
    anchored = pattern[:1] == "^" or pattern[-1:] == "$"
    return None if anchored and _has_top_level_choice(pieces) else "".join(pieces)


def _translate(piece: re.Match[str], *, at_start: bool, at_end: bool) -> str | None:
    text = piece[0]
    match piece.lastgroup:
        case "set":
            return _translate_set(text)
        case "open":
            return "(?:"
        case "mode" | "repeat":
            return None if piece["mode"] == "+" else _translate_repeat(text, piece["mode"])
        case "anchor":
            return "" if (text == "^" and at_start) or (text == "$" and at_end) else None
        case "plain":
            return "\\" + text if text in "{}]&~#-" else text
        case _:
            return text


def _translate_repeat(text: str, mode: str) -> str:
    """A lazy repeat accepts the same whole texts as a greedy one; `{,3}` is not known elsewhere."""
    return text.removesuffix(mode).replace("{,", "{0,") if mode else text.replace("{,", "{0,")


def _translate_set(text: str) -> str | None:
    """`[` and the operators `&& -- ~~` mean something else inside a set in Rust, so they are escaped."""
    negated = text.startswith("[^")
    body = text[2:-1] if negated else text[1:-1]
    items: list[str] = []
    place = 0
    while place < len(body):
        item = _IN_SET.match(body, place)
        if item is None:
            return None
        items.append(
            "\\" + item[0] if item[0] in "[]&~^" or (item[0] == "-" and _is_plain_dash(body, place)) else item[0]
        )
        place = item.end()
    return f"[{'^' if negated else ''}{''.join(items)}]"


def _is_plain_dash(body: str, place: int) -> bool:
    return place in (0, len(body) - 1)


def _has_top_level_choice(pieces: list[str]) -> bool:
    """`^a|b$` anchors each arm on its own: taking the anchors away would change it."""
    depth = 0
    for piece in pieces:
        depth += (piece == "(?:") - (piece == ")")
        if piece == "|" and depth == 0:
            return True
    return False
