"""A SELECT over the project's files in; its rows and columns out, through DuckDB, which can neither write nor leave.

Texts after `from`, `join` and inside a reader's brackets that name files beside the spec are made absolute first:
DuckDB itself would look in the folder that synth was started in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Timer
from typing import TYPE_CHECKING

from runtime.sources.place import Where
from runtime.sources.plain import NotPlain, plain
from runtime.sources.raw import Raw, unreadable

if TYPE_CHECKING:
    import duckdb

    from compiler.catalog import ColumnType

BATCH = 1024
MOMENT: ContextVar[float | None] = ContextVar("moment", default=None)
"""Seconds after which a query is a `TimeoutError`, for who reads while somebody types; else it takes what it takes."""
FEW = "SET memory_limit = '256MB'", "SET temp_directory = ''"
"""What a query may use within a moment."""
_TABLE_BEFORE = re.compile(r"\b(?:from|join)\s*$", re.IGNORECASE)
_READER_BEFORE = re.compile(
    r"\b(?:read_\w+|\w+_scan|glob|sniff_csv)\s*\(\s*\[?\s*(?:'(?:[^']|'')*'\s*,\s*)*$", re.IGNORECASE
)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_KINDS: dict[str, ColumnType] = {
    "VARCHAR": "str",
    "UUID": "str",
    "DATE": "str",
    "BOOLEAN": "bool",
    "DOUBLE": "float",
    "FLOAT": "float",
    '"NULL"': "null",
}
_INTEGERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")


def rows(where: Where) -> Iterator[Raw]:
    import duckdb

    with _connect(where) as connection, _timely(connection) as is_late:
        try:
            result = connection.execute(_select(where))
            names = [column[0] for column in result.description or ()]
            number = 0
            while batch := result.fetchmany(BATCH):
                if is_late.is_set():
                    raise TimeoutError
                for cells in batch:
                    number += 1
                    yield _row(where, names, cells, number), f"row {number} of the query"
        except duckdb.Error as error:
            if is_late.is_set():
                raise TimeoutError from None
            raise _failed(where, error) from None


@contextmanager
def _timely(connection: duckdb.DuckDBPyConnection) -> Iterator[Event]:
    """Set, and the query interrupted, when the moment is over; never, where there is none."""
    seconds, is_late = MOMENT.get(), Event()

    def end() -> None:
        is_late.set()
        connection.interrupt()

    timer = Timer(seconds or 0, end)
    timer.daemon = True
    if seconds is not None:
        timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


def _row(where: Where, names: list[str], cells: tuple[object, ...], number: int) -> dict[str, object]:
    try:
        return {name: plain(cell) for name, cell in zip(names, cells, strict=True)}
    except NotPlain as error:
        raise unreadable(where, f"row {number} of the query", f"a value is {error}, which a row cannot hold") from None


def columns(where: Where) -> dict[str, ColumnType]:
    """From binding the query; no row is computed."""
    import duckdb

    with _connect(where) as connection:
        try:
            described = connection.execute(f"DESCRIBE {_select(where)}").fetchall()
        except duckdb.Error as error:
            raise _failed(where, error) from None
    return {name: _kind(kind) for name, kind, *_ in described}


def _connect(where: Where) -> duckdb.DuckDBPyConnection:
    """One thread, so that rows come in the same order every time."""
    import duckdb

    connection = duckdb.connect(":memory:")
    for setting in FEW if MOMENT.get() is not None else ():
        connection.execute(setting)
    folder = where.root.resolve().as_posix().replace("'", "''")
    for setting in (
        f"allowed_directories = ['{folder}/']",
        "enable_external_access = false",
        "threads = 1",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


def _select(where: Where) -> str:
    """The query with absolute paths. Anything but one SELECT is refused: a source reads."""
    import duckdb

    query = where.argument.strip().rstrip(";")
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        raise _failed(where, error) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise where.error("E0612", "a source is one SELECT", help="write one query that gives the rows")
    return _absolute(where, query)


def _absolute(where: Where, query: str) -> str:
    import duckdb

    pieces: list[str] = []
    done = 0
    for start, kind in duckdb.tokenize(query):
        literal = _LITERAL.match(query, start) if kind == duckdb.token_type.string_const else None
        is_table = _TABLE_BEFORE.search(query[:start]) is not None
        if literal and (is_table or _READER_BEFORE.search(query[:start])):
            pieces += [query[done:start], _path(where, literal[1], is_table=is_table)]
            done = literal.end()
    return "".join(pieces) + query[done:]


def _path(where: Where, written: str, *, is_table: bool) -> str:
    """The literal of a file beside the spec, absolute. A text that names none stays, unless it must be a table."""
    named = Where("sql", written.replace("''", "'"), where.root.resolve(), where.base.resolve(), where.span)
    if not is_table and (not named.argument or not named.named()):
        return f"'{written}'"
    named.files()
    absolute = (named.base / named.argument).as_posix().replace("'", "''")
    return f"'{absolute}'"


def _kind(name: str) -> ColumnType:
    if name.endswith("]"):
        return "list"
    if name.startswith("STRUCT"):
        return "record"
    if name.startswith("TIME"):
        return "str"
    return "int" if _INTEGERS.fullmatch(name) else _KINDS.get(name, "any")


def _failed(where: Where, error: duckdb.Error) -> Exception:
    said = str(error).replace(f"{where.root.resolve().as_posix()}/", "")
    lines = [line for line in said.splitlines() if line.strip()]
    return where.error("E0612", f"the query fails: {lines[0] if lines else type(error).__name__}", *lines[1:])
