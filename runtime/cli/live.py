"""A build's counters in; one live line on a terminal, or a plain line every few seconds on a pipe, out.

A thread reads the counters a few times a second; the build itself never touches the terminal.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from runtime.build.progress import Progress
from runtime.cli.console import width

TERMINAL, PIPE = 0.2, 5.0
"""Seconds between two lines."""


def line(progress: Progress, seconds: float) -> str:
    """`qa  7/12 kept · 19 tried · 31 calls (12 reused) · 118 tokens/s · 83% cached · −9 filter 2 · about 40 s left`"""
    wanted = f"{progress.kept:,}/{progress.wanted:,}" if progress.wanted is not None else f"{progress.kept:,}"
    parts = [f"{progress.dataset}  {wanted} kept", f"{progress.attempted:,} tried"]
    reused = f" ({progress.reused:,} reused)" if progress.reused else ""
    parts.append(f"{progress.calls:,} calls{reused}")
    if progress.tokens and seconds > 0:
        parts.append(f"{progress.tokens / seconds:,.0f} tokens/s")
    if progress.cached_tokens:
        parts.append(f"{100 * progress.cached:.0f}% cached")
    if progress.rejected:
        step, count = progress.rejected.most_common(1)[0]
        parts.append(f"−{count:,} {step}")
    if trouble := progress.trouble:
        return " · ".join([parts[0], f"waiting for {trouble}", *parts[1:]])
    left = remaining(progress, seconds)
    told = [] if left is None else [f"about {duration(left)} left"] if left else ["finishing"]
    return " · ".join(parts + told)


def remaining(progress: Progress, seconds: float) -> float | None:
    """Seconds still to go at the pace so far, to the target or to the last candidate; None before there is a pace.

    What the journal held took no time. What runs ahead of the candidate whose turn it is counts too: a build that has
    many in flight ends them all at about the same time.
    """
    given = progress.given if progress.fresh else 0
    done = progress.attempted - given + (progress.ahead if progress.ended else 0.0)
    needed = _needed(progress)
    if needed is None or done <= 0 or seconds < 1:
        return None
    return seconds / done * max(0.0, needed - given - done)


def _needed(progress: Progress) -> float | None:
    """Candidates that the build takes. Until a row is kept nobody knows how many a target takes."""
    if not progress.kept or progress.wanted is None:
        return progress.candidates if progress.wanted == progress.candidates else None
    needed = progress.wanted * progress.attempted / progress.kept
    return needed if progress.candidates is None else min(needed, progress.candidates)


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@contextmanager
def live(
    progress: Progress, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[None]:
    """Shows `progress` on `stream` (stderr) while the block runs; leaves no live line behind."""
    stream = stream or sys.stderr
    stop = threading.Event()
    terminal = stream.isatty()
    thread = threading.Thread(target=_show, args=(progress, stream, terminal, stop, clock), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        if terminal:
            stream.write("\r\x1b[K")
            stream.flush()


def _show(
    progress: Progress, stream: TextIO, terminal: bool, stop: threading.Event, clock: Callable[[], float]
) -> None:
    start = clock()
    while not stop.wait(TERMINAL if terminal else PIPE):
        text = line(progress, clock() - start)
        stream.write(f"\r\x1b[K{text[: width(200) - 1]}" if terminal else f"{text}\n")
        stream.flush()
