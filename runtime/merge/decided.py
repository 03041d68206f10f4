"""Two people's decisions about one row, and what a third person wrote in their place, in; nothing, or why not, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.diff.values import same
from runtime.merge.rows import Row
from runtime.merge.sides import Manifests

ONES_OWN = ("verdict", "values", "who", "note")
"""What a person may write; all else says which row was decided about, and what it was."""


def check_decision(sides: Manifests, row: Row, given: Mapping[str, Any]) -> None:
    """E1066 for what is no decision about this row, E1103 for values that the decided row cannot have."""
    from runtime.decisions.model import VERDICTS

    decided = [side for side in (row.ours, row.theirs) if side is not None]
    for name, value in given.items():
        if name not in ONES_OWN and not any(same(value, side[name]) for side in decided):
            raise _mistake(given, f"another `{name}` than either side", f"leave all but {', '.join(ONES_OWN)} out")
    if given["verdict"] not in VERDICTS:
        expected = f"it is {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}"
        raise _mistake(given, f"the verdict `{given['verdict']}`", expected)
    if not isinstance(given["values"] or {}, Mapping):
        raise _mistake(given, "`values` that are no object", 'write columns and values, `{"title": "…"}`')
    if given["verdict"] == "edit":
        _check_values(sides, given["of_table"], given["values"] or {})


def _check_values(sides: Manifests, name: str, values: Mapping[str, Any]) -> None:
    """They fit the table of one side at least: which columns the next build makes, its spec says."""
    from runtime.decisions.values import check_values

    misfits = []
    tables = [side.tables[name] for side in (sides.ours, sides.theirs) if side is not None and name in side.tables]
    for table in tables:
        try:
            check_values(name, table.schema, values)
        except SynthError as error:
            misfits.append(error)
    if misfits and len(misfits) == len(tables):
        raise misfits[0]


def _mistake(given: Mapping[str, Any], what: str, help_: str) -> SynthError:
    return SynthError(Diagnostic("E1066", f"the decision on `{given['row']}` is given {what}", help=help_))
