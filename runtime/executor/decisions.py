"""Ended candidates in, as workers tell of them; which of them belong to the tables, and what audits see, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from compiler import plan
from runtime.bridge import run_in_greenlet
from runtime.build.meanings import EncoderOf
from runtime.build.progress import Progress
from runtime.build.result import Result
from runtime.build.selection import End, Selection
from runtime.executor.messages import Ended, Verdict
from runtime.program.outcome import Kept, Rejected
from runtime.scheduler.groups import Groups
from runtime.scheduler.pace import Pace
from runtime.scratch import Spool


def decides(dataset: plan.DatasetPlan) -> bool:
    """Whether a candidate's end alone does not tell that it belongs to the tables."""
    return dataset.target is not None or bool(dataset.of(plan.Select))


@dataclass
class Decisions:
    """In candidate order where that matters, else as they come. `total` is how many candidates there are, if known."""

    dataset: plan.DatasetPlan
    pace: Pace | Groups
    progress: Progress
    result: Result
    encoder: EncoderOf
    total: int | None
    past: Callable[[int], None] = lambda index: None
    kept: int = 0
    attempted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0
    _waiting: dict[int, Ended] = field(default_factory=dict)
    _surplus: set[int] = field(default_factory=set)
    _selection: Selection | None = None
    _chosen: Spool | None = None

    def __post_init__(self) -> None:
        self.ordered = decides(self.dataset)
        if self.dataset.of(plan.Select):
            self._selection = Selection(self.dataset, self.result.reads, self.encoder)

    @property
    def complete(self) -> bool:
        return self.pace.done or self.looked_at == self.total

    def take(self, ended: Ended) -> Iterator[Ended]:
        """Those that were looked at because of this one. What comes behind the one that meets the target is none."""
        if not self.ordered:
            yield self._look(ended)
            return
        self._waiting[ended.position] = ended
        while not self.pace.done and (found := self._waiting.pop(self.looked_at, None)) is not None:
            yield self._look(found)

    def _look(self, ended: Ended) -> Ended:
        self.looked_at += 1
        counts = self.pace.saw(ended.index, ended.group, ended.kept)
        self.past(ended.index)
        if counts:
            self._count(ended)
        else:
            self._surplus.add(ended.position)
        return ended

    def _count(self, ended: Ended) -> None:
        self.attempted += 1
        self.progress.attempted += 1
        self._note(ended.kept, ended.step)
        if self._selection is not None:
            dropped = End((), Rejected(ended.step, ""), (), {}, ended.index)
            self._selection.add(ended.seen if ended.seen is not None else dropped)
        elif ended.seen is not None:
            self._see(ended.seen)

    def _note(self, kept: bool, step: str) -> None:
        self.kept += kept
        self.progress.kept += kept
        if not kept:
            self.reasons[step] += 1
            self.progress.rejected[step] += 1

    def _see(self, end: End) -> None:
        assert isinstance(end.outcome, Kept)
        self.result.add(end.key, end.outcome, end.values, end.index)

    def forget(self, positions: Iterable[int]) -> None:
        """Candidates that nobody will run again."""
        self._surplus.difference_update(positions)

    async def choose(self) -> None:
        """What the selects take, once all have ended. Without one there is nothing to choose."""
        if self._selection is None:
            return
        fates = await run_in_greenlet(self._selection.fates)
        self.kept = self.progress.kept = 0
        self.reasons.clear()
        self.progress.rejected.clear()
        chosen = Spool()
        for end in self._selection.decided(fates):
            dropped = end.outcome if isinstance(end.outcome, Rejected) else None
            self._note(dropped is None, "" if dropped is None else dropped.step)
            # One that was dropped before has no reason here: its own stays.
            chosen.append(dropped if dropped is not None and dropped.reason else True)
            if dropped is None:
                self._see(end)
        self._chosen = chosen

    def verdict(self, position: int) -> Verdict | None:
        """None while it is not known."""
        if self._selection is not None:
            found: Verdict | None = None if self._chosen is None else self._chosen[position]
            return found
        if position < self.looked_at:
            return position not in self._surplus
        return False if self.pace.done else None
