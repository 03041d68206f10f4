"""Rows in conflict and what people decided in; rows that take ours' place, and the conflicts that are left, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.diff.values import ABSENT
from runtime.merge.model import Conflict, Resolution, Side
from runtime.merge.rows import Row
from runtime.tables.keys import Key, decode_key

Place = tuple[str, str, str, str | None]


def place(of: Conflict | Resolution) -> Place:
    return of.dataset, of.table, of.key, of.column


@dataclass
class Resolutions:
    """What was decided, by place. `used` are those that met a conflict."""

    found: Mapping[Place, Resolution]
    prefer: Side | None = None
    used: set[Place] = field(default_factory=set)

    @classmethod
    def of(cls, resolutions: Iterable[Resolution], prefer: Side | None) -> Resolutions:
        return cls({place(one): one for one in resolutions}, prefer)

    def __call__(self, conflict: Conflict) -> Resolution | None:
        """For the cell, else for its row, else what is preferred."""
        whole = (*place(conflict)[:3], None)
        for at in (place(conflict), whole):
            if at in self.found:
                self.used.add(at)
                return self.found[at]
        return Resolution(*place(conflict), self.prefer) if self.prefer else None

    def check_used(self, conflicts: Sequence[Conflict]) -> None:
        """E1066 for a resolution about what is in no conflict: most likely a key or a column is mistyped."""
        unused = [at for at in self.found if at not in self.used]
        if unused:
            raise SynthError(*(_no_conflict(at, conflicts) for at in unused))


@dataclass
class Resolved:
    """`rows` are written in place of ours', `removed` go, `fates` say whose row each became; `given` are those that
    hold a person's values, each with what was in conflict."""

    rows: list[tuple[Key, dict[str, Any]]] = field(default_factory=list)
    removed: list[bytes] = field(default_factory=list)
    fates: list[tuple[str, str]] = field(default_factory=list)
    left: list[Conflict] = field(default_factory=list)
    regenerate: bool = False
    count: int = 0
    given: list[tuple[Row, dict[str, Any]]] = field(default_factory=list)


def resolve(dataset: str, table: str, rows: Iterable[Row], decide: Resolutions) -> Resolved:
    """A row with a conflict that nobody decided stays as ours has it."""
    done = Resolved()
    for row in rows:
        pairs = [(conflict, decide(conflict)) for conflict in _conflicts(dataset, table, row)]
        left = [conflict for conflict, resolution in pairs if resolution is None]
        done.left += left
        resolutions = [resolution for _, resolution in pairs if resolution is not None]
        if left:
            done.fates.append((row.printed, "o"))
            continue
        done.count += len(resolutions)
        _settle(done, row, resolutions)
    return done


def _conflicts(dataset: str, table: str, row: Row) -> Iterator[Conflict]:
    base, ours, theirs = (ABSENT if side is None else side for side in (row.base, row.ours, row.theirs))
    if not row.columns:
        yield Conflict(dataset, table, row.printed, None, base, ours, theirs)
    for name in row.columns:
        cells = (side.get(name) if side else None for side in (row.base, row.ours, row.theirs))
        yield Conflict(dataset, table, row.printed, name, *cells)


def _settle(done: Resolved, row: Row, resolutions: list[Resolution]) -> None:
    if any(resolution.take == "regenerate" for resolution in resolutions):
        done.regenerate = True
        done.removed += [row.key] if row.ours is not None else []
        return
    found = _whole(row, resolutions[0]) if not row.columns else _by_cell(row, resolutions)
    takes = {resolution.take for resolution in resolutions}
    side = {"ours": "o", "theirs": "t"}.get(takes.pop(), "both") if len(takes) == 1 and not row.columns else "both"
    done.fates.append((row.printed, side))
    if found is not None and any(one.take == "value" for one in resolutions):
        done.given.append((row, found))
    if found is None:
        done.removed += [row.key] if row.ours is not None else []
    elif found is not row.ours:
        done.rows.append((decode_key(row.key), found))


def _whole(row: Row, resolution: Resolution) -> dict[str, Any] | None:
    if resolution.take == "value":
        if not isinstance(resolution.value, dict):
            raise SynthError(_no_row(resolution))
        _check_columns(resolution, row)
        return {**(row.ours or row.theirs or {}), **resolution.value}
    return row.ours if resolution.take == "ours" else row.theirs


def _by_cell(row: Row, resolutions: list[Resolution]) -> dict[str, Any]:
    sides = {"ours": row.ours or {}, "theirs": row.theirs or {}}
    merged = dict(row.merged)
    for name, resolution in zip(row.columns, resolutions, strict=True):
        if resolution.take != "value":
            merged[name] = sides[resolution.take].get(name)
        elif resolution.column is None:
            if not isinstance(resolution.value, dict):
                raise SynthError(_no_row(resolution))
            _check_columns(resolution, row)
            merged |= resolution.value
        else:
            merged[name] = resolution.value
    return merged


def _check_columns(resolution: Resolution, row: Row) -> None:
    for name in resolution.value:
        if name not in row.merged:
            guess = did_you_mean(name, list(row.merged))
            raise SynthError(
                Diagnostic(
                    "E1066",
                    f"the resolution of `{resolution.key}` gives a value for `{name}`, which is no column",
                    notes=(f"columns: {', '.join(row.merged)}",),
                    help=guess or None,
                )
            )


def _no_row(resolution: Resolution) -> Diagnostic:
    return Diagnostic(
        "E1066",
        f"the resolution of `{resolution.key}` takes a value for the whole row, and the value is no object",
        help='write the row\'s columns, `{"question": "…", "answer": "…"}`, or take `ours` or `theirs`',
    )


def _no_conflict(at: Place, conflicts: Sequence[Conflict]) -> Diagnostic:
    dataset, table, key, column = at
    cell = f" column `{column}`" if column else ""
    open_ = [f"{one.key} {one.column or ''}".strip() for one in conflicts[:3]]
    return Diagnostic(
        "E1066",
        f"a resolution is given where nothing is in conflict: `{dataset}`, table `{table}`, row `{key}`{cell}",
        notes=(f"in conflict: {', '.join(open_)} …",) if open_ else (),
        help="take keys and columns from the file that `--conflicts FILE` writes",
    )
