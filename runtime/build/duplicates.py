"""A candidate's value at a `dedup` in; the key of the earlier candidate that it duplicates, or None, out.

Candidates are compared in candidate order, whatever order their answers came in: each waits at the statement until all
before it have passed it or ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compiler import plan
from runtime.bridge import await_
from runtime.build.meanings import EncoderOf, packaged
from runtime.filters import Deduplicator, Duplicate, OrderedBatches, deduplicator
from runtime.tables.keys import Key, print_key

Prepared = tuple[str, Any]
"""A candidate's printed key, and what comparing needs of its value."""


class Duplicates:
    """All `dedup` statements of one run. A dataset without any costs nothing."""

    def __init__(self, dataset: plan.DatasetPlan, encoder: EncoderOf = packaged) -> None:
        steps = dataset.of(plan.Dedup)
        self._seen = {step.id: deduplicator(step.method, step.threshold, encoder(step)) for step in steps}
        self._gates = {step.id: _gate(self._seen[step.id], threaded=step.method == "meaning") for step in steps}

    def __bool__(self) -> bool:
        return bool(self._gates)

    def admit(self, step: str, index: int, key: Key, value: Any) -> str | None:
        """Called from a candidate's greenlet; a null value is never a duplicate."""
        prepared = print_key(key), self._seen[step].prepare(value)
        found = await_(self._gates[step].enter(index, prepared))
        return found.of if found else None

    def admit_next(self, step: str, index: int, key: Key, value: Any) -> str | None:
        """As `admit`, where candidates come one after the other: there is nobody to wait for."""
        found = self._seen[step].admit(print_key(key), value)
        return found.of if found else None

    def prepared(self, step: str, value: Any) -> Any:
        """What is compared of a value."""
        return self._seen[step].prepare(value)

    def leave(self, index: int) -> None:
        """The candidate has ended: those behind it need not wait for it at any statement."""
        for gate in self._gates.values():
            gate.leave(index)


def _gate(seen: Deduplicator, *, threaded: bool) -> OrderedBatches[Prepared, Duplicate | None]:
    def answer(candidates: Sequence[Prepared]) -> list[Duplicate | None]:
        return seen.admit_all(candidates)

    return OrderedBatches(answer, threaded=threaded)
