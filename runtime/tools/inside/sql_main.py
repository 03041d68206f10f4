"""`query.sql`, and `setup.sql` before it, in the box; the query's rows from a database in memory out.

DuckDB opens no file and no address and loads no extension, and the SQL cannot change that.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from .reporting import channel

BOX = Path("/box")
MOST_ROWS = 10_000
SETTINGS = (
    "SET threads = 1",
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET TimeZone = 'UTC'",
)


def main(memory: int, output: int, secret_end: int, report_end: int) -> None:
    send = channel(secret_end, report_end)
    try:
        send(_result(memory, output))
    except duckdb.OutOfMemoryException as error:
        send({"reason": "memory", "output": str(error)})
    except MemoryError:
        send({"reason": "memory", "output": "MemoryError"})
    except duckdb.Error as error:
        send({"reason": "error", "output": str(error)})


def _result(memory: int, output: int) -> dict[str, Any]:
    base = duckdb.connect(":memory:")
    for setting in (f"SET memory_limit = '{memory * 3 // 4}B'", *SETTINGS, "SET lock_configuration = true"):
        base.execute(setting)
    for name in ("setup.sql", "query.sql"):
        if (text := BOX.joinpath(name)).exists():
            base.execute(text.read_text(encoding="utf-8"))
    columns = [column[0] for column in base.description or ()]
    found = base.fetchmany(MOST_ROWS + 1) if columns else []
    rows = [_text(row) for row in found[:MOST_ROWS]]
    if len(found) > MOST_ROWS:
        return {"reason": "output", "output": f"more than {MOST_ROWS:,} rows"}
    if sum(len(row.encode()) + 1 for row in rows) > output:
        return {"reason": "output", "output": f"more than {output:,} bytes"}
    return {"columns": columns, "rows": rows}


def _text(row: tuple[Any, ...]) -> str:
    """A row as JSON: texts, numbers, true, false, null, lists and records; all else (dates, decimals) as its text."""
    return json.dumps([_plain(value) for value in row], ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    finite = not isinstance(value, float) or value - value == 0
    return value if finite and isinstance(value, str | int | float | None) else str(value)
