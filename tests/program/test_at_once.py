"""Judges in list methods: asked about all elements at the same time, and otherwise as if one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.functions import library as fn
from compiler.functions.elements import Elements
from runtime.engines.backend import SglBackend
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request
from runtime.program.outcome import Kept
from runtime.program.row import Row
from runtime.program.stage import Bound, Stage
from runtime.program.trace import place_of
from tests.program.scripted import a_row, doubt, run

TEXTS = ["a", "b", None, "c", "a", "d"]


@dataclass
class Counting(DeterministicEngine):
    """Answers when nobody new has asked for a while; `most` is how many waited at a time."""

    now: int = 0
    most: int = 0

    async def complete(self, request: Request) -> Answer:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(20):
            await asyncio.sleep(0)
        self.now -= 1
        return await super().complete(request)


def counted(body: Callable[[Row], Any]) -> tuple[Counting, Row]:
    engine = Counting()
    bound = Bound("*", "deterministic:1", SglBackend(engine))
    row = Row(Stage("counted", roles={"*": bound}), ("k", 1), 0, {})
    assert isinstance(run(row, body), Kept)
    return engine, row


def sure(row: Row, text: str) -> Any:
    return row.judge("doubt", doubt, "critic", {"text": text})


METHODS: dict[str, Callable[[Row], Any]] = {
    "where": lambda row: row.at_once(fn.list_where, TEXTS, lambda it: sure(row, it)),
    "map": lambda row: row.at_once(fn.list_map, TEXTS, lambda it: sure(row, it).p),
    "rank": lambda row: row.at_once(fn.list_rank, TEXTS, by=lambda it: sure(row, it).p),
    "best": lambda row: row.at_once(fn.list_best, TEXTS, lambda it: sure(row, it).p),
    "top": lambda row: row.at_once(fn.list_top, TEXTS, 2, by=lambda it: sure(row, it).p),
    "count": lambda row: row.at_once(fn.list_count, TEXTS, lambda it: sure(row, it)),
    "aligned": lambda row: row.at_once(
        fn.list_where,
        Elements(["a", "b", "c", "d"], (4, 2, 1, 0)),
        fn.aligned(lambda it, place: sure(row, it + "xyzuv"[place])),
    ),
}


@pytest.mark.parametrize("method", METHODS)
def test_a_method_asks_about_all_its_elements_at_the_same_time(method: str) -> None:
    engine, row = counted(METHODS[method])
    assert engine.most == 4 + (method != "aligned")  # the journal, which is not here, makes one call of two alike
    assert len([event for event in row.events if event.kind == "judge"]) == 4


def test_consistency_asks_all_its_pairs_at_the_same_time_and_tells_them_in_one_order() -> None:
    def body(row: Row) -> Any:
        return row.consistency([["a"], ["b"], ["c"]], ["x", "y", "z"], lambda text, claim: sure(row, text + claim))

    engine, row = counted(body)
    assert engine.most == 6
    assert [event.element for event in row.events] == list(range(6))


def test_what_a_condition_rules_out_is_not_asked() -> None:
    engine, _ = counted(lambda row: row.at_once(fn.list_where, TEXTS, lambda it: it > "b" and sure(row, it)))
    assert engine.calls == 2
    engine, _ = counted(lambda row: fn.list_any(TEXTS, lambda it: sure(row, it) or True))
    assert engine.calls == 1


def test_null_is_asked_nothing() -> None:
    engine, _ = counted(lambda row: row.let("x", row.at_once(fn.list_where, None, lambda it: sure(row, it))))
    assert engine.calls == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.none() | st.text("abcd", min_size=1, max_size=2), max_size=6),
    st.sampled_from(["where", "map", "rank", "best", "sort", "unique", "majority", "count"]),
    st.integers(0, 2**32),
)
def test_it_gives_and_leaves_what_the_method_alone_does(texts: list[str | None], name: str, order: int) -> None:
    method = getattr(fn, f"list_{name}")

    def alone(row: Row) -> None:
        row.emit("t", {"found": method(texts, lambda it: sure(row, it))})

    def at_once(row: Row) -> None:
        row.emit("t", {"found": row.at_once(method, texts, lambda it: sure(row, it))})

    told = []
    for body, drawn in ((alone, None), (at_once, None), (at_once, order), (at_once, order + 1)):
        row = a_row(order=drawn)
        outcome = run(row, body, greenlet=drawn is not None)
        told.append((outcome, row.values, sorted(row.events, key=place_of)))
    assert all(one == told[0] for one in told)
