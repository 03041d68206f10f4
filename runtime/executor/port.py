"""What an executor is, and what it needs of a cluster: workers that can be told, heard, and lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from runtime.executor.messages import Hello, Orders, Report

if TYPE_CHECKING:
    from runtime.build.audits import Gate
    from runtime.build.budget import Allowance
    from runtime.build.build import Options, Watch
    from runtime.build.changes import Changes
    from runtime.build.decided import Decided
    from runtime.build.inputs import Inputs
    from runtime.build.output import Written
    from runtime.build.program import Loaded
    from runtime.build.progress import Progress
    from runtime.build.session import Session
    from runtime.executor.reduction import Range, Reduced
    from runtime.executor.shipment import Shipment
    from runtime.tables.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Work:
    """One dataset to run, as the build has prepared it. `now` is what its manifest will say of how it was made."""

    loaded: Loaded
    inputs: Inputs
    session: Session
    options: Options
    progress: Progress
    watch: Watch
    allowance: Allowance
    previous: Manifest | None
    now: Manifest
    told: Decided
    changes: Changes


class Executor(Protocol):
    async def run(self, work: Work) -> tuple[Written, tuple[Gate, ...]]:
        """The dataset's tables, put into the store, and how its audits went."""


class Lost(Exception):
    """A worker is gone: killed, out of memory, or with its machine."""


class Link(Protocol):
    """A worker, as the driver reaches it. All methods but `tell` raise `Lost`."""

    async def begin(self, shipment: Shipment) -> Hello: ...

    def tell(self, orders: Orders) -> None:
        """Does not wait; whether it arrived, `hear` says."""

    async def hear(self) -> Report:
        """The next report; waits until there is something to report."""

    async def part(self, paths: Sequence[str], range_: Range) -> Any:
        """A handle of the rows of runs on the worker's node that belong to a range, for `reduce` of any worker."""

    async def reduce(self, range_: Range, parts: Sequence[Any]) -> Reduced: ...

    async def end(self, made: bool) -> None:
        """The dataset is made, or given up: what runs is stopped, and what was spilled removed. Once it is made, the

        driver has every answer, and a journal of the worker's own goes too.
        """


class Cluster(Protocol):
    """Where workers live. `settings` are those of `[ray]`."""

    @property
    def workers(self) -> int:
        """How many are wanted."""

    @property
    def near(self) -> bool:
        """Whether workers are processes of this machine: files that the driver writes are theirs to read."""

    async def start(self, number: int) -> Link:
        """Worker `number`, made anew where it was lost."""

    def close(self) -> None: ...


Placed = Mapping[str, "Reduced"]
