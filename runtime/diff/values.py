"""Two JSON-like values in; the places in them that differ, each with what stood and what stands there, out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runtime.diff.words import Mark, word_marks

Json = Any
"""Plain data: dict, list, str, int, float, bool, None."""

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Absent:
    """Stands where a value has no element or field at all, which is not the same as null."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One place that differs: `path` is the column and the way into it, `messages[1].content`."""

    column: str
    path: str
    before: Json | Absent
    after: Json | Absent

    @property
    def marks(self) -> tuple[Mark, ...] | None:
        """Word-level marks where both sides are text, else None."""
        if isinstance(self.before, str) and isinstance(self.after, str):
            return word_marks(self.before, self.after)
        return None


def same(before: Json, after: Json) -> bool:
    """Whether two values are one, as row hashes have it: types count (1 is not 1.0 nor true), NaN is itself; -0.0 is
    0.0, but not inside a list or record, which are compared as their JSON."""
    if isinstance(before, float) and isinstance(after, float):
        return before == after or (math.isnan(before) and math.isnan(after))
    return _same(before, after)


def _same(before: Json, after: Json) -> bool:
    if type(before) is not type(after):
        return False
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(value, after[name]) for name, value in before.items())
    if isinstance(before, list):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, float):
        return repr(before) == repr(after)
    return bool(before == after)


def cell_changes(column: str, before: Json | Absent, after: Json | Absent) -> Iterator[CellChange]:
    """The smallest places of one column that differ, in the order they stand."""
    if not same(before, after):
        yield from _changes(column, column, before, after)


def _changes(column: str, path: str, before: Json | Absent, after: Json | Absent) -> Iterator[CellChange]:
    if _same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            yield from _changes(column, path + _field(name), before.get(name, ABSENT), after.get(name, ABSENT))
    elif isinstance(before, list) and isinstance(after, list) and before and after:
        for i in range(max(len(before), len(after))):
            yield from _changes(column, f"{path}[{i}]", _at(before, i), _at(after, i))
    else:
        yield CellChange(column, path, before, after)


def _at(values: list[Json], index: int) -> Json | Absent:
    return values[index] if index < len(values) else ABSENT


def _field(name: str) -> str:
    return f".{name}" if _PLAIN_NAME.fullmatch(name) else f"[{name!r}]"
