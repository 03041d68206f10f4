"""Mistakes in the order of their places in; the same, with only a few of what stands on line after line, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dsl.diagnostics import Diagnostic
from dsl.source import Source

TOLD = 10
"""How often one mistake is told where every line has it: that many people may make, more is a paste or a program."""


def told(mistakes: Iterable[Diagnostic], source: Source) -> tuple[Diagnostic, ...]:
    return tuple(one for run in _runs(mistakes, source) for one in _few(run))


def _runs(mistakes: Iterable[Diagnostic], source: Source) -> Iterator[list[Diagnostic]]:
    """What says the same of one line, or of lines right below each other."""
    run: list[Diagnostic] = []
    last = 0
    for one in mistakes:
        line = source.position(one.span.start).line if one.span is not None else -1
        if run and not (_says(one) == _says(run[-1]) and line - last in (0, 1)):
            yield run
            run = []
        run.append(one)
        last = line
    if run:
        yield run


def _says(mistake: Diagnostic) -> tuple[str, str]:
    return mistake.code, mistake.message


def _few(run: list[Diagnostic]) -> list[Diagnostic]:
    left = len(run) - TOLD
    if left <= 0:
        return run
    note = f"{left:,} more of this follow, which are not told"
    return [*run[: TOLD - 1], replace(run[TOLD - 1], notes=(*run[TOLD - 1].notes, note))]
