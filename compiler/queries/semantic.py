"""A file in; its names by what they mean, out, for an editor to colour: inside templates too.

Keywords, texts and numbers are left to the editor's grammar.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from compiler.consequences import UNUSED
from compiler.queries.index import Index
from compiler.queries.occurrences import Occurrence
from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.source import Span

KINDS = ("namespace", "type", "enum", "enumMember", "property", "parameter", "variable", "function", "method")
MODIFIERS = ("declaration", "readonly", "defaultLibrary", "unused")
"""`unused` is what the checks warned of; an editor fades it."""

_KIND_OF = {
    "param": "variable",
    "const": "variable",
    "enum": "enum",
    "record": "type",
    "type": "type",
    "input": "variable",
    "personas": "variable",
    "criteria": "function",
    "model": "namespace",
    "prompt": "function",
    "judge": "function",
    "dataset": "variable",
    "mix": "variable",
    "argument": "parameter",
    "axis": "variable",
    "draw": "variable",
    "let": "variable",
    "gen": "variable",
    "run": "variable",
    "carry": "variable",
    "element": "variable",
    "loop": "variable",
    "field": "property",
    "column": "property",
    "property": "property",
    "setting": "property",
    "table": "variable",
    "key": "variable",
    "member": "enumMember",
    "function": "function",
    "measure": "function",
    "distribution": "function",
    "filter": "function",
    "reader": "function",
    "tool": "function",
    "way to compare": "function",
    "kind of emit": "type",
    "method": "method",
    "parameter": "parameter",
}
_FIXED = frozenset({"param", "const", "member", "enum", "record"})
_BUILT_IN = frozenset(
    {"function", "measure", "distribution", "filter", "reader", "tool", "way to compare", "kind of emit", "method"}
    | {"type", "parameter", "setting", "property", "key"}
)


@dataclass(frozen=True, slots=True)
class SemanticToken:
    """`kind` is one of `KINDS`, `modifiers` of `MODIFIERS`."""

    span: Span
    kind: str
    modifiers: frozenset[str] = frozenset()


def semantic(index: Index, path: str, diagnostics: tuple[Diagnostic, ...]) -> tuple[SemanticToken, ...]:
    """In the order of the text; no two overlap."""
    unused = {
        found.span.start for found in diagnostics if found.code in UNUSED and found.span and found.span.path == path
    }
    return tuple(_token(found, unused) for found in index.of_file(path) if found.subject.what in _KIND_OF)


def _token(found: Occurrence, unused: set[int]) -> SemanticToken:
    subject = found.subject
    kind = "enumMember" if type(found.node) is tree.Constant else _KIND_OF[subject.what]
    library = subject.what in _BUILT_IN or (subject.place is not None and in_library(subject.place))
    return SemanticToken(
        found.span, kind, _said(found.declares, subject.what in _FIXED, library, found.span.start in unused)
    )


@cache
def _said(*holds: bool) -> frozenset[str]:
    return frozenset(name for name, said in zip(MODIFIERS, holds, strict=True) if said)


def in_library(place: Span) -> bool:
    return place.path.startswith("std/")
