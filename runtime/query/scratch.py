"""Nothing in; an in-memory DuckDB for one use, and the few phrases of SQL that diff, query and measures share, out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_numbers = count()
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
