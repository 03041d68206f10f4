"""One candidate at the statements that look at the whole table in; its drop, its score and its group out."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from runtime.program.outcome import Dropped, Full, Scored

if TYPE_CHECKING:
    from runtime.program.row import Row


class Whole:
    """`grouped` is (value,) once the row's group is known. A body that comes round again passes each gate once."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.grouped: tuple[object] | None = None
        self._passed: set[str] = set()
        self._scores: dict[str, Scored] = {}

    @property
    def scores(self) -> tuple[Scored, ...]:
        return tuple(self._scores.values())

    def dedup(self, step: str, value: object) -> None:
        if step in self._passed:
            return
        self._passed.add(step)
        stage = self.row.stage
        partner = stage.admit(step, self.row.index, self.row.key, value)
        if partner is not None:
            raise Dropped(step, f"{stage.title(step)}: duplicate of {partner}", stage.names(step), partner)

    def decontaminate(self, step: str, value: object) -> None:
        stage = self.row.stage
        found = stage.overlaps(step, value)
        if found is not None:
            raise Dropped(step, f"{stage.title(step)}: overlaps {found}", stage.names(step))

    def select(self, step: str, score: Any, apart: object) -> None:
        number = None if score is None else float(getattr(score, "value", score))
        self._scores[step] = Scored(step, None if number is None or isnan(number) else number, apart)

    def group(self, value: object) -> None:
        self.grouped = (getattr(value, "value", value),)

    def stop_if_full(self) -> None:
        if "group" in self._passed or self.grouped is None:
            return
        self._passed.add("group")
        if not self.row.stage.wanted(self.row.index, self.grouped[0]):
            raise Full
