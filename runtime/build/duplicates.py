"""A candidate's value at a `dedup` in; the key of the earlier candidate that it duplicates, or None, out.

Candidates are compared in candidate order, whatever order their answers came in: each waits at the statement until all
before it have passed it or ended.
"""

from __future__ import annotations

from typing import Any

from compiler import plan
from runtime.bridge import await_
from runtime.filters import Deduplicator, OrderedGate, deduplicator
from runtime.tables.keys import Key, print_key


class Duplicates:
    """All `dedup` statements of one run. A dataset without any costs nothing."""

    def __init__(self, dataset: plan.DatasetPlan) -> None:
        steps = dataset.of(plan.Dedup)
        self.gates = {step.id: OrderedGate() for step in steps}
        self.seen: dict[str, Deduplicator] = {step.id: deduplicator(step.method, step.threshold) for step in steps}

    def admit(self, step: str, index: int, key: Key, value: Any) -> str | None:
        """Called from a candidate's greenlet; a null value is never a duplicate."""
        await_(self.gates[step].enter(index))
        try:
            found = self.seen[step].admit(print_key(key), value)
            return found.of if found else None
        finally:
            self.gates[step].leave(index)

    def leave(self, index: int) -> None:
        """The candidate has ended: those behind it need not wait for it at any statement."""
        for gate in self.gates.values():
            gate.leave(index)
