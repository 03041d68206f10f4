"""The grammar's parse tables in, as the package holds them; what the parser's driver and the lexer read, out.

The tables stand in `synth.tables.json`, made from `synth.lark` by `python -m dsl.tables_from_lark`. Lark itself, whose
import and set-up cost more than parsing a spec, is needed only where the file is not that of the grammar beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

GRAMMAR = Path(__file__).with_name("synth.lark")
PACKAGED = Path(__file__).with_name("synth.tables.json")


@dataclass(frozen=True, slots=True)
class Terminal:
    """`text` is what it is in the grammar, a word or a regular expression; `regexp` matches it."""

    name: str
    text: str
    regexp: str
    priority: int
    is_word: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """`size` symbols become one `origin`. `build` names the function that makes its node; `lone` says that an only
    child stands for itself. `_rules` have no node: their children go to the rule around, at the places in `spread`.
    """

    origin: str
    size: int
    build: str
    lone: bool
    spread: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """`actions[state][symbol]` is the state to go to; below zero, -1 - n reduces by rule n.

    `starts` and `ends` hold, for each rule that a parse can start with, its first state and its last.
    """

    terminals: Sequence[Terminal]
    rules: Sequence[Rule]
    actions: Sequence[Mapping[str, int]]
    starts: Mapping[str, int]
    ends: Mapping[str, int]


@cache
def tables() -> Tables:
    """Those of the grammar: from the package, else computed (300 ms)."""
    try:
        found = json.loads(PACKAGED.read_bytes())
    except (OSError, ValueError):
        found = {}
    if found.get("grammar") == digest_of_grammar():
        return _read(found)
    from dsl.tables_from_lark import compute

    return _read(compute())


def digest_of_grammar() -> str:
    return blake2b(GRAMMAR.read_bytes(), digest_size=8).hexdigest()


def _read(found: Mapping[str, Any]) -> Tables:
    return Tables(
        [Terminal(*given) for given in found["terminals"]],
        [Rule(origin, size, build, lone, tuple(spread)) for origin, size, build, lone, spread in found["rules"]],
        found["actions"],
        found["starts"],
        found["ends"],
    )
