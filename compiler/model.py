"""The typed model: what the passes find out about a parsed program, threaded from pass to pass. Data only.

A pass takes a `Model` and a `Context` and returns a `Model` with its own part filled in. Trees are never rewritten;
what is found out about a node is kept in a table keyed by it (nodes compare by identity).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from compiler.plan import Plan
from compiler.types import Type
from dsl import tree
from dsl.source import Source


class Kind(Enum):
    """What a name can stand for."""

    PARAM = "param"
    CONST = "const"
    ENUM = "enum"
    RECORD = "record"
    INPUT = "input"
    PERSONAS = "personas"
    CRITERIA = "criteria"
    MODEL = "model"
    PROMPT = "prompt"
    JUDGE = "judge"
    DATASET = "dataset"
    MIX = "mix"
    TEST = "test"
    ARGUMENT = "argument"  # of a prompt, judge or criteria pool
    AXIS = "axis"
    DRAW = "draw"
    LET = "let"
    GEN = "gen"
    RUN = "run"
    CARRY = "carry"
    ELEMENT = "element"  # `for x in xs`, in a statement or a template; `it` inside a list's method
    LOOP = "loop"  # the counter of a `loop`; `loop` inside a template's `for`
    FIELD = "field"  # of the record whose constraint this is, or of the element a list's method looks at
    ALIGNED = "aligned"  # this element's own member of a list made `for` these elements; `node` made the list
    COLUMN = "column"  # of a table, in an audit; `node` is the emit's entry, or its spread
    TABLE = "table"  # a named emit, in an audit
    KEY = "key"  # the row's key, in an audit
    FUNCTION = "function"  # built in
    MEASURE = "measure"  # a function over the whole result, in an audit
    DISTRIBUTION = "distribution"  # a function right of `~`
    UNKNOWN = "unknown"  # already reported


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """One declared thing. `file` is the path it stands in; `node` is None for what is built in."""

    name: str
    kind: Kind
    file: str
    node: tree.Node | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The top-level names of one file, its own and imported ones."""

    names: Mapping[str, Symbol]


@dataclass(frozen=True, slots=True)
class Model:
    """`root` is the spec that was asked for; everything else is reached from it through imports.

    files    path → parsed file, in load order (imported before importer)
    sources  path → text, for messages
    scopes   path → top-level names                                             (names)
    symbols  Ref, Name, TypeName … → what it stands for                         (names)
    types    Expr, statement or declaration → its type                          (types)
    owners   Ref, Constant → the record or enum a field or member of which it names  (types)
    params   parameter name → its value, defaults overridden by the caller's    (types)
    values   symbol of a param or const → its value, where it can be known      (types)
    plan     the datasets as steps, with fingerprints                           (plan)
    programs dataset name → the Python text of its SGLang program               (lower)
    """

    root: str
    files: Mapping[str, tree.File] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    symbols: Mapping[tree.Node, Symbol] = field(default_factory=dict)
    types: Mapping[tree.Node, Type] = field(default_factory=dict)
    owners: Mapping[tree.Node, Type] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[Symbol, object] = field(default_factory=dict)
    lifted: Mapping[tree.Node, tuple[tree.Node, ...]] = field(default_factory=dict)
    fingerprints: Mapping[tree.Node, Fingerprint] = field(default_factory=dict)
    plan: Plan | None = None
    programs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Two digests of a declaration or statement: `data` changes when rows can, `description` when anything does."""

    data: str
    description: str
