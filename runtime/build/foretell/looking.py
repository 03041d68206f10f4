"""A candidate and the journal in; what its program asks, as far as it is known without asking anybody, out.

A `Row` that goes on where an answer is missing: with `Pending` in the place of what is not known, and with a note of
all that the row may still ask. Where control hangs on such a value, both ways are allowed for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runtime.build.foretell.calling import Calling
from runtime.build.foretell.noting import digest_of
from runtime.build.foretell.pending import is_pending, lacks, pendings
from runtime.program.outcome import Dropped, Full, Kept, Outcome, Unanswered, Unknown
from runtime.program.row import Row


class LookingRow(Calling):
    """A candidate's row: its statements drop it, send it round again, or leave open what becomes of it."""

    # --- statements that drop, mark and keep ---------------------------------------------------------------------

    def require(self, step: str, condition: object, *, retry: int = 0, rerun: Sequence[str] = ()) -> None:
        unknown = is_pending(condition)
        if retry:
            left = retry - self._retries.get((step, self.round), 0)
            self._requires.append((step, self.round, left, rerun, self.asks.so_far()))
        if not unknown and (condition or not self.skips):
            if condition and self.again:
                self._may_retry()
            return super().require(step, condition, retry=retry, rerun=rerun) if not condition else None
        self._may_drop()
        self.again = self.again or bool(retry)
        if self.again:
            self._may_retry()
        return None

    def _may_retry(self) -> None:
        """A retry makes values anew that any `require` may fail on then, those before it, too."""
        for step, round_, left, rerun, before in self._requires:
            if (step, round_) in self._allowed:
                continue
            self._allowed.add((step, round_))
            outer = any((name, 0) in before for name in rerun[:1])
            for cell in {cell for cell, _ in before if cell in rerun or cell in self.looker.judges}:
                self.asks.more[cell] += left * _passed(cell, round_, outer, before)

    def filter(self, step: str, condition: object) -> None:
        if is_pending(condition) or (not condition and self.skips):
            self._may_drop()
        else:
            super().filter(step, condition)

    def flag(self, step: str, condition: object) -> None:
        if not is_pending(condition):
            super().flag(step, condition)

    # --- the whole table -----------------------------------------------------------------------------------------

    def dedup(self, step: str, value: object) -> None:
        """A new text repeats none where equal ones are looked for; how like it is to others, nobody knows."""
        value = self.instead(step, value)
        unknown = [*pendings(value)]
        if self.alone or step in self._compared_at:
            return
        self._compared_at.add(step)
        if unknown:
            self._compared(step, value)
        if step in self.looker.exact and all(one._free for one in unknown):
            self._equal(step, value)
            return
        if unknown or not self.sure:
            self.looker.doubtful.add(step)
        if step not in self.looker.doubtful or (not unknown and self._embeds(step)):
            self._compare(step, lambda: None if unknown else Row.dedup(self, step, value))
        if step in self.looker.doubtful:
            self._may_drop()

    def _equal(self, step: str, value: object) -> None:
        """Compared with rows that are sure to have passed here, and with those that only may have."""
        if value is None:
            return
        same = digest_of(value) if lacks(value) else self.looker.prepare(step, value)
        there, perhaps = self.looker.passed[step], self.looker.perhaps[step]
        sure, double, doubt = self.sure, same in there, same in perhaps or step in self.looker.doubtful
        (there if sure else perhaps).add(same)
        if double and not self.skips:
            raise Dropped(step, self.looker.titles[step])
        if double or doubt:
            self._may_drop()

    def decontaminate(self, step: str, value: object) -> None:
        if lacks(value):
            self._compared(step, value)
            self._may_drop()
        else:
            self._compare(step, lambda: Row.decontaminate(self, step, value))

    def _compare(self, step: str, run: Callable[[], None]) -> None:
        try:
            run()
        except Dropped:
            if not self.skips and step not in self.looker.doubtful:
                raise
            self._may_drop()
        except Unanswered:
            self.looker.unembedded[self.looker.titles[step]] += 1
            self._compared(step, None)
            self.looker.doubtful.add(step)
            self._may_drop()

    def _embeds(self, step: str) -> bool:
        return self.looker.titles[step] in self.looker.embedded

    def _compared(self, step: str, value: object) -> None:
        """An engine that embeds the texts which it compares is asked about this one."""
        if self._embeds(step):
            self.cell = self.looker.titles[step]
            self._follows((step, self.index), 1, value, known=value is None)

    def select(self, step: str, score: Any, apart: object = None) -> None:
        if self.drops or lacks((score, apart)):
            with self._doubting(True):
                self._compared(step, apart)
        else:
            super().select(step, score, apart)

    def group(self, value: object) -> None:
        if not is_pending(value):
            super().group(value)

    def stop_if_full(self) -> None:
        if self.grouped is None:
            return
        fullness = self.looker.fullness(self.grouped)
        if fullness == "full":
            raise Full
        if fullness == "maybe":
            self.unsure = True

    def conversation(self, step: str, column: str, messages: Sequence[object] | None) -> None:
        """A message that is not there yet may turn out to be null."""
        if is_pending(messages) or any(map(is_pending, messages or ())):
            self._may_drop()
        else:
            super().conversation(step, column, messages)

    def emit(
        self, table: str, columns: Mapping[str, object], *, position: tuple[int, ...] = (), split: object = None
    ) -> None:
        super().emit(table, columns, position=position, split=None if is_pending(split) else split)

    # --- running -------------------------------------------------------------------------------------------------

    def look(self) -> Outcome:
        """Kept or rejected where that hangs on nothing that is not known."""
        self.looker.row = self
        outcome = self.run(self.looker.body)
        return Unknown(self.asks.stopped or "") if isinstance(outcome, Kept) and self.drops else outcome


def _passed(cell: str, round_: int, outer: bool, before: Mapping[tuple[str, int], int]) -> int:
    """How many calls a statement makes when it is passed again: those of one round, or of all of a loop."""
    rounds = {place[1]: number for place, number in before.items() if place[0] == cell}
    if round_ in rounds and round_:
        return rounds[round_]
    return sum(rounds.values()) if outer else max(rounds.values(), default=0)
