"""Counters that a running build keeps and a screen reads a few times a second; nothing here touches a terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """`wanted` is the target, or the number of candidates where there is none, or None when neither is known;
    `candidates` is that number beside a target, too.

    `fresh` are calls that reached an engine, `reused` those the journal answered; all tokens are of fresh calls, and
    `cached_tokens` those of their prompts that the engine had computed before. `runs` are tools that were run in the
    sandbox, and `sandbox` says what held them.
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

    @property
    def calls(self) -> int:
        return self.fresh + self.reused

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def cached(self) -> float:
        """The share of prompt tokens that were not computed again."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else 0.0
