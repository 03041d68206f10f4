"""What all candidates of one dataset share: sources, bound roles, steps, duplicates seen, and a test's mocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from compiler.functions.tokens import WORDS
from runtime.tables.keys import Key

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


@dataclass(frozen=True, slots=True)
class Bound:
    """A model role bound to an engine: the SGLang backend that reaches it, its identity, its sampling defaults.

    `reward` says that it is a reward model, which is asked for a score and for nothing else.
    """

    role: str
    model: str
    backend: Any
    defaults: Mapping[str, object] = field(default_factory=dict)
    reward: bool = False


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

    @property
    def backend(self) -> Any:
        """The backend a row function is run on; the calls it makes go to their own role's."""
        return next((bound.backend for bound in self.roles.values()), _NO_BACKEND)

    def role(self, name: str) -> Bound:
        return self.roles.get(name) or self.roles["*"]

    def title(self, step: str) -> str:
        return self.steps[step].title if step in self.steps else step

    def names(self, step: str) -> tuple[str, ...]:
        return self.steps[step].names if step in self.steps else ()


class _NoBackend:
    """Lets a row function run where no call is made: with every gen and judge mocked."""

    cutter = WORDS

    @staticmethod
    def get_chat_template() -> None:
        return None

    @staticmethod
    def end_program(_: object) -> None:
        return None


_NO_BACKEND = _NoBackend()
