"""What was found about an engine, as plain data: a finding for each claim, and the times it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from runtime.engines.protocol import About

Verdict = Literal["can", "cannot", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim. `wrong`: the engine claims it, or everybody builds on it, and it does not hold."""

    name: str
    sentence: str
    verdict: Verdict
    seen: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds to a first token; tokens per second of one call, and of `calls` in flight together."""

    first_token: float
    alone: float
    together: float
    calls: int


@dataclass(frozen=True, slots=True)
class Report:
    """`stopped` says why not everything was asked; empty when it was."""

    name: str
    identity: str
    about: About
    findings: tuple[Finding, ...]
    times: Times | None = None
    stopped: str = ""

    @property
    def holds(self) -> bool:
        return not self.stopped and all(finding.verdict != "wrong" for finding in self.findings)

    @property
    def counts(self) -> Mapping[Verdict, int]:
        return Counter(finding.verdict for finding in self.findings)

    def finding(self, name: str) -> Finding:
        return next(finding for finding in self.findings if finding.name == name)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "identity": self.identity,
            "about": asdict(self.about),
            "holds": self.holds,
            "findings": [asdict(finding) for finding in self.findings],
            "times": asdict(self.times) if self.times else None,
            **({"stopped": self.stopped} if self.stopped else {}),
        }
