"""What all candidates of one dataset share: sources, bound roles, steps, duplicates seen, and a test's mocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from compiler.functions.tokens import WORDS, Cutter
from runtime.engines.protocol import Answer, Finish
from runtime.program.trace import Event
from runtime.tables.keys import Key

CallPlace = tuple[str, int, int, int, int]
"""A call of one candidate: its cell, round, element, sample and attempt."""

Admit = Callable[[str, int, Key, object], str | None]
"""(step, index, key, value) → the printed key of the candidate it duplicates, or None. Waits for its turn."""

Overlaps = Callable[[str, object], str | None]
"""(step, value) → the name of the row of an evaluation set that the value overlaps, or None."""

Wanted = Callable[[int, object], bool]
"""(index, group) → whether the group lacks rows still. Waits while it is likely that those before fill it."""

Tool = Callable[[str, list[str], Mapping[str, Any]], dict[str, Any]]
"""(tool, its texts, limits) → its result as plain data. Waits for the sandbox."""


Show = Callable[[str, Any, Mapping[str, object]], None]
"""(the call's place, its SGLang function, its arguments): told of each call that a mock answers."""


class Mock(Protocol):
    """A test's stand-in for a gen, run or judge. `where` is the call's place, as a person reads it."""

    def take(self, call: int, where: str = "") -> object: ...


@dataclass(slots=True)
class HeldCall:
    """A call that the version before made, by its key in hex; without `answer` it is to be made as if it were new."""

    key: str
    answer: Answer | None


class RecordedGen(NamedTuple):
    """A gen's call as the version before has it, `at` a place that tells it apart there.

    `arguments` are canonical JSON; `call` is the journal's key in hex.
    """

    at: int
    role: str
    arguments: bytes
    text: str
    finish: Finish
    logprob: float | None
    reasoning: str | None
    call: str


class HeldCalls(Protocol):
    """Answers from the version before: of gens by their place, of judges by what they are asked.

    `gens` are those of one candidate, of which `same` says that one is asked with what it was asked with. It stands for
    the call where its cell is `proven`; elsewhere the call is made all the same, and `prove` is told how it went.
    `check` is told the key of a judge's call that was found and made all the same.
    """

    @property
    def proven(self) -> Collection[str]: ...

    def gens(self, key: Key) -> Mapping[CallPlace, RecordedGen]: ...

    def same(self, recorded: RecordedGen, cell: str, role: str, arguments: Mapping[str, object]) -> bool: ...

    def prove(self, key: Key, recorded: RecordedGen, event: Event) -> None: ...

    def find(self, cell: str, role: str, seed: int, arguments: Mapping[str, object]) -> HeldCall | None: ...

    def check(self, cell: str, recorded: str, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Bound:
    """A model role bound to an engine: the SGLang backend that reaches it, its identity, its sampling defaults.

    `reward` says that it is a reward model, which is asked for a score and for nothing else. `known` is for whoever
    asks: what settings over the defaults come to.
    """

    role: str
    model: str
    backend: Any
    defaults: Mapping[str, object] = field(default_factory=dict)
    reward: bool = False
    held: HeldCalls | None = None
    known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class StepText:
    """What a person reads of a statement: its own text, and the names that `dropped by` may use."""

    title: str
    names: tuple[str, ...] = ()


def no_duplicates(step: str, index: int, key: Key, value: object) -> str | None:
    return None


def no_overlaps(step: str, value: object) -> str | None:
    return None


def all_wanted(index: int, group: object) -> bool:
    return True


def no_tools(tool: str, texts: list[str], limits: Mapping[str, Any]) -> dict[str, Any]:
    raise LookupError(f"there is no sandbox to run `{tool}` in")


def shows_nothing(where: str, function: Any, arguments: Mapping[str, object]) -> None:
    return None


@dataclass(frozen=True)
class Stage:
    """`sources` are by name; `roles` map a role to its binding (`*` serves roles that are not listed)."""

    dataset: str
    seed: int = 0
    sources: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, Bound] = field(default_factory=dict)
    steps: Mapping[str, StepText] = field(default_factory=dict)
    admit: Admit = no_duplicates
    overlaps: Overlaps = no_overlaps
    wanted: Wanted = all_wanted
    tool: Tool = no_tools
    mocks: Mapping[str, Mock] = field(default_factory=dict)
    given: Mapping[str, object] = field(default_factory=dict)
    show: Show = shows_nothing

    @cached_property
    def cutter(self) -> Cutter:
        """What a row function's own texts are cut by; those of a call by the model that it asks."""
        return next((bound.backend.cutter for bound in self.roles.values()), WORDS)

    def role(self, name: str) -> Bound:
        return self.roles.get(name) or self.roles["*"]

    def title(self, step: str) -> str:
        return self.steps[step].title if step in self.steps else step

    def names(self, step: str) -> tuple[str, ...]:
        return self.steps[step].names if step in self.steps else ()
