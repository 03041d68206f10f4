"""A judge and its arguments in; its verdict, asked for once per distinct arguments at temperature 0, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar, cast

from runtime.bridge import together
from runtime.program import mocked
from runtime.program.ask import Reply, ask
from runtime.program.outcome import Unanswered
from runtime.program.trace import Event, printed_slot
from runtime.program.values import Points, Score, Step, Verdict

if TYPE_CHECKING:
    from runtime.program.row import Row

V = TypeVar("V")
Arguments = Mapping[str, object]
HALF = 0.5
"""From this probability of yes on, a point is given."""


@dataclass
class Asking:
    """One judge asked about `arguments`; `events` are its calls, kept apart until its verdict is the one that counts.

    `number` tells what it was asked, by the arguments alone: calls may come back in any order.
    """

    row: Row
    name: str
    function: Any
    role: str
    arguments: Arguments
    number: int
    events: list[Event] = field(default_factory=list)

    def ask(self, arguments: Arguments, reward: bool = False) -> Reply:
        bound = self.row.stage.role(self.role)
        return ask(self.function, arguments, bound, 0, None, {"temperature": 0.0}, self.name, reward=reward)

    def record(
        self, reply: Reply, value: object, p: float | None, point: int = 0, arguments: Arguments | None = None
    ) -> None:
        event = Event(
            cell=self.name,
            kind="judge",
            round=self.row.round,
            element=self.number,
            sample=point,
            value=value,
            p=p,
            prompt=self.function.func.__name__,
            arguments=arguments or self.arguments,
            role=self.role,
        )
        self.events.append(reply.told(event))

    def mocked(self, value: object) -> None:
        event = Event(cell=self.name, kind="judge", round=self.row.round, element=self.number, value=value)
        event.arguments = self.arguments
        self.events.append(event)


class Verdicts:
    """What the judges said of one row so far."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self._said: dict[tuple[str, int], Any] = {}
        self._mocked: Counter[str] = Counter()

    def yes_or_no(self, name: str, function: Any, role: str, arguments: Arguments, threshold: float) -> Verdict:
        """From the probability of yes among yes and no."""

        def verdict(asking: Asking) -> Verdict:
            reply = asking.ask(arguments)
            p = reply.answer.probability("yes")
            asking.record(reply, p >= threshold, p)
            return Verdict(p >= threshold, p)

        return self._once(name, function, role, arguments, verdict, mocked.truth)

    def points(
        self, name: str, function: Any, role: str, arguments: Arguments, points: Sequence[tuple[str, int]]
    ) -> Points:
        """Each question by itself; the sum of the points of those that are answered with yes."""

        asked = [{**arguments, "last": question} for question, _ in points]

        def verdict(asking: Asking) -> Points:
            replies = together([partial(asking.ask, each) for each in asked], (Unanswered,))
            chances = [reply.answer.probability("yes") for reply in replies]
            given = [worth if p >= HALF else 0 for p, (_, worth) in zip(chances, points, strict=True)]
            for place, reply in enumerate(replies):
                asking.record(reply, given[place], chances[place], place, asked[place])
            found = Points(sum(given))
            found.points = given
            return found

        stands = partial(mocked.points, [worth for _, worth in points])
        return self._once(name, function, role, arguments, verdict, stands, asked)

    def scale(self, name: str, function: Any, role: str, arguments: Arguments, low: int, high: int) -> Step:
        """The likeliest step, the lower of equals."""

        def verdict(asking: Asking) -> Step:
            reply = asking.ask(arguments)
            shares = {step: reply.answer.probability(str(step)) for step in range(low, high + 1)}
            found = Step(max(shares, key=lambda step: (shares[step], -step)))
            found.p, found.mean = shares[found], sum(step * share for step, share in shares.items())
            asking.record(reply, int(found), found.p)
            return found

        return self._once(name, function, role, arguments, verdict, mocked.step)

    def score(self, name: str, function: Any, role: str, arguments: Arguments) -> Score:
        """A reward model's score; of any other model, the probability that the answer is good."""

        def verdict(asking: Asking) -> Score:
            reward = self.row.stage.role(role).reward
            reply = asking.ask({**arguments, "last": None} if reward else arguments, reward)
            p = None if reward else reply.answer.probability("yes")
            found = Score(reply.answer.score if p is None else p)
            found.p = p
            asking.record(reply, float(found), p)
            return found

        return self._once(name, function, role, arguments, verdict, Score)

    def _once(
        self,
        name: str,
        function: Any,
        role: str,
        arguments: Arguments,
        verdict: Callable[[Asking], V],
        stands: Callable[[Any], V],
        asked: Sequence[Arguments] | None = None,
    ) -> V:
        """Of two that ask the same at a time, both have their answer from one call and only the first records it.

        `asked` are the arguments of its calls, where there is not just the one with `arguments`.
        """
        asking = Asking(self.row, name, function, role, arguments, _number(arguments))
        place = (name, asking.number)
        if place not in self._said:
            calls = [arguments] if asked is None else asked
            found = self._mock(asking, stands, calls) if name in self.row.stage.mocks else verdict(asking)
            if place not in self._said:
                self._said[place] = found
                self.row.events.extend(asking.events)
        said = self._said[place]
        if not self.row.parallel:
            self.row.values[name] = bool(said) if isinstance(said, Verdict) else said
        return cast(V, said)

    def _mock(self, asking: Asking, stands: Callable[[Any], V], calls: Sequence[Arguments]) -> V:
        """Answers in the order of the calls; the checker has made sure of their type."""
        name = asking.name
        value = self.row.stage.mocks[name].take(self._mocked[name])
        self._mocked[name] += 1
        asking.mocked(value)
        where = ", ".join(part for part in (name, printed_slot(self.row.round, 0, 0)) if part)
        for number, arguments in enumerate(calls, 1):
            place = f"{where}, point {number}" if len(calls) > 1 else where
            self.row.stage.show(place, asking.function, arguments)
        return stands(value)


def _number(arguments: Arguments) -> int:
    text = repr([(name, value) for name, value in arguments.items()])
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def numbered(events: list[Event]) -> list[Event]:
    """The events, where what each judge was asked in a round counts from 0, in an order that hangs on nothing else."""
    if not any(event.kind == "judge" for event in events):
        return events
    asked: dict[tuple[str, int], set[int]] = {}
    for event in events:
        if event.kind == "judge":
            asked.setdefault((event.cell, event.round), set()).add(event.element)
    places = {cell: {number: place for place, number in enumerate(sorted(found))} for cell, found in asked.items()}
    for event in events:
        if event.kind == "judge":
            event.element = places[event.cell, event.round][event.element]
    return events
