"""One candidate while its program runs: axes and draws in; calls, verdicts, rows and a complete trace out.

A lowered program's row function talks to this object alone. Everything it does is recorded; a value is asked for once
and remembered, so that a body that comes round again after a `retry` repeats only what the retry made stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from runtime.program.distribution import Distribution
from runtime.program.generating import Asking, Generations
from runtime.program.judging import Verdicts
from runtime.program.outcome import Again, Dropped, Kept, Outcome, Rejected, Unanswered, Unknown
from runtime.program.shape import Shape
from runtime.program.stage import Stage
from runtime.program.trace import Event
from runtime.program.values import Verdict
from runtime.sampling import Draws
from runtime.tables.keys import Key


class Row:
    """`key` tells the candidate apart for ever; `index` is its place in candidate order; `axes` its axis values."""

    def __init__(self, stage: Stage, key: Key, index: int, axes: Mapping[str, object]) -> None:
        self.stage, self.key, self.index, self.axes = stage, key, index, axes
        self.draws = Draws(stage.seed, stage.dataset, key)
        self.events: list[Event] = []
        self.rows: list[tuple[str, tuple[int, ...], Mapping[str, object]]] = []
        self.flags: list[str] = []
        self.round = 0
        self.unsettled = True
        self.values: dict[str, object] = {}
        self._asked: dict[tuple[str, int, int, int], int] = {}
        self._retries: dict[str, int] = {}
        self.generations = Generations(self)
        self.verdicts = Verdicts(self)

    # --- what is given -------------------------------------------------------------------------------------------

    def axis(self, name: str) -> Any:
        return self.axes[name]

    def source(self, name: str) -> Any:
        """A declared source: `.rows`, and what draws are made from."""
        return self.stage.sources[name]

    def draw(self, name: str, distribution: Distribution) -> Any:
        """The same value for the same (seed, dataset, name, row key), whatever else the spec says."""
        if name in self.stage.given:
            return self._drawn(name, self.stage.given[name])
        return self._drawn(name, distribution(self.draws, name))

    def _drawn(self, name: str, value: object) -> object:
        if name not in self.values:
            self.events.append(Event(cell=name, kind="draw", value=value))
        self.values[name] = value
        return value

    def let(self, name: str, value: Any) -> Any:
        if self.values.get(name) != value or name not in self.values:
            attempt = self.next_attempt(name)
            self.events.append(Event(cell=name, kind="let", round=self.round, attempt=attempt, value=value))
        self.values[name] = value
        return value

    # --- coming round again --------------------------------------------------------------------------------------

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Swallows `Again`; a body that reaches its end settles the row."""
        self.rows.clear()
        self.flags.clear()
        try:
            yield
            self.unsettled = False
        except Again:
            pass

    # --- model calls ---------------------------------------------------------------------------------------------

    def gen(
        self,
        name: str,
        function: Any,
        shape: Shape,
        role: str,
        arguments: Mapping[str, object],
        *,
        when: object = True,
        attempts: int = 3,
        salt: str | None = None,
        **settings: object,
    ) -> Any:
        """One model call's value; asked again under the next attempt's seed until it is of its type."""
        asking = Asking(name, function, shape, role, arguments, attempts, salt or name, settings)
        return self.generations.gen(asking, when)

    def next_attempt(self, name: str) -> int:
        place = (name, self.round, 0, 0)
        attempt = self._asked.get(place, 0)
        self._asked[place] = attempt + 1
        return attempt

    def judge(
        self, name: str, function: Any, role: str, arguments: Mapping[str, object], *, threshold: float = 0.5
    ) -> Verdict:
        """A yes/no question from the probability of yes; once per distinct arguments, at temperature 0."""
        return self.verdicts.yes_or_no(name, function, role, arguments, threshold)

    # --- statements that drop, mark and keep ---------------------------------------------------------------------

    def require(self, step: str, condition: object, *, retry: int = 0, rerun: Sequence[str] = ()) -> None:
        """A constraint: when it fails, what `rerun` names is asked again, at most `retry` times, and then it drops."""
        if condition:
            return
        tries = self._retries.get(step, 0)
        if tries < retry:
            self._retries[step] = tries + 1
            self.generations.forget(rerun)
            raise Again
        raise Dropped(step, self._because(step, tries), self.stage.names(step))

    def filter(self, step: str, condition: object) -> None:
        if not condition:
            raise Dropped(step, self._because(step, 0), self.stage.names(step))

    def _because(self, step: str, tries: int) -> str:
        title = self.stage.title(step)
        return f"{title} (after {tries + 1} tries)" if tries else title

    def flag(self, step: str, condition: object) -> None:
        """Marks a row for a person to read, should it be kept."""
        if condition:
            self.flags.append(step)

    def dedup(self, step: str, value: object) -> None:
        """Waits for all candidates before this one, then compares with those of them that passed here."""
        partner = self.stage.admit(step, self.index, self.key, value)
        if partner is not None:
            raise Dropped(step, f"{self.stage.title(step)}: duplicate of {partner}", self.stage.names(step), partner)

    def emit(self, table: str, columns: Mapping[str, object], *, position: tuple[int, ...] = ()) -> None:
        self.rows.append((table, position, columns))

    # --- running -------------------------------------------------------------------------------------------------

    def run(self, function: Any) -> Outcome:
        """Runs a lowered row function on this row, to its end. Faults of the world pass through."""
        try:
            function.run(row=self, backend=self.stage.backend, use_thread=False)
        except Dropped as dropped:
            return self._rejected(dropped)
        except Unanswered as unanswered:
            return Unknown(unanswered.cell)
        self.events += [Event(cell=step, kind="flag", value=self.stage.title(step)) for step in self.flags]
        return Kept(tuple(self.rows), tuple(self.flags))

    def _rejected(self, dropped: Dropped) -> Rejected:
        values = {name: self.values[name] for name in dropped.names if name in self.values}
        return Rejected(dropped.step, dropped.reason, dropped.names, values, dropped.partner)
