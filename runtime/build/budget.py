"""What a build may spend and what it has spent in; a stop that can be resumed, out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.build.progress import Progress
from runtime.config.load import read_amount
from runtime.config.model import Budget

NAMES = ("tokens", "calls", "minutes")


@dataclass
class Allowance:
    """Asked before each call that would reach an engine. Minutes count from when it is made.

    What all datasets of one build spend counts together.
    """

    budget: Budget
    clock: Callable[[], float] = time.monotonic
    start: float = field(init=False)
    seen: dict[str, Progress] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start = self.clock()

    def check(self, progress: Progress) -> None:
        """E0907 once the budget is used up: a call in flight may still take it a little over."""
        self.seen[progress.dataset] = progress
        spent = {
            "tokens": sum(found.tokens for found in self.seen.values()),
            "calls": sum(found.fresh for found in self.seen.values()),
            "minutes": (self.clock() - self.start) / 60,
        }
        for name in NAMES:
            allowed = getattr(self.budget, name)
            if allowed is not None and spent[name] >= allowed:
                raise SynthError(_used_up(name, allowed, progress))


def read_budget(text: str, base: Budget) -> Budget:
    """`tokens=2M,minutes=30` over the profile's own budget; E0908 for anything else."""
    return replace(base, **dict(_parts(text)))


def _parts(text: str) -> Iterator[tuple[str, Any]]:
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        number = _minutes(value) if name == "minutes" else read_amount(value)
        if name not in NAMES or number is None:
            raise SynthError(_unreadable(part.strip(), name))
        yield name, number


def _minutes(text: str) -> float | None:
    try:
        return float(text) if float(text) > 0 else None
    except ValueError:
        return None


def _used_up(name: str, allowed: float, progress: Progress) -> Diagnostic:
    return Diagnostic(
        "E0907",
        f"the budget is used up: {allowed:,g} {name}",
        notes=(
            f"so far: {progress.kept:,} of `{progress.dataset}` kept; calls: {progress.fresh:,}; "
            f"tokens: {progress.tokens:,}",
            "nothing was committed; every answer is stored",
        ),
        help="run again with a larger `--budget`: it goes on where it was",
    )


def _unreadable(part: str, name: str) -> Diagnostic:
    return Diagnostic(
        "E0908",
        f"`{part}` is no part of a budget",
        label=did_you_mean(name, NAMES),
        help="write it as in `--budget tokens=2M,calls=10k,minutes=30`",
    )
