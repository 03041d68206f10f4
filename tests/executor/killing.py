"""A worker's number and a count of its candidates in; the moment at which it is killed, out: once."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.executor.messages import Report


@dataclass
class Killer:
    """Kills worker `number` once it has told of `after` ends. `killed` says whether it came to that."""

    number: int
    after: int
    seen: int = 0
    killed: bool = False

    def __call__(self, number: int, before: int, report: Report) -> bool:
        if number != self.number or self.killed:
            return False
        self.seen += len(report.ended)
        self.killed = self.seen >= self.after
        return self.killed


@dataclass
class AtTheSeal:
    """Kills worker `number` when it has written down rows, and before it could say so."""

    number: int
    killed: bool = False

    def __call__(self, number: int, before: int, report: Report) -> bool:
        if number == self.number and report.sealed and not self.killed:
            self.killed = True
            return True
        return False
