"""Nothing in; an in-memory DuckDB for one use, and the few phrases of SQL that diff, query and measures share, out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_numbers = count()
_idle: dict[tuple[object, ...], list[duckdb.DuckDBPyConnection]] = {}
KEPT = 2
"""Idle databases of one kind; more are in use only where as many threads want one at a time."""
NO_KEYS = "(select null::blob as _key, null::blob as _hash where false)"


def open_scratch() -> duckdb.DuckDBPyConnection:
    """A database of its own. What does not fit in memory spills to a folder of its own, made when it is needed."""
    import duckdb

    connection = duckdb.connect(":memory:")
    spill = Path(tempfile.gettempdir()) / f"synth-{os.getpid()}-{next(_numbers)}"
    connection.execute("set temp_directory = $1", [str(spill)])
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set parquet_metadata_cache = true")
    return connection


@contextmanager
def borrowed(*settings: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with these settings and no tables, for one use that leaves none behind.

    To open one takes twenty milliseconds of processor time, so what was given back is lent again, by this process.
    """
    idle = _idle.setdefault((os.getpid(), *settings), [])
    try:
        connection = idle.pop()
    except IndexError:
        connection = open_scratch()
    try:
        for setting in settings:
            connection.execute(f"set {setting}")
        yield connection
    except BaseException:
        connection.close()
        raise
    if len(idle) < KEPT:
        idle.append(connection)
    else:
        connection.close()


def fetch_all(sql: str, arguments: list[object] | None = None) -> list[tuple[Any, ...]]:
    """All rows of one query over files."""
    with borrowed() as connection:
        return connection.execute(sql, arguments or []).fetchall()


class Scratch:
    """A database that is opened when it is first used: a comparison that reads nothing costs nothing."""

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return open_scratch()

    def execute(self, sql: str, arguments: list[object] | None = None) -> duckdb.DuckDBPyConnection:
        """Runs on a cursor of its own, so that results can be read side by side."""
        return self.cursor().execute(sql, arguments or [])

    def arrow(self, sql: str, arguments: list[object] | None = None) -> pa.Table:
        """The whole result of a query as an Arrow table."""
        return self.cursor().sql(sql, params=arguments or []).to_arrow_table()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self._connection.cursor()


def quoted(name: str) -> str:
    """An identifier as SQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string constant."""
    return "'" + value.replace("'", "''") + "'"


def parquet(paths: Sequence[str], columns: str = "*") -> str:
    """A relation over shard files; over none, the empty relation of keys."""
    if not paths:
        return NO_KEYS
    return f"(select {columns} from read_parquet([{', '.join(map(text, paths))}]))"
