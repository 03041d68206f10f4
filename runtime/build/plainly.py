"""Candidates of a dataset that asks nobody anything in; their outcomes, one after the other in candidate order, out.

Where no statement waits for an answer there is nothing to do meanwhile: a candidate needs no task, no greenlet and no
window, and the statements that look at the whole table see the candidates in their order as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import islice

from compiler import plan
from runtime.build.candidates import Candidate
from runtime.program.outcome import Outcome
from runtime.program.row import Row
from runtime.sampling.ahead import Ahead

TURN = 1024
"""Candidates between two turns of the event loop, in which an interrupt is noticed. They are drawn for together."""

FIRST = 16
"""The first of them, of which a small target may want no more."""


def suits(dataset: plan.DatasetPlan) -> bool:
    """Whether all statements of the dataset are computed here: none asks a model, runs a tool or compares meanings."""
    steps = dataset.all_steps()
    waits = any(isinstance(step, plan.Gen | plan.Run) or getattr(step, "method", None) == "meaning" for step in steps)
    return not (waits or dataset.models or dataset.judges)


async def run(
    candidates: Iterator[Candidate], ahead: Ahead, end: Callable[[Candidate], tuple[Row, Outcome]]
) -> AsyncGenerator[tuple[Candidate, tuple[Row, Outcome]], None]:
    """Each candidate's end. Whoever stops listening stops the work: nothing is begun ahead but draws."""
    turn = FIRST
    while batch := list(islice(candidates, turn)):
        ahead.begin([candidate.key for candidate in batch])
        for ahead.place, candidate in enumerate(batch):
            yield candidate, end(candidate)
        turn = min(2 * turn, TURN)
        await asyncio.sleep(0)
