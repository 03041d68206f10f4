"""The words that mean something without being declared: types, readers, tools and methods, each with what it takes.

Functions and list methods stand in `compiler.functions`; here is what only statements know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.types import (
    BOOL,
    CONVERSATION,
    FLOAT,
    INT,
    MESSAGE,
    PERSONA,
    STR,
    CheckedText,
    List,
    Optional,
    Type,
)

TYPES: Mapping[str, Type] = {
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "python": CheckedText("python"),
    "json": CheckedText("json"),
    "markdown": CheckedText("markdown"),
    "Persona": PERSONA,
    "Message": MESSAGE,
}

READERS = ("jsonl", "json", "csv", "parquet", "text", "markdown", "html", "pdf", "hf", "sql", "dataset", "python")
"""What may stand right of `input x: T =`, each with one text: a path, a glob, a query or a reference."""
OF_PATHS = frozenset(READERS) - {"sql", "dataset"}
"""Readers of which that text is a path or a glob."""
OF_FILES = frozenset({"file", "lines", "fixture"})
"""Functions of which the text is the path of a file."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A sandboxed tool: how many texts it takes, what its result has besides `ok`, `output`, `reason`, and how it is
    written in a message.
    """

    least: int
    most: int
    properties: tuple[tuple[str, Type], ...]
    signature: str


_COUNTS = (("passed", INT), ("failed", INT), ("errors", INT))
TOOLS: Mapping[str, Tool] = {
    "python": Tool(1, 2, (("exit_code", Optional(INT)),), "python(script, input?)"),
    "pytest": Tool(2, 2, (("exit_code", Optional(INT)), *_COUNTS), "pytest(solution, tests)"),
    "sql": Tool(1, 2, (("rows", List(STR)), ("columns", List(STR))), "sql(query, statements before it?)"),
    "command": Tool(1, 8, (("exit_code", Optional(INT)),), "command(name, argument, …)"),
}
RESULT_PROPERTIES: tuple[tuple[str, Type], ...] = (("ok", BOOL), ("output", STR), ("reason", Optional(STR)))


@dataclass(frozen=True, slots=True)
class Number:
    """A number a word takes in brackets, and the range it must lie in."""

    kind: Type
    low: float
    high: float


DEDUP: Mapping[str, Number | None] = {
    "exact": None,
    "minhash": Number(FLOAT, 0, 1),
    "meaning": Number(FLOAT, 0, 1),
}
OVERLAP: Mapping[str, Number | None] = {"ngram": Number(INT, 1, 100), **DEDUP}
APART: Mapping[str, Number | None] = {"meaning": Number(FLOAT, 0, 1), "minhash": Number(FLOAT, 0, 1)}

EMITS: Mapping[str, tuple[tuple[tuple[str, Type], ...], ...]] = {
    "sft": ((("messages", CONVERSATION),), (("prompt", CONVERSATION), ("response", STR))),
    "chat": ((("messages", CONVERSATION),),),
    "dpo": ((("prompt", CONVERSATION), ("chosen", STR), ("rejected", STR)),),
    "kto": ((("prompt", CONVERSATION), ("completion", STR), ("label", BOOL)),),
}
"""The shapes of each kind of emit: the columns it needs; of several shapes, one. A prompt may be a text."""

SETTINGS = ("target", "seed", "key")
LOOP = (("index", INT), ("index0", INT), ("first", BOOL), ("last", BOOL), ("length", INT), ("revindex", INT))
