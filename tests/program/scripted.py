"""A row function in; how a row ends under an engine whose answers arrive in a drawn order, out. For tests of rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import sglang as sgl

from runtime.bridge import run_in_greenlet
from runtime.engines.backend import SglBackend
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request
from runtime.program.outcome import Outcome
from runtime.program.row import Row
from runtime.program.shape import Shape
from runtime.program.stage import Bound, Stage

WORD = Shape.text()


@sgl.function  # type: ignore[untyped-decorator]
def ask(s: Any, text: Any, call: Any = None) -> None:
    s += sgl.user(str(text))
    s += sgl.assistant(sgl.gen("answer"))


@sgl.function  # type: ignore[untyped-decorator]
def doubt(s: Any, text: Any, call: Any = None) -> None:
    s += sgl.user(f"{text}? Answer yes or no.")
    s += sgl.assistant(sgl.select("verdict", ["yes", "no"]))


@dataclass
class Shuffled(DeterministicEngine):
    """Answers with four hexadecimal digits of the request, after a number of turns that `order` draws."""

    order: int | None = None

    async def complete(self, request: Request) -> Answer:
        if self.order is not None:
            for _ in range(Random(self.order ^ int.from_bytes(request.digest, "big")).randrange(6)):
                await asyncio.sleep(0)
        return await super().complete(request)


def digits(request: Request) -> str | None:
    return None if request.labels else request.digest[:2].hex()


@dataclass
class Program:
    """A row function as a plain one; `again` where it has a `retry`."""

    body: Callable[[Row], None]

    def func(self, s: None, row: Row) -> None:
        while row.unsettled:
            with row.attempt():
                self.body(row)


def a_row(
    respond: Callable[[Request], str | None] = digits, order: int | None = None, stage: Mapping[str, Any] | None = None
) -> Row:
    backend = SglBackend(Shuffled(respond=respond, order=order))
    settings = {"roles": {"*": Bound("*", "deterministic:1", backend)}, **(stage or {})}
    return Row(Stage("scripted", **settings), ("k", 1), 0, {})


def run(row: Row, body: Callable[[Row], None], greenlet: bool = True) -> Outcome:
    """The row's end: as a build runs it, or as a test does."""
    if greenlet:
        return asyncio.run(run_in_greenlet(row.run, Program(body)))
    return row.run(Program(body))
