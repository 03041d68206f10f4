"""A store and one SELECT in; its rows out. Datasets are views over local shard files, and nothing else can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from dsl.diagnostics import Diagnostic, SynthError
from runtime.query.catalog import DatasetAt, Located, dataset_at, datasets, no_dataset
from runtime.query.names import Reference, references, with_quoted_names
from runtime.query.scratch import open_scratch, quoted, text
from runtime.store.port import Store
from runtime.tables.schema import Column, Schema, Type

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_SYSTEM = ('Did you mean "pg_', 'Did you mean "duckdb_', 'Did you mean "sqlite_', 'Did you mean "information_schema')
_KINDS = {"str": "varchar", "int": "bigint", "float": "double", "bool": "boolean", "json": "json"}


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to a query: an Arrow table, and the same as plain Python rows."""

    table: pa.Table = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.table.column_names)

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows as tuples of plain values. By position, for two columns may have one name."""
        columns = [column.to_pylist() for column in self.table.columns]
        return list(zip(*columns, strict=True)) if columns else []

    def polars(self) -> Any:
        """The same as a polars frame."""
        import polars as pl

        return pl.from_arrow(self.table)


def query(store: Store, sql: str, at: str = "main") -> QueryResult:
    """Runs one SELECT. `name`, `name@ref`, and after a dot one of its tables, `rejected` or `calls`, are views.

    `at` is the ref of names that give none. E1031 for an unknown dataset, E1033 for a mistake in the SQL, E1034 for
    anything but one SELECT.
    """
    views = _Views(store, at)
    for reference in references(sql):
        views.add(reference)
    if not views.found:
        views.add_all()
    connection = views.connection()
    statement = with_quoted_names(sql)
    try:
        _check_select(connection, statement)
        return QueryResult(connection.sql(statement).to_arrow_table())
    except _duckdb_error() as error:
        raise SynthError(_mistake(error, views.names())) from error
    finally:
        connection.close()


class _Views:
    """What a query can see: views by (schema, name), schema "" for the datasets' own rows."""

    def __init__(self, store: Store, at: str) -> None:
        self._store, self._at = store, at
        self._datasets: dict[Reference, DatasetAt | None] = {}
        self.found: dict[tuple[str, str], Located] = {}
        self._listed: dict[tuple[str, str], Located] = {}

    def add(self, reference: Reference) -> None:
        """A name without `@` may be a column, a function or an alias: only one that is a dataset counts."""
        dataset = self._dataset(reference)
        if dataset is None:
            return
        parts = dataset.parts()
        if reference.part in parts and reference.part is not None:
            self.found[reference.name, reference.part] = parts[reference.part]
        main = dataset.main()
        if main is not None:
            self.found["", reference.name] = main

    def _dataset(self, reference: Reference) -> DatasetAt | None:
        key = Reference(reference.dataset, reference.ref)
        if key not in self._datasets:
            found = self._lookup(key)
            self._datasets[key] = found
        return self._datasets[key]

    def _lookup(self, reference: Reference) -> DatasetAt | None:
        if reference.ref is None:
            known = self._current
            return dataset_at(self._store, reference.dataset, self._at) if reference.dataset in known else None
        found = dataset_at(self._store, reference.dataset, reference.ref)
        if found is None:
            raise SynthError(no_dataset(reference.dataset, datasets(self._store, self._store.resolve(reference.ref))))
        return found

    @cached_property
    def _current(self) -> frozenset[str]:
        """Datasets of the current branch; none before its first commit."""
        if not self._store.branches():
            return frozenset()
        return frozenset(datasets(self._store, self._store.resolve(self._at)))

    def add_all(self) -> None:
        """For a query that names no dataset (`show tables`): all of them, without their rows."""
        for name in sorted(self._current):
            dataset = self._dataset(Reference(name))
            if dataset is not None:
                main = dataset.main()
                own = {("", name): main} if main else {}
                self._listed |= own | {
                    (name, part): found for part, found in dataset.parts().items() if found is not main
                }

    def names(self) -> list[str]:
        """Everything that the datasets named in the query hold, as it is written in SQL."""
        seen = {".".join(map(_written, filter(None, key))) for key in (*self.found, *self._listed)}
        for key, dataset in self._datasets.items():
            parts = dataset.parts() if dataset else ()
            seen |= {
                f"{_written(key.name)}.{_written(part)}"
                for part in parts
                if not f"{part}/".startswith(f"{key.dataset}/")
            }
        return sorted(seen)

    def connection(self) -> duckdb.DuckDBPyConnection:
        """A database that sees these views; files outside of them, settings and Python's variables are out of reach."""
        paths = {key: located.paths() for key, located in self.found.items()}
        connection = open_scratch()
        connection.execute("set python_enable_replacements = false")
        connection.execute("set allowed_paths = $1", [[path for files in paths.values() for path in files]])
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        for schema in sorted({schema for schema, _ in (*self.found, *self._listed) if schema}):
            connection.execute(f"create schema {quoted(schema)}")
        for key, located in {**self._listed, **self.found}.items():
            relation = _relation(located.schema, paths.get(key, []))
            connection.execute(f"create view {'.'.join(quoted(part) for part in key if part)} as {relation}")
        return connection


