"""Three versions of one table and the resolutions in; the merged table, what it changes and what is left open, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsl.diagnostics import Diagnostic
from runtime.merge.apply import Applied, Delta, apply, borrowed
from runtime.merge.model import Conflict, TableMerge
from runtime.merge.resolving import Resolutions, Resolved, resolve
from runtime.merge.rows import Row, Rows
from runtime.merge.schemas import MergedSchema, lost_cells, merged_schema
from runtime.merge.sides import Manifests, Three
from runtime.merge.trail import FATES, note_fates
from runtime.query.scratch import Scratch, text
from runtime.store.port import Change, ObjectId
from runtime.tables.manifest import TableManifest
from runtime.tables.schema import Schema
from runtime.tables.writer import table_changes


@dataclass
class Outcome:
    """`table` is None where a side removed the table and nothing of it is left."""

    table: TableManifest | None
    merge: TableMerge
    changes: dict[str, Change] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    regenerate: bool = False


def merge_table(
    three: Three,
    dataset: str,
    table: str,
    parts: int,
    decide: Resolutions,
    *,
    atomic: bool = False,
    check: Callable[[Row, Mapping[str, Any]], None] = lambda row, found: None,
) -> Outcome:
    """`parts` is how many parts a candidate's key has; a row's may have more. `atomic` as its emit may say, too.

    `check` raises for a row in conflict in whose place a person gave values that the table must not hold.
    """
    mine, other = three.changed
    if not other:
        return Outcome(three.ours.table, TableMerge(dataset, table, from_ours=three.mine.total if mine else 0))
    if not mine:
        done = Applied(three.theirs.table or _empty(three), {})
        return _finished(three, done, TableMerge(dataset, table, from_theirs=three.other.total))
    found = merged_schema(
        three.base.schema, three.ours.schema, three.theirs.schema, _where(dataset, table), decide.prefer
    )
    if three.ours.table is None or three.theirs.table is None:
        found = MergedSchema(three.ours.schema if three.ours.table else three.theirs.schema)
    rows = Rows(three, found.schema, atomic or _atomic(three))
    problems = [*found.problems, *([] if decide.prefer else _lost(rows, dataset, table))]
    if found.problems:
        return Outcome(three.ours.table, TableMerge(dataset, table), problems=problems)
    resolved = resolve(dataset, table, rows.conflicts(), decide)
    for row, given in resolved.given:
        check(row, given)
    _note(rows, resolved, parts)
    nulls = frozenset(name for name in found.new if rows.lacking(name))
    done = apply(three.ours, three.theirs, found.with_nulls(nulls), _delta(rows, resolved, found.with_nulls(nulls)))
    outcome = _finished(three, done, _counted(rows, resolved, dataset, table))
    outcome.conflicts, outcome.problems, outcome.regenerate = resolved.left, problems, resolved.regenerate
    outcome.mixed = _mixed(rows, resolved)
    return outcome


def _where(dataset: str, table: str) -> str:
    return dataset if dataset == table else f"{dataset}.{table}"


def _atomic(three: Three) -> bool:
    return any(version.table.atomic for version in (three.ours, three.theirs) if version.table is not None)


def _empty(three: Three) -> TableManifest:
    from runtime.tables.manifest import table_root

    schema = three.base.schema
    return TableManifest(schema, table_root(schema, []), 0, ())


def _lost(rows: Rows, dataset: str, table: str) -> list[Diagnostic]:
    """Cells that one side changed in columns that the other removed."""
    three, problems = rows.three, []
    for name in three.base.schema.names:
        mine, other = name in three.ours.schema.names, name in three.theirs.schema.names
        if mine != other and three.ours.table and three.theirs.table and (count := rows.changed_cells(name)):
            problems.append(lost_cells(_where(dataset, table), name, "theirs" if mine else "ours", count))
    return problems


def _note(rows: Rows, resolved: Resolved, parts: int) -> None:
    """Whose row each candidate's is, where both sides changed it."""
    candidate = f"array_to_string(list_slice(string_split(key, '/'), 1, {parts}), '/')"
    sides = "case fate when 'ours' then 'o' when 'cells' then 'both' else 't' end"
    rows.three.scratch.execute(
        f"insert into {FATES} select {candidate}, {sides} from {rows.settled} where fate not in ('same', 'conflict')"
    )
    note_fates(rows.three.scratch, [("/".join(key.split("/")[:parts]), side) for key, side in resolved.fates])


def _delta(rows: Rows, resolved: Resolved, schema: Schema) -> Delta:
    import pyarrow as pa

    from runtime.tables.batches import SIZE, batch_of_rows

    upserts = rows.upserts()
    if resolved.rows:
        keys, values = zip(*resolved.rows, strict=True)
        decided = batch_of_rows(schema, keys, values).drop_columns(["_hash", SIZE])
        typed = [decided.schema.field(name) for name in decided.column_names]
        same = upserts.select(decided.column_names).cast(pa.schema(typed)) if upserts.num_rows else None
        upserts = decided if same is None else pa.concat_tables([same, decided])
    return Delta(upserts, [*rows.removed(), *resolved.removed])


def _counted(rows: Rows, resolved: Resolved, dataset: str, table: str) -> TableMerge:
    found = rows.counts()
    return TableMerge(
        dataset,
        table,
        from_ours=found["only ours"] + found.get("ours", 0),
        from_theirs=found["only theirs"] + found.get("theirs", 0) + found.get("theirs gone", 0),
        both=found.get("same", 0),
        cells=found.get("cells", 0),
        conflicts=len(resolved.left),
        resolved=resolved.count,
    )


def _mixed(rows: Rows, resolved: Resolved) -> list[str]:
    """Printed keys of rows that neither side has as they now are."""
    sql = f"select key from {rows.settled} where fate = {text('cells')} order by _key"
    by_cells = [key for (key,) in rows.three.scratch.execute(sql).fetchall()]
    return [*by_cells, *(key for key, side in resolved.fates if side == "both")]


def _finished(three: Three, done: Applied, merge: TableMerge) -> Outcome:
    gone = (three.ours.table is None or three.theirs.table is None) and not done.table.rows
    objects: dict[str, ObjectId] = {**done.written, **borrowed(done, three.ours, three.theirs)}
    table = None if gone else done.table
    return Outcome(table, merge, dict(table_changes(three.folder, three.ours.table, table, objects)))


def taken_whole(sides: Manifests) -> list[TableMerge]:
    """How many rows of each table change when all of it is theirs."""
    scratch = Scratch()
    tables = {**(sides.theirs.tables if sides.theirs else {}), **(sides.base.tables if sides.base else {})}
    return [
        TableMerge(sides.dataset, name, from_theirs=sides.table(scratch, name).other.total) for name in sorted(tables)
    ]
