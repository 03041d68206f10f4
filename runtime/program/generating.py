"""A gen in; its value out: remembered, mocked, or asked for until it is of its type or its attempts are used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.program.ask import Reply, ask
from runtime.program.outcome import Dropped
from runtime.program.shape import Problem, Shape
from runtime.program.trace import Event
from runtime.program.values import Meta, generated
from runtime.sampling import seed_of

if TYPE_CHECKING:
    from runtime.program.row import Row

Slot = tuple[str, int]
"""A gen's name and the round of the loop it stands in."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One `gen` statement as it is run: `role` answers `function` of `arguments`, at most `attempts` times."""

    name: str
    function: Any
    shape: Shape
    role: str
    arguments: Mapping[str, object]
    attempts: int
    salt: str
    settings: Mapping[str, object]


class Generations:
    """What the models wrote for one row so far."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self._answers: dict[Slot, object] = {}

    def gen(self, asking: Asking, when: object) -> object:
        slot = (asking.name, self.row.round)
        if slot not in self._answers:
            self._answers[slot] = self._generate(asking) if when else None
        self.row.values[asking.name] = self._answers[slot]
        return self._answers[slot]

    def forget(self, names: Sequence[str]) -> None:
        for slot in [slot for slot in self._answers if slot[0] in names]:
            del self._answers[slot]

    def _generate(self, asking: Asking) -> object:
        row, name = self.row, asking.name
        if name in row.stage.mocks:
            return self._mocked(asking)
        problem = Problem("was not asked")
        for _ in range(asking.attempts):
            attempt = row.next_attempt(name)
            seed = seed_of(row.stage.seed, row.stage.dataset, asking.salt, row.key, row.round, 0, 0, attempt)
            constraint, bound = asking.shape.constraint, row.stage.role(asking.role)
            reply = ask(asking.function, asking.arguments, bound, seed, constraint, asking.settings, name)
            value = asking.shape.read(reply.text, reply.finish)
            self._record(asking, attempt, seed, reply, value)
            if not isinstance(value, Problem):
                return generated(value, Meta(reply.logprob))
            problem = value
        raise Dropped(f"gen {name}", f"{problem.reason} ({asking.attempts} attempts)", (name,))

    def _mocked(self, asking: Asking) -> object:
        """A mock's next value, put through the same check as a model's answer."""
        row, name = self.row, asking.name
        value = row.stage.mocks[name].take(row.next_attempt(name))
        problem = asking.shape.check(value) if asking.shape.check else None
        row.events.append(Event(cell=name, kind="gen", round=row.round, value=value, error=problem))
        if problem:
            raise Dropped(f"gen {name}", problem, (name,))
        return generated(value, Meta())

    def _record(self, asking: Asking, attempt: int, seed: int, reply: Reply, value: object) -> None:
        failed = isinstance(value, Problem)
        self.row.events.append(
            Event(
                cell=asking.name,
                kind="gen",
                round=self.row.round,
                attempt=attempt,
                value=None if failed else value,
                error=value.reason if isinstance(value, Problem) else None,
                prompt=asking.function.func.__name__,
                arguments=asking.arguments,
                role=asking.role,
                seed=seed,
                **reply.provenance(),
            )
        )
