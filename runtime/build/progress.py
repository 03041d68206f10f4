"""Counters that a running build keeps and a screen reads a few times a second; nothing here touches a terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol


class Asked(Protocol):
    """Who answers calls. `trouble` says why nobody does at the moment, and is empty as long as answers come."""

    @property
    def trouble(self) -> str: ...


@dataclass(slots=True)
class Progress:
    """`wanted` is the target, or the number of candidates where there is none, or None when neither is known;
    `candidates` is that number beside a target, too.

    `fresh` are calls that reached an engine, `reused` those the journal answered; all tokens are of fresh calls, and
    `cached_tokens` those of their prompts that the engine had computed before. `runs` are tools that were run in the
    sandbox, and `sandbox` says what held them.

    `begun` and `ended` count candidates in whatever order they run; `attempted` those whose turn in the table has come.
    `given` are those that ended before anything was asked: from the journal, at once. `asked` are the engines. `busy`
    is the share of the time that the process had no time to wait, where several could have made the rows in less.
    """

    dataset: str
    wanted: int | None = None
    kept: int = 0
    attempted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    fresh: int = 0
    reused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    runs: int = 0
    sandbox: str = ""
    candidates: int | None = None
    begun: int = 0
    ended: int = 0
    given: int = 0
    asked: list[Asked] = field(default_factory=list)
    busy: float = 0.0

    @property
    def calls(self) -> int:
        return self.fresh + self.reused

    @property
    def ahead(self) -> float:
        """Candidates' worth of work that is done beyond those attempted; one that runs counts half."""
        return max(0.0, (self.begun + self.ended) / 2 - self.attempted)

    @property
    def trouble(self) -> str:
        """Why nothing comes, where an engine does not answer at the moment; else empty."""
        return next((engine.trouble for engine in self.asked if engine.trouble), "")

    def end(self) -> None:
        """A candidate came to its end."""
        self.ended += 1
        self.given += not self.fresh

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def cached(self) -> float:
        """The share of prompt tokens that were not computed again."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else 0.0
