"""Candidates' ends in, in candidate order, known or not; whether a target still needs another one, out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from compiler import plan
from runtime.program.outcome import Kept, Outcome, Unknown

Group = tuple[object] | None
"""(value,) of what a target counts by; None where it is not known, or counts all."""


@dataclass
class Hopes:
    """`kept` are sure to be, `may` be as well: both by group."""

    dataset: plan.DatasetPlan
    kept: Counter[Group] = field(default_factory=Counter)
    may: Counter[Group] = field(default_factory=Counter)

    def saw(self, group: Group, outcome: Outcome) -> None:
        if self.dataset.per is None:
            group = None
        known = group is not None or self.dataset.per is None
        if isinstance(outcome, Kept) and known:
            self.kept[group] += 1
        elif isinstance(outcome, Kept | Unknown):
            self.may[group] += 1

    def of(self, group: Group) -> str:
        """`full`, `maybe` or `open`."""
        target = self.dataset.target
        if target is None:
            return "open"
        if self.kept[group] >= target:
            return "full"
        unplaced = 0 if group is None else self.may[None]
        return "maybe" if self.kept[group] + self.may[group] + unplaced >= target else "open"

    @property
    def all(self) -> str:
        """Of the whole table: `full` when no candidate is looked at any more."""
        if self.dataset.per is None:
            return self.of(None)
        if self.dataset.per.values is None:
            return "open"
        groups = {self.of((value,)) for value in self.dataset.per.values}
        return "open" if "open" in groups else "maybe" if "maybe" in groups else "full"
