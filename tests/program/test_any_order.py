"""Whatever order answers come in, a row ends alike, tells the same story and asks under the same seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.functions import library as fn
from runtime.engines.protocol import Request
from runtime.program.row import Row
from runtime.program.shape import Shape
from tests.program.scripted import a_row, ask, doubt, run

SOMETIMES = Shape.text(check=lambda value: "is a bad one" if int(value, 16) % 5 == 0 else None)


@dataclass(frozen=True)
class Step:
    """One statement: `kind` says which, `number` its samples, rounds or tries, `source` the earlier value it reads."""

    kind: str
    number: int
    source: int
    inner: tuple[Step, ...] = ()


def _step(kinds: list[str]) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.sampled_from(kinds), st.integers(1, 3), st.integers(0, 9))


PLAIN = ["gen", "times", "for", "for times", "for for", "for when", "judge", "where", "agree", "let", "retry"]
LOOP = st.builds(
    Step,
    st.just("loop"),
    st.integers(0, 3),
    st.integers(0, 9),
    st.lists(_step([*PLAIN, "until"]), min_size=1, max_size=4).map(tuple),
)
PROGRAMS = st.lists(_step(PLAIN) | LOOP, min_size=1, max_size=5)


class Program:
    """Runs the steps as a printed program does; every list is a list of texts or null."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps

    def __call__(self, row: Row) -> None:
        self.row, self.values, self.made = row, [["a", "b", None, "c"]], ["none"]
        self._run(self.steps, "x")
        row.emit("t", {"values": self.values[-1]})

    def _run(self, steps: Any, prefix: str) -> None:
        for place, step in enumerate(steps):
            getattr(self, "_" + step.kind.replace(" ", "_"))(step, f"{prefix}{place}")

    def _source(self, step: Step) -> Any:
        return self.values[step.source % len(self.values)]

    def _keep(self, name: str, value: list[Any]) -> None:
        self.values.append(value)
        self.made.append(name)

    def _ask(self, name: str, text: object, **named: Any) -> Any:
        return self.row.gen(name, ask, SOMETIMES, "w", {"text": text}, **named)

    def _gen(self, step: Step, name: str) -> None:
        self._keep(name, [self._ask(name, self._source(step))])

    def _times(self, step: Step, name: str) -> None:
        self._keep(name, self._ask(name, self._source(step), times=step.number))

    def _for(self, step: Step, name: str) -> None:
        self._keep(name, self.row.each(self._source(step), lambda at, x: self._ask(name, x, at=at), name=name))

    def _for_times(self, step: Step, name: str) -> None:
        def samples(at: Any, x: object) -> Any:
            return self._ask(name, x, at=at, times=step.number, attempts=1)

        self._keep(name, [x for xs in self.row.each(self._source(step), samples, name=name) for x in xs or ()])

    def _for_for(self, step: Step, name: str) -> None:
        def inner(at: Any, xs: Any) -> Any:
            return self.row.each(xs, lambda at, x: self._ask(name, x, at=at), at=at)

        found = self.row.each([self._source(step)] * step.number, inner, name=name)
        self._keep(name, [x for xs in found for x in xs])

    def _for_when(self, step: Step, name: str) -> None:
        def sure(at: Any, x: str) -> Any:
            when = lambda: self.row.judge("doubt", doubt, "critic", {"text": x[:1]})  # noqa: E731
            return self._ask(name, x, at=at, when=when)

        self._keep(name, self.row.each(self._source(step), sure, name=name))

    def _judge(self, step: Step, name: str) -> None:
        said = self.row.judge("doubt", doubt, "critic", {"text": self._source(step)[:1]})
        self.row.flag(f"flag {name}", said)

    def _where(self, step: Step, name: str) -> None:
        asked = lambda x: self.row.judge("doubt", doubt, "critic", {"text": x[: step.number]})  # noqa: E731
        self._keep(name, self.row.at_once(fn.list_where, self._source(step), asked))

    def _agree(self, step: Step, name: str) -> None:
        drafts = self._source(step)
        says = lambda text, claim: self.row.judge("doubt", doubt, "critic", {"text": text[:2] + claim[:1]})  # noqa: E731
        claims = self.row.consistency([None if draft is None else [draft] for draft in drafts], drafts, says)
        self._keep(name, [f"{claim}{fn.support(claim)}" for inner in claims for claim in inner or ()])

    def _let(self, step: Step, name: str) -> None:
        self._keep(name, self.row.let(name, self._source(step)[::-1]))

    def _retry(self, step: Step, name: str) -> None:
        gens = [made for made in self.made if made in self.row.values]
        rerun = gens[step.source % len(gens) :] if gens else []
        held = len(str(self.values[-1])) % 3 > 0
        self.row.require(f"require {name}", held, retry=step.number, rerun=tuple(rerun))

    def _until(self, step: Step, name: str) -> None:
        self.ended = self.row.until(f"until {name}", len(str(self._source(step))) % 4 == 0)

    def _loop(self, step: Step, name: str) -> None:
        for _ in self.row.loop(name, range(1, step.number + 1)):
            self.ended = False
            for place, inner in enumerate(step.inner):
                self._run([inner], f"{name}_{place}_")
                if self.ended:
                    break
            self.row.next(f"carried {name}", self.values[-1])
            if self.ended:
                break


def _respond(request: Request) -> str | None:
    return None if request.labels else request.digest[:2].hex()


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, st.lists(st.integers(0, 2**32), min_size=2, max_size=3))
def test_any_order_of_arrival_gives_the_same_end_and_the_same_story(steps: list[Step], orders: list[int]) -> None:
    told = []
    for order in (None, *orders):
        row = a_row(_respond, order)
        outcome = run(row, Program(steps), greenlet=order is not None)
        told.append((outcome, row.events, row.values))
        keys = [(e.cell, e.kind == "flag", e.round, e.element, e.sample, e.attempt) for e in row.events]
        assert len(keys) == len(set(keys))
        seeds = [(e.cell, e.seed) for e in row.events if e.kind == "gen"]
        assert len(seeds) == len(set(seeds))
    assert all(one == told[0] for one in told)