def _written(name: str) -> str:
    """A name as SQL takes it: `pairs/troll` stands in quotes, `social@main` need not."""
    return name if re.fullmatch(r"\w+(@[-\w~]+)?", name) else quoted(name)


def _relation(schema: Schema, paths: list[str]) -> str:
    """The key as printed, and the table's own columns; of no files, the same columns without rows."""
    columns = (Column("key", Type("str")), *schema.columns)
    if not paths:
        empty = ", ".join(f"null::{duck_type(column.type)} as {quoted(column.name)}" for column in columns)
        return f"select {empty} where false"
    names = ", ".join(_column(column) for column in columns)
    return f"select {names} from read_parquet([{', '.join(map(text, paths))}])"


def _column(column: Column) -> str:
    name = quoted(column.name)
    return f"{name}::json as {name}" if column.type.kind == "json" else name


def duck_type(type_: Type) -> str:
    """The type as DuckDB writes it."""
    if type_.kind == "list":
        return f"{duck_type(cast(Type, type_.element))}[]"
    if type_.kind == "record":
        return f"struct({', '.join(f'{quoted(field.name)} {duck_type(field.type)}' for field in type_.fields)})"
    return _KINDS[type_.kind]


def _check_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    from duckdb import StatementType

    kinds = [statement.type for statement in connection.extract_statements(sql)]
    if kinds not in ([StatementType.SELECT], [StatementType.EXPLAIN]):
        raise SynthError(_not_a_query(len(kinds)))


def _not_a_query(statements: int) -> Diagnostic:
    found = "nothing" if not statements else "several statements" if statements > 1 else "a statement that is no query"
    return Diagnostic(
        code="E1034",
        message=f"`synth sql` answers one query at a time; this is {found}",
        help="begin with `select`, `from`, `with`, `describe` or `summarize`; data changes through `synth build` alone",
    )


def _duckdb_error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _mistake(error: Exception, names: Iterable[str]) -> Diagnostic:
    """DuckDB's own words, without the quoted line (it quotes the rewritten query) and its internals."""
    lines = str(error).split("\nLINE ")[0].strip().splitlines()
    kept = [line.strip() for line in lines if line.strip() and not any(own in line for own in _SYSTEM)]
    first, *rest = kept or ["the query could not be run"]
    kind, _, message = first.partition(": ")
    seen = ", ".join(names)
    return Diagnostic(
        code="E1033",
        message=f"the query has a mistake: {message or kind}",
        notes=(*rest, *((f"datasets it can read: {seen}",) if seen else ("there is no dataset on this branch",))),
    )
