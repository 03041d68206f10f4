"""`jsonl("inputs/pages.jsonl")` in; its rows, checked against the record, with key, digest and columns, out.

source = open_source("jsonl", {"path": "inputs/pages.jsonl"}, root, record=PAGE, key="id")
for key, row in source.rows(): ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from compiler.plan import InputPlan
from compiler.types import PERSONA, Record
from dsl.source import Span
from runtime.sources.catalog import where_of
from runtime.sources.digests import Facts
from runtime.sources.raw import locate, rows
from runtime.sources.source import Accept, Source
from runtime.sources.stored import KIND, InTable, Table, located

Tables = Callable[[str, str], Table | None]
"""(dataset, emit) → the rows of one of the spec's own datasets; None where there are none yet."""


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

    The first of `args` is the path or query, the others are settings such as `chunk`.

    `record` None keeps all columns; an open one (personas) keeps what it does not name. Raises SynthError (E06xx).
    """
    where = where_of(kind, args, root, span)
    where = located(where) if kind == KIND else where
    rows(where)
    locate(where)
    return Source(where, record, key, accept, facts if facts is not None else {})


def open_input(
    plan: InputPlan,
    root: Path,
    *,
    accept: Accept | None = None,
    facts: Facts | None = None,
    tables: Tables | None = None,
) -> Source:
    """The source of a planned input or persona declaration. `tables` gives those of the spec's own datasets."""
    record = plan.record if isinstance(plan.record, Record) else PERSONA if plan.personas else None
    if plan.dataset is not None:
        table = tables(plan.dataset, plan.table or plan.dataset) if tables is not None else None
        where = InTable(KIND, plan.dataset, root, root, plan.span, table=table)
        return Source(where, record, plan.key, accept, facts if facts is not None else {})
    return open_source(plan.kind, plan.arguments, root, record, plan.key, span=plan.span, accept=accept, facts=facts)
