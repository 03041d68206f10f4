"""A text and a number of tokens in; as much of the text as they hold, cut at a word's end, out.

How many tokens a text has is known to the model that reads it, so whoever renders a prompt says which that is
(`read_by`). Where none is said, as in a test that runs without a model, a word is a token.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from hashlib import blake2b

Count = Callable[[str], int]

MARK = "…"
LONG = 8
"""Characters for each token that is asked for: a longer text is first looked at no further than this."""
KEPT = 1 << 16
"""Cuts that are remembered."""
_JOINERS = "\u200d\ufe0e\ufe0f"


class Cutter:
    """`count` says how many tokens a text has. Where a text is cut is worked out once."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self._known: dict[tuple[bytes, int], tuple[int, str]] = {}

    def cut(self, text: str, limit: int) -> str:
        """The text itself when it fits; else whole words, `…` behind them, within the limit together."""
        key = (blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), limit)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = self._end(text, limit)
        end, mark = found
        return text[:end] + mark

    def _end(self, text: str, limit: int) -> tuple[int, str]:
        if limit <= 0:
            return 0, ""
        size = self._looked_at(text, limit)
        if size is None:
            return len(text), ""
        words = [word.end() for word in re.finditer(r"\S+", text[:size]) if _ends(text, word.end())]
        for mark in (MARK, ""):
            end = self._last(text, words, limit, mark) or self._last(text, _characters(text[:size]), limit, mark)
            if end:
                return end, mark
        return 0, ""

    def _looked_at(self, text: str, limit: int) -> int | None:
        """So many characters have more tokens than the limit; None where the whole text has not."""
        size = LONG * limit
        while size < len(text) and self.count(text[:size]) <= limit:
            size *= 2
        return None if size >= len(text) and self.count(text) <= limit else min(size, len(text))

    def _last(self, text: str, ends: Sequence[int], limit: int, mark: str) -> int:
        """The last of `ends` that leaves a text within the limit; 0 where none does."""
        index = bisect_right(ends, 0, key=lambda end: int(self.count(text[:end] + mark) > limit))
        return ends[index - 1] if index else 0


def _ends(text: str, place: int) -> bool:
    """Whether a word ends there, and not only what was looked at."""
    return place == len(text) or text[place].isspace()


def _characters(text: str) -> list[int]:
    """Where a text may be cut inside a word: not before what belongs to the character in front of it."""
    return [
        place
        for place in range(1, len(text))
        if not unicodedata.combining(text[place]) and text[place] not in _JOINERS and text[place - 1] != "\u200d"
    ]


WORDS = Cutter(lambda text: len(text.split()))
_READER: ContextVar[Cutter] = ContextVar("reader", default=WORDS)


class read_by:  # noqa: N801 (used as a function is)
    """What is rendered inside is read by a model with this tokenizer."""

    __slots__ = ("_before", "_cutter")

    def __init__(self, cutter: Cutter) -> None:
        self._cutter = cutter

    def __enter__(self) -> None:
        self._before = _READER.get()
        _READER.set(self._cutter)

    def __exit__(self, *_: object) -> None:
        _READER.set(self._before)


def reader() -> Cutter:
    """Whose tokens count here."""
    return _READER.get()


def cut(text: str, tokens: int) -> str:
    return _READER.get().cut(text, tokens)
