"""Conflicts in, a file that a person edits (JSON lines, or CSV) out; and the resolutions read back from it.

Each line is a conflict with what base, ours and theirs have there. `take` is filled in: `ours`, `theirs`, `value` (then
`value` holds it, a whole row as an object) or `regenerate`. A line with an empty `take` stays a conflict.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast, get_args

import orjson

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.diff.values import ABSENT
from runtime.merge.model import TAKES, Conflict, Resolution, Take

FIELDS = ("dataset", "table", "key", "column", "base", "ours", "theirs", "take", "value")
JSON_FIELDS = ("base", "ours", "theirs", "value")
DECIDING = ("dataset", "table", "key", "column", "take", "value")


def write_conflicts(conflicts: Iterable[Conflict], name: str) -> str:
    """The text of the file called `name`: CSV where it ends so, else JSON lines."""
    lines = [conflict_json(conflict) | {"take": "", "value": None} for conflict in conflicts]
    if not name.endswith(".csv"):
        return "".join(orjson.dumps(line).decode() + "\n" for line in lines)
    out = io.StringIO()
    table = csv.DictWriter(out, FIELDS, lineterminator="\n")
    table.writeheader()
    table.writerows(_cells(line) for line in lines)
    return out.getvalue()


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    """A row that is not there is null."""
    sides = {name: getattr(conflict, name) for name in ("base", "ours", "theirs")}
    place = {name: getattr(conflict, name) for name in ("dataset", "table", "key", "column")}
    return place | {name: None if value is ABSENT else value for name, value in sides.items()}


def _cells(line: Mapping[str, Any]) -> dict[str, str]:
    """Values are JSON, so that `5` and `"5"` stay two things; nothing at all is an empty cell."""
    found = {name: "" if line[name] is None else str(line[name]) for name in FIELDS if name not in JSON_FIELDS}
    return found | {name: "" if line[name] is None else orjson.dumps(line[name]).decode() for name in JSON_FIELDS}


def read_resolutions(text: str, name: str) -> list[Resolution]:
    """E1066 with the line for what is no resolution, and for a second one about the same place."""
    lines = _csv(text, name) if name.endswith(".csv") else _jsonl(text, name)
    found: dict[tuple[str, str, str, str | None], Resolution] = {}
    for number, line in lines:
        one = _resolution(line, f"{name}:{number}")
        if one is not None and found.setdefault((one.dataset, one.table, one.key, one.column), one) != one:
            at = f"`{one.key}`" + (f" column `{one.column}`" if one.column else "")
            raise _mistake(f"{name}:{number}", f"{at} was decided otherwise in a line above", "keep one of the two")
    return list(found.values())


def _jsonl(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except ValueError as error:
            raise _mistake(f"{name}:{number}", f"the line is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise _mistake(f"{name}:{number}", "the line is no object")
        yield number, value


def _csv(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """E1066 without the first line that `write_conflicts` writes: no column could be told from another."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [field for field in DECIDING if field not in (reader.fieldnames or ())]
    if missing and text.strip():
        help_ = f"the first line is `{','.join(FIELDS)}`, with commas"
        raise _mistake(f"{name}:1", f"there is no column `{missing[0]}`", help_)
    for row in reader:
        values: dict[str, Any] = {field: row.get(field) or "" for field in FIELDS if field not in JSON_FIELDS}
        yield reader.line_num, values | {"column": values["column"] or None, "value": _value(row.get("value") or "")}


def _value(cell: str) -> Any:
    """JSON, or text where it is none: a person types `yes` and not `"yes"`."""
    if not cell:
        return None
    try:
        return orjson.loads(cell)
    except ValueError:
        return cell


def _resolution(line: Mapping[str, Any], where: str) -> Resolution | None:
    missing = [name for name in ("dataset", "table", "key") if not isinstance(line.get(name), str)]
    if missing:
        raise _mistake(where, f"`{missing[0]}` is missing")
    take, column = line.get("take") or "", line.get("column")
    if not take:
        return None
    if not isinstance(column, str | None):
        raise _mistake(where, f"`column` is `{column}`", "it is a column's name, or null for the row as a whole")
    if take not in get_args(Take):
        guess = did_you_mean(str(take), TAKES)
        raise _mistake(where, f"`take` is `{take}`", guess or f"it is {', '.join(TAKES[:-1])} or {TAKES[-1]}")
    place = (line["dataset"], line["table"], line["key"], column or None)
    return Resolution(*place, cast(Take, take), line.get("value"))


def _mistake(where: str, message: str, help_: str | None = None) -> SynthError:
    return SynthError(Diagnostic("E1066", f"{where}: {message}", help=help_))
