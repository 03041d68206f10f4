"""Outcomes of all candidates in, in candidate order; the same with what no `select` chose rejected, out.

They lie on disk meanwhile: who is among the best is known when the last candidate has ended.
"""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compiler import plan
from runtime.bridge import run_in_greenlet
from runtime.build.meanings import EncoderOf, packaged
from runtime.build.progress import Progress
from runtime.filters import index
from runtime.program.outcome import Kept, Outcome, Rejected
from runtime.program.row import Row
from runtime.program.trace import Event
from runtime.scratch import Spool
from runtime.tables.keys import Key, print_key

Places = npt.NDArray[np.int64]
BATCH = 256
"""Rows that are compared with the chosen ones at once."""
CHOSEN, BEYOND, NO_SCORE = -1, -2, -3
"""What became of a row at a select; anything else is the place of the chosen row that it is too near to."""


@dataclass(slots=True)
class End:
    """A candidate's end. `values` are those of its names that are still wanted; `index` is its place in their order.

    Nobody changes one; it is not frozen because that takes time.
    """

    key: Key
    outcome: Outcome
    events: Sequence[Event]
    values: Mapping[str, object]
    index: int


async def ends(
    dataset: plan.DatasetPlan,
    rows: AsyncIterator[tuple[Row, Outcome]],
    progress: Progress,
    reads: Collection[str] | None = None,
    encoder: EncoderOf = packaged,
) -> AsyncIterator[End]:
    """Without a `select`, each as it comes. With one, `progress` learns at the end who was not chosen.

    `reads` are names whose values are wanted besides those that a reason tells; all where None.
    """
    if not dataset.of(plan.Select):
        nothing = reads is not None and not reads
        async for row, outcome in rows:
            yield End(row.key, outcome, row.events, {} if nothing else {**row.axes, **row.values}, row.index)
        return
    selection = Selection(dataset, reads, encoder)
    async for row, outcome in rows:
        selection.add(End(row.key, outcome, row.events, {**row.axes, **row.values}, row.index))
    progress.kept = 0
    progress.rejected.clear()
    for end in selection.decided(await run_in_greenlet(selection.fates)):
        if isinstance(end.outcome, Rejected):
            progress.rejected[end.outcome.step] += 1
        progress.kept += isinstance(end.outcome, Kept)
        yield end


class Selection:
    """Holds, of each kept candidate, a number for each `select`; all else is on disk."""

    def __init__(
        self, dataset: plan.DatasetPlan, reads: Collection[str] | None = None, encoder: EncoderOf = packaged
    ) -> None:
        self.steps = dataset.of(plan.Select)
        self._encoder = encoder
        self._wanted = None if reads is None else {*reads, *(name for step in self.steps for name in step.names)}
        self._ends, self._keys = Spool(), Spool()
        self._kept = array("q")
        self._scores = {step.id: array("d") for step in self.steps}
        self._apart = {step.id: Spool() for step in self.steps}

    def add(self, end: End) -> None:
        if isinstance(end.outcome, Kept):
            self._kept.append(len(self._ends))
            self._keys.append(print_key(end.key))
            for scored in end.outcome.scores:
                self._scores[scored.step].append(float("nan") if scored.score is None else scored.score)
                self._apart[scored.step].append(scored.apart)
        self._ends.append(end if self._wanted is None else replace(end, values=_only(end.values, self._wanted)))

    def fates(self) -> list[Places]:
        """Of every row at each select. One after the other: each sees what the one before chose."""
        fates, left = [], np.arange(len(self._kept))
        for step in self.steps:
            fates.append(self._choose(step, left))
            left = left[fates[-1][left] == CHOSEN]
        return fates

    def decided(self, fates: Sequence[Places]) -> Iterator[End]:
        """In candidate order."""
        place = -1
        for end in self._ends:
            place += isinstance(end.outcome, Kept)
            yield self._decided(end, [int(fate[place]) for fate in fates]) if isinstance(end.outcome, Kept) else end

    def _choose(self, step: plan.Select, left: Places) -> Places:
        """The fate of every row that got here; of rows with equal scores the first goes first."""
        fate = np.full(len(self._kept), CHOSEN)
        scores = np.array(self._scores[step.id], np.float64)[left]
        fate[left[np.isnan(scores)]] = NO_SCORE
        scored = left[~np.isnan(scores)]
        ranked = scored[np.argsort(-scores[~np.isnan(scores)], kind="stable")]
        fate[ranked] = BEYOND
        chosen = 0
        for place, partner in self._compared(step, ranked):
            fate[place] = CHOSEN if partner is None else partner
            chosen += partner is None
            if chosen == step.count:
                break
        return fate

    def _compared(self, step: plan.Select, ranked: Places) -> Iterator[tuple[int, int | None]]:
        """Each place with that of the chosen row it is too near to. A row without a value is near to none."""
        if step.method is None:
            yield from ((place, None) for place in ranked.tolist())
            return
        within, members = index(step.method, step.threshold, self._encoder(step)), list[int]()
        for start in range(0, len(ranked), BATCH):
            batch = ranked[start : start + BATCH].tolist()
            values = {place: value for place in batch if (value := self._apart[step.id][place]) is not None}
            near = dict(zip(values, within.admit(within.prepare_all(list(values.values()))), strict=True))
            members += [place for place, found in near.items() if found is None]
            yield from ((place, members[found[0]] if (found := near.get(place)) else None) for place in batch)

    def _decided(self, end: End, fates: Sequence[int]) -> End:
        """A row that is not chosen is not marked for a person either."""
        dropped = next(((step, fate) for step, fate in zip(self.steps, fates, strict=True) if fate != CHOSEN), None)
        if dropped is None:
            return end
        step, fate = dropped
        partner = self._keys[fate] if fate >= 0 else None
        values = {name: end.values[name] for name in step.names if name in end.values}
        rejected = Rejected(step.id, f"{step.title}: {_why(step, fate, partner)}", step.names, values, partner)
        return replace(end, outcome=rejected, events=[event for event in end.events if event.kind != "flag"])


def _only(values: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name in names}


def _why(step: plan.Select, fate: int, partner: str | None) -> str:
    if fate == NO_SCORE:
        return "it has no score"
    return f"not among the best {step.count:,}" if fate == BEYOND else f"too near to {partner}, which comes before it"
