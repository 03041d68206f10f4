"""The registries of the language in; its words by kind, as a grammar of regular expressions needs them, out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import compiler.functions.library
import compiler.functions.results  # noqa: F401  (each fills its registry)
from compiler.functions.declare import DRAWS, FUNCTIONS, METHODS, RESULTS
from compiler.passes.types.settings import GEN, JUDGE, RUN
from compiler.passes.types.sources import READER_SETTINGS
from compiler.prelude import DEDUP, OVERLAP, READERS, SETTINGS, TOOLS, TYPES

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
NOT_FIELD = r"(?<![\w\])\"]\.)"
"""Not right of a single dot, where any word is a field; right of `..` it may be a keyword."""
NOT_NAMED = r"(?!\s*(?:=(?!=)|:))"
"""Not left of `=` or `:`, where any word is a setting, an argument, a column or a key."""
CALLED = r"(?=\s*\()"
OPENS = r"(?:^|(?<=\{))\s*"
"""Where a statement may open: a line, or the body that begins on this one."""


def any_of(words: Iterable[str]) -> str:
    """One of the words, whole; the longest first, for the first alternative that fits is taken."""
    return rf"\b(?:{'|'.join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))})\b"


FUNCTION_NAMES = frozenset([*FUNCTIONS, *RESULTS, *DRAWS, *READERS, *TOOLS, *DEDUP, *OVERLAP])
METHOD_NAMES = frozenset(name.partition(".")[2] for name in METHODS)
BARE_METHODS = frozenset(name.partition(".")[2] for name, method in METHODS.items() if method.bare)
TYPE_NAMES = frozenset(TYPES)
SETTING_NAMES = frozenset(
    [*SETTINGS, *GEN, *JUDGE, *RUN, "gold", *(name for found in READER_SETTINGS.values() for name in found)]
)
