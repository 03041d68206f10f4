"""A forecast in; why each of its steps calls a model or does not, in words, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.build.dry import Cell, Forecast
    from runtime.diff.model import Cause
    from runtime.tables.manifest import Manifest, StepRecord


def differing(one: Forecast) -> tuple[Cause, ...]:
    """What differs from the version it is compared with, as far as that is known before anything is made."""
    from runtime.build.identity import described_anew
    from runtime.diff.causes import causes

    if one.how == "unchanged" or one.previous is None or one.now is None:
        return ()
    if one.how == "described":  # its rows stay, and no cause is to be sought in them
        return causes(one.previous, described_anew(one.previous, one.now))
    return causes(one.previous, _counted(one, one.now))


def why_dataset(one: Forecast) -> list[str]:
    """The same in words."""
    from runtime.diff.view import cause_line

    if one.how == "depends":
        return [f"its rows are made from those of {' and '.join(one.waits)}, which change"]
    if one.previous is None or one.now is None:
        return ["no version of it is committed yet"]
    if one.how == "unchanged":
        return ["statements, inputs and models are those of the version before"]
    return [cause_line(cause) for cause in differing(one)]


def _counted(one: Forecast, now: Manifest) -> Manifest:
    """A version that is only foreseen knows its inputs by their digests; their rows have been counted since."""
    inputs = {name: replace(found, rows=one.inputs.get(name, found.rows)) for name, found in now.inputs.items()}
    return replace(now, inputs=inputs)


def why_step(one: Forecast, cell: Cell) -> list[str]:
    if cell.high == 0:
        return ["all that it would ask is in the journal" if cell.reused else "no row comes to it"]
    if cell.kind == "meaning":
        return ["an engine embeds the texts that it compares, and counts as called once for each"]
    if cell.kind == "gold":
        return ["the build asks its gold cases first, and these were not asked before"]
    return [*_changed(one, cell), *_asked(one, cell), *_again(cell)]


def _changed(one: Forecast, cell: Cell) -> Iterator[str]:
    """Which part of what its calls are made of is another one than in the version before."""
    from runtime.diff.view import cause_line

    if one.previous is None or one.now is None:
        return
    before, now = _steps(one.previous), _steps(one.now)
    if cell.kind == "gen" and cell.name not in before:
        yield "the version before has no such step"
        return
    found = differing(one)
    own = [cause for cause in found if _concerns(cause, cell)]
    yield from map(cause_line, own)
    follows = [name for name in cell.reads if _closure(before, name) != _closure(now, name)]
    if follows:
        yield f"it follows {' and '.join(follows)}, which changed"
    elif _closure(before, cell.name) == _closure(now, cell.name) and not own:
        yield from (cause_line(cause) for cause in found if cause.kind == "input")


def _concerns(cause: Cause, cell: Cell) -> bool:
    if cause.kind == "step":
        return cause.name == f"{cell.kind} {cell.name}"
    if cause.kind in ("setting", "sampling"):
        return cause.name.startswith((f"gen {cell.name} ", f"{cell.role} "))
    return cause.kind == "seed" or (cause.kind, cause.name) in {("prompt", cell.prompt), ("model", cell.role)}


def _steps(manifest: Manifest) -> dict[str, StepRecord]:
    """Those that give a name a value, by the name."""
    return {step.id.partition(" ")[2]: step for step in manifest.steps}


def _closure(steps: Mapping[str, StepRecord], name: str) -> str | None:
    return steps[name].closure if name in steps else None


def _asked(one: Forecast, cell: Cell) -> Iterator[str]:
    if cell.reused:
        yield f"{cell.reused:,} of its calls are in the journal"
    if cell.unanswered:
        yield f"{_rows(cell.unanswered)} what the journal does not hold"
    before = waited_for(one, cell)
    if before and cell.low + cell.high > cell.unanswered:
        yield f"what the rows that stop at {' and '.join(before)} ask here is known only after it"
    if cell.maybe:
        yield f"{cell.maybe:,} more are in the journal, for rows that may not come here"
    if cell.low < cell.high:
        yield from _range(one, cell)


def _rows(number: int) -> str:
    return "1 row asks" if number == 1 else f"{number:,} rows ask"


def waited_for(one: Forecast, cell: Cell) -> list[str]:
    """Statements before it at which rows lack an answer."""
    names = list(one.cells)
    return [name for name in names[: names.index(cell.name)] if one.cells[name].unanswered]


def _range(one: Forecast, cell: Cell) -> Iterator[str]:
    if cell.condition:
        yield "it is asked under a condition, which may hold for no row"
    if one.endless:
        yield "the candidates have no end, and how many of them the target takes nobody knows yet"
    elif cell.open:
        yield "it is asked for each element of a list, and how long that is nobody knows yet"
    if one.sure < one.looked and not one.endless:
        yield "fewer are asked if the rows before meet the target"
    elif not cell.condition and not cell.open:
        yield "what rows come here hangs on answers that are not there yet"


def _again(cell: Cell) -> Iterator[str]:
    times = cell.again // cell.each
    if times > 1:
        yield f"a `retry` may bring a row here {times} times"
    if cell.tries > cell.again:
        yield f"an answer that is not of its type is asked for {cell.tries // cell.again} times at most"
