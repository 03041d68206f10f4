"""How much of its time a build of one process did not wait in; whether more processes would help, in words, out."""

from __future__ import annotations

import os

BUSY = 0.85
"""The share of the time from which a build is taken to have waited for itself."""
LONG = 60.0
"""Seconds that a build is expected to take before a plan says how it takes less."""
MANY = 8
"""Processes that are proposed at most: they share one journal."""


def help_of(busy: float, processors: int | None = None) -> str:
    """`--workers 4`; empty where the build waited for its server, or where there is one processor."""
    there = processors or os.cpu_count() or 1
    return f"--workers {min(there, MANY)}" if busy >= BUSY and there > 1 else ""


def after(busy: float, processors: int | None = None) -> str:
    """For the end of a build."""
    workers = help_of(busy, processors)
    told = f"this process was busy {busy:.0%} of the time: {workers} makes the rows in less"
    return told if workers else ""


def before(busy: float, seconds: float | None, processors: int | None = None) -> str:
    """For a plan, where the models' last long build was busy, and this one will be long as well."""
    workers = help_of(busy, processors) if seconds is not None and seconds >= LONG else ""
    return f"The last such build was busy {busy:.0%} of the time: {workers} makes the rows in less." if workers else ""
