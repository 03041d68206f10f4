"""`jsonl("inputs/pages.jsonl")` in; its rows, checked against the record, with key, digest and columns, out.

source = open_source("jsonl", {"path": "inputs/pages.jsonl"}, root, record=PAGE, key="id")
for key, row in source.rows(): ...
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from compiler.plan import InputPlan
from compiler.types import PERSONA, Record
from dsl.source import Span
from runtime.sources.catalog import ProjectCatalog, where_of
from runtime.sources.digests import Facts
from runtime.sources.facts import load_facts, save_facts
from runtime.sources.raw import locate, rows
from runtime.sources.source import Accept, Source


def open_source(
    kind: str,
    args: Mapping[str, object],
    root: Path,
    record: Record | None = None,
    key: str | None = None,
    *,
    span: Span | None = None,
    accept: Accept | None = None,
    facts: Facts | None = None,
) -> Source:
    """The source that `kind(args)` names, written at `span`. Files are looked for at once and read when asked for.

    `record` None keeps all columns; an open one (personas) keeps what it does not name. Raises SynthError (E06xx).
    """
    where = where_of(kind, str(next(iter(args.values()))), root, span)
    rows(where)
    locate(where)
    return Source(where, record, key, accept, facts if facts is not None else {})


def open_input(plan: InputPlan, root: Path, *, accept: Accept | None = None, facts: Facts | None = None) -> Source:
    """The source of a planned input or persona declaration."""
    record = plan.record if isinstance(plan.record, Record) else PERSONA if plan.personas else None
    return open_source(plan.kind, plan.arguments, root, record, plan.key, span=plan.span, accept=accept, facts=facts)


__all__ = ["Accept", "Facts", "ProjectCatalog", "Source", "load_facts", "open_input", "open_source", "save_facts"]
