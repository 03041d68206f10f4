"""What the driver and its workers tell each other: orders to a worker, its reports, and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from dsl.diagnostics import Diagnostic
from runtime.build.budget import Need
from runtime.build.selection import End
from runtime.program.outcome import Rejected

if TYPE_CHECKING:
    from runtime.tables.stats import TableSummary

Verdict = bool | Rejected
"""What becomes of a candidate that ended: it stays as it is, it belongs to no table, or no `select` chose it."""

Group = tuple[object] | None


@dataclass(frozen=True, slots=True)
class Block:
    """Candidates `start` to `stop` of the order in which they are run, but for those in `skip`, which are safe."""

    number: int
    start: int
    stop: int
    skip: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return self.stop - self.start - len(self.skip)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question of one candidate to what all share: `admit` (dedup), `wanted` (a group's room), `claim` (a call),

    `leave` (to spend on a call), `over` (something of the budget is).
    """

    number: int
    kind: Literal["admit", "wanted", "claim", "leave", "over"]
    asked: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    number: int
    value: object = None


@dataclass(slots=True)
class Ended:
    """One candidate's end. `seen` is what audits and selects read of it, where there are any."""

    block: int
    position: int
    index: int
    kept: bool
    step: str = ""
    group: Group = None
    seen: End | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """There is one for each candidate: this way it is read again in a third of the time."""
        return Ended, (self.block, self.position, self.index, self.kept, self.step, self.group, self.seen)


@dataclass(frozen=True, slots=True)
class Run:
    """Sorted rows of one table, in a file on one node. `borders` are those of its keys after which a shard ends.

    `summary` is what a manifest says of its columns.
    """

    table: str
    path: str
    node: str
    rows: int
    size: int
    borders: tuple[bytes, ...] = ()
    summary: TableSummary | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """Candidates, by block, whose rows lie in `runs`: their worker may die. `told` is how repeatable answers were."""

    positions: Mapping[int, Sequence[int]]
    runs: Sequence[Run]
    told: Mapping[tuple[str, bool], int]


@dataclass(frozen=True, slots=True)
class Counts:
    """What one worker did so far, as `Progress` counts it."""

    begun: int = 0
    ended: int = 0
    given: int = 0
    fresh: int = 0
    reused: int = 0
    runs: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(slots=True)
class Report:
    """From a worker. `landed` are calls that came back, `missed` those that did not; the journal's keys name them.

    `back` is what calls that ended had leave to spend.
    """

    ended: list[Ended] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    sealed: list[Sealed] = field(default_factory=list)
    landed: list[tuple[bytes, bytes]] = field(default_factory=list)
    missed: list[bytes] = field(default_factory=list)
    back: list[Need] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    sandbox: str = ""
    trouble: str = ""
    mistakes: tuple[Diagnostic, ...] = ()
    crash: str = ""


@dataclass(slots=True)
class Orders:
    """To a worker. What is at `stop` or beyond belongs to no table; with `seal` it writes down what it has."""

    blocks: list[Block] = field(default_factory=list)
    verdicts: list[tuple[int, Verdict]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    stop: int | None = None
    seal: bool = False


@dataclass(frozen=True, slots=True)
class Hello:
    """What a worker says when it has opened the spec's program and inputs."""

    node: str
    process: int
    mistakes: tuple[Diagnostic, ...] = ()
