"""One candidate while its program runs: axes and draws in; calls, verdicts, rows and a complete trace out.

A lowered program's row function talks to this object alone. Everything it does is recorded; a value is asked for once
and remembered, so that a body that comes round again after a `retry` repeats only what the retry made stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from compiler.functions.tokens import read_by
from runtime.bridge import together
from runtime.program import generating
from runtime.program.consistency import supported
from runtime.program.distribution import Distribution
from runtime.program.generating import Asking
from runtime.program.judging import Verdicts, numbered
from runtime.program.lists import Place, declared, elements, expression_of, groups_of, in_order
from runtime.program.memory import Memory
from runtime.program.outcome import ENDS, Again, Dropped, Full, Kept, Outcome, Rejected, Surplus, Unanswered, Unknown
from runtime.program.rounds import Rounds
from runtime.program.running import Runs
from runtime.program.shape import Shape
from runtime.program.stage import CallPlace, RecordedGen, Stage
from runtime.program.trace import Event, printed_slot
from runtime.program.values import Points, Score, Step, Verdict
from runtime.program.whole import Whole
from runtime.sampling import Draws
from runtime.sampling.hashing import encode
from runtime.tables.keys import Key

T = TypeVar("T")


class Row:
    """`key` tells the candidate apart for ever; `index` is its place in candidate order; `axes` its axis values."""

    def __init__(self, stage: Stage, key: Key, index: int, axes: Mapping[str, object]) -> None:
        self.stage, self.key, self.index, self.axes = stage, key, index, axes
        self.events: list[Event] = []
        self.rows: list[tuple[str, tuple[int, ...], Mapping[str, object]]] = []
        self.flags: list[str] = []
        self.round = 0
        self.unsettled = True
        self.repeats = False
        self.parallel = False
        self.values: dict[str, object] = {}
        self.memory = Memory()
        self.recorded: Mapping[CallPlace, RecordedGen] | None = None
        self._encoded: bytes | None = None
        self._taken: dict[str, int] = {}
        self._retries: dict[tuple[str, int], int] = {}

    # --- what few rows need, made when it is first asked for -----------------------------------------------------

    @property
    def encoded_key(self) -> bytes:
        """The key as it goes into the seeds of this row's calls."""
        if self._encoded is None:
            self._encoded = encode(self.key)
        return self._encoded

    @cached_property
    def draws(self) -> Draws:
        return Draws(self.stage.seed, self.stage.dataset, self.key)

    @cached_property
    def rounds(self) -> Rounds:
        return Rounds(self)

    @cached_property
    def runs(self) -> Runs:
        return Runs(self)

    @cached_property
    def verdicts(self) -> Verdicts:
        return Verdicts(self)

    @cached_property
    def whole(self) -> Whole:
        return Whole(self)

    @property
    def grouped(self) -> tuple[object] | None:
        """(value,) of what the target counts by, once it is known."""
        return self.whole.grouped if "whole" in self.__dict__ else None

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
        self.rounds.note("let", name, value)
        self.values[name] = value
        return value

    # --- loops ---------------------------------------------------------------------------------------------------

    def loop(self, name: str, over: range) -> Iterator[int]:
        """The numbers of the range, one round each; what is recorded inside says in which."""
        return self.rounds.loop(name, over)

    def next(self, name: str, value: Any) -> Any:
        """The next value of what a loop carries."""
        self.rounds.note("next", name, value)
        self.values[name] = value
        return value

    def until(self, step: str, condition: object) -> bool:
        """Whether the loop ends here."""
        self.rounds.note("until", step, bool(condition))
        return bool(condition)

    # --- lists ---------------------------------------------------------------------------------------------------

    def each(self, values: Any, body: Callable[[Place, Any], Any], *, at: int = 0, name: str | None = None) -> Any:
        """The body's value for each element, made at the same time; null for an element that is null.

        The name is given where the list is what a statement declares, and not an element of a list of lists.
        """
        return declared(self, name, values, body, at)

    def each_of(self, groups: Any, body: Callable[..., Any], *, at: int = 0, name: str | None = None) -> Any:
        """As `each` for the groups that `zip` makes: the body takes their members, not all of which are null."""
        return declared(self, name, groups_of(groups), lambda place, group: body(place, *group), at)

    def elements(self, values: Any) -> Iterator[tuple[int, Any]]:
        """Each element that is not null, with its place."""
        return elements(values)

    def elements_of(self, groups: Any) -> Iterator[tuple[int, Any]]:
        """As `elements` for the groups that `zip` makes."""
        return elements(groups_of(groups))

    def _named(self, name: str | None, made: Any) -> Any:
        if name is not None:
            self.values[name] = made
        return made

    def together(self, parts: Sequence[Callable[[], T]]) -> list[T]:
        """The parts' values, in order, made at the same time; in a test one after another, as its mocks answer."""
        with in_order(self):
            return together(parts, ENDS, alone=bool(self.stage.mocks))

    def in_turn(self, parts: Sequence[Callable[[], T]]) -> list[T]:
        """As `together`, but what the parts leave behind in the row is as if they were made one after another."""
        self.together(parts)
        return [part() for part in parts]

    def at_once(self, method: Callable[..., Any], values: Any, *arguments: Any, **named: Any) -> Any:
        """A list's method whose expression asks judges: of every element at the same time, before it is evaluated."""
        self.together(expression_of(values, (*arguments, *named.values())))
        return method(values, *arguments, **named)

    # --- coming round again --------------------------------------------------------------------------------------

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Swallows `Again`; a body that reaches its end settles the row."""
        self.repeats = True
        self.round = 0
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
        at: int = 0,
        times: int | None = None,
        when: object = True,
        attempts: int = 3,
        salt: str | None = None,
        **settings: object,
    ) -> Any:
        """One model call's value, or a list of so many; asked again under the next attempt's seed until of its type."""
        if times is None and when is True and type(at) is int and not (at or self.round or self.repeats):
            made: Any = generating.again(self, name, shape, role, arguments)
            if made is not None:
                self.values[name] = made
                return made
        asking = Asking(name, function, shape, role, arguments, at, attempts, salt or name, settings)
        if not _holds(when):
            made = None
        else:
            made = generating.one(self, asking) if times is None else generating.many(self, asking, times)
        return made if isinstance(at, Place) else self._named(name, made)

    def tool(
        self,
        name: str,
        tool: str,
        arguments: Sequence[Any],
        *,
        at: int = 0,
        when: object = True,
        **limits: Any,
    ) -> Any:
        """What a sandboxed tool said of the texts; null where one of them is."""
        made = self.runs.run(name, tool, arguments, at, limits) if _holds(when) else None
        return made if isinstance(at, Place) else self._named(name, made)

    def mocked(self, name: str, element: int = 0, sample: int = 0) -> object:
        """What a test's mock says to its next call."""
        call = self._taken.get(name, 0)
        self._taken[name] = call + 1
        return self.stage.mocks[name].take(call, printed_slot(self.round, element, sample))

    def judge(
        self, name: str, function: Any, role: str, arguments: Mapping[str, object], *, threshold: float = 0.5
    ) -> Verdict:
        """A yes/no question from the probability of yes; once per distinct arguments, at temperature 0."""
        return self.verdicts.yes_or_no(name, function, role, arguments, threshold)

    def points(
        self, name: str, function: Any, role: str, arguments: Mapping[str, object], *, points: Sequence[tuple[str, int]]
    ) -> Points:
        """The sum of what each question gives, each asked by itself."""
        return self.verdicts.points(name, function, role, arguments, points)

    def scale(
        self, name: str, function: Any, role: str, arguments: Mapping[str, object], *, low: int, high: int
    ) -> Step:
        """The likeliest step of a scale."""
        return self.verdicts.scale(name, function, role, arguments, low, high)

    def score(self, name: str, function: Any, role: str, arguments: Mapping[str, object]) -> Score:
        """A reward model's score, or the probability of a good answer."""
        return self.verdicts.score(name, function, role, arguments)

    def consistency(self, claims: Any, across: Any, by: Callable[[Any, Any], Any]) -> Any:
        """The claims in their shape, each with its `.support`: the share of the other samples that agree with it."""
        return supported(claims, across, by, self.in_turn)

    # --- statements that drop, mark and keep ---------------------------------------------------------------------

    def require(self, step: str, condition: object, *, retry: int = 0, rerun: Sequence[str] = ()) -> None:
        """A constraint: when it fails, what `rerun` names is asked again, at most `retry` times, and then it drops."""
        if condition:
            return
        place = (step, self.round)
        tries = self._retries.get(place, 0)
        if tries < retry:
            self._retries[place] = tries + 1
            self.memory.forget(rerun)
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
        if condition and step not in self.flags:
            self.flags.append(step)

    # --- the whole table -----------------------------------------------------------------------------------------

    def dedup(self, step: str, value: object) -> None:
        """Waits for all candidates before this one, then compares with those of them that passed here."""
        self.whole.dedup(step, value)

    def decontaminate(self, step: str, value: object) -> None:
        """Drops what overlaps a row of an evaluation set."""
        self.whole.decontaminate(step, value)

    def select(self, step: str, score: Any, apart: object = None) -> None:
        """Notes what the row will be chosen by, when all candidates have ended."""
        self.whole.select(step, score, apart)

    def group(self, value: object) -> None:
        """What the target counts by."""
        self.whole.group(value)

    def stop_if_full(self) -> None:
        """Ends the row here when its group has its number: from here on nothing that another row sees depends on it."""
        self.whole.stop_if_full()

    # --- rows of tables ------------------------------------------------------------------------------------------

    def conversation(self, step: str, column: str, messages: Sequence[object] | None) -> None:
        """Drops the row where a message of a column is null, which only its answers could tell."""
        if any(message is None for message in messages or ()):
            raise Dropped(step, f"a message of `{column}` is null", self.stage.names(step))

    def emit(
        self, table: str, columns: Mapping[str, object], *, position: tuple[int, ...] = (), split: object = None
    ) -> None:
        """A row of a table; `position` tells apart those of one candidate, `split` those of the tables of one emit."""
        self.rows.append((table if split is None else f"{table}/{split}", position, columns))

    # --- running -------------------------------------------------------------------------------------------------

    def run(self, function: Any) -> Outcome:
        """Runs a lowered row function on this row, to its end. Faults of the world pass through."""
        try:
            with read_by(self.stage.cutter):
                function.func(None, self)
        except Dropped as dropped:
            return self._rejected(dropped)
        except Unanswered as unanswered:
            return Unknown(unanswered.cell)
        except Full:
            return Surplus()
        finally:
            if "verdicts" in self.__dict__:
                self.events = numbered(self.events)
        self.events += [Event(cell=step, kind="flag", value=self.stage.title(step)) for step in self.flags]
        return Kept(tuple(self.rows), tuple(self.flags), self.whole.scores if "whole" in self.__dict__ else ())

    def _rejected(self, dropped: Dropped) -> Rejected:
        values = {name: self.values[name] for name in dropped.names if name in self.values}
        return Rejected(dropped.step, dropped.reason, dropped.names, values, dropped.partner)


def _holds(when: object) -> bool:
    """A condition, or a function that works it out for one element."""
    return bool(when() if callable(when) else when)
