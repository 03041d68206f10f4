"""Tokens in; the syntax tree they derive from `synth.lark`, or the token that does not fit, out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

from lark import Lark, UnexpectedToken
from lark.lexer import Lexer

from dsl import build_declarations, build_expressions, build_statements  # noqa: F401  (each registers its rules)
from dsl.build import RULES
from dsl.tokens import Token

Start = Literal["item", "expression", "hole"]
GRAMMAR = Path(__file__).with_name("synth.lark")


class _NoLexer(Lexer):
    """Lark is handed tokens; it never sees text."""

    __future_interface__ = 1

    def __init__(self, conf: object) -> None:
        """Nothing to prepare."""

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where a parse stopped: the index of the token that does not fit, one past the last at the end."""

    index: int
    parser: Any

    @property
    def expected(self) -> frozenset[str]:
        """The terminals that would fit: found by trying each, which is worth it only for a message."""
        return frozenset(self.parser.accepts())


@cache
def language() -> Lark:
    """The parser: its tables come from the user's cache folder (20 ms), or are computed there first (300 ms)."""
    text = GRAMMAR.read_text(encoding="utf-8")
    options: dict[str, Any] = {
        "parser": "lalr",
        "lexer": _NoLexer,
        "start": ["file", "item", "expression", "hole"],
        "strict": True,
        "keep_all_tokens": True,
        "maybe_placeholders": False,
        "transformer": SimpleNamespace(**RULES),
    }
    where = _cache_file(text)
    return Lark(text, **options, cache=str(where)) if where else Lark(text, **options)


def _cache_file(grammar: str) -> Path | None:
    """Where the tables of this grammar are kept; None where no folder can be written."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "synth"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    digest = hashlib.blake2b(grammar.encode(), digest_size=8).hexdigest()
    return folder / f"grammar-{digest}.lark" if os.access(folder, os.W_OK) else None


@cache
def keywords() -> dict[str, str]:
    """Each word that the grammar gives a meaning, with the name of its terminal."""
    return {
        terminal.pattern.value: terminal.name
        for terminal in language().terminals
        if terminal.pattern.type == "str" and terminal.pattern.value.isidentifier()
    }


def derive(start: Start, tokens: Sequence[Token]) -> Any | Misfit:
    """The node that `tokens` derive from the rule `start`, or where they stop fitting."""
    parser = language().parse_interactive(start=start)
    state = parser.parser_state
    table, words, feed = state.parse_conf.states, keywords(), cast(Any, state.feed_token)
    fed = 0
    try:
        for token in tokens:
            if token.word:
                keyword = words.get(token.text)
                token.type = keyword if keyword and keyword in table[state.state_stack[-1]] else "NAME"
            feed(token)
            fed += 1
        return feed(SimpleNamespace(type="$END"), True)
    except UnexpectedToken:
        return Misfit(fed, parser)
