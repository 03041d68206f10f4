"""The order in which calls are sent decides what a server computes twice, and nothing of what a build makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.config.model import Budget
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request
from runtime.scheduler import by_prefix
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.workshop import Workshop, root_of

SAMPLES = '''edition 1
record Page {
  id: str
  text: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
prompt ask(page: Page) """
  Ask one question about this text.
  {{ page.text }}
"""
dataset drafts {
  each page from pages
  gen found: str = ask(page) with writer times 4 { max_tokens = 100 }
  emit { found = found }
}
'''


@dataclass
class Remembering(DeterministicEngine):
    """The deterministic engine, as one that remembers beginnings, warms and takes lists. It notes what it was asked."""

    asked: list[str] = field(default_factory=list)
    warmed: int = 0
    lists: int = 0

    def __post_init__(self) -> None:
        self.capabilities = replace(self.capabilities, prefix_cache=True, warm=True, batch=True)

    async def complete(self, request: Request) -> Answer:
        self.asked.append(request.digest.hex())
        return await super().complete(request)

    async def complete_all(self, requests: Sequence[Request]) -> list[Answer]:
        self.lists += 1
        return [await self.complete(request) for request in requests]

    async def warm(self, request: Request) -> None:
        self.warmed += 1


def long_pages(count: int) -> list[dict[str, Any]]:
    return [{**page, "text": page["text"] * 40} for page in pages(count)]


def shuffled(luck: int) -> object:
    """Stands in for a prompt's text: any order, in groups of any beginnings."""

    def text_of(request: Request) -> str:
        random = Random(f"{luck} {request.digest.hex()}")
        return random.choice("abc") * by_prefix.LONG + str(random.random())

    return text_of


@pytest.mark.parametrize("wanted", [1000, 7])
def test_the_root_does_not_depend_on_the_order_of_sending(
    tmp_path: Path, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots, orders = set(), set()
    for luck in range(3):
        if luck:
            monkeypatch.setattr(by_prefix, "text_of", shuffled(luck))
        work = Workshop(tmp_path / str(luck)).write(QA, pages=pages(20), readers=readers(5))
        engine = Remembering(concurrency=6)
        roots.add(root_of(work.made(engine, params={"wanted": wanted})))
        orders.add(tuple(engine.asked))
    work = Workshop(tmp_path / "in turn").write(QA, pages=pages(20), readers=readers(5))
    roots.add(root_of(work.made(DeterministicEngine(concurrency=6), params={"wanted": wanted})))
    assert len(roots) == 1
    assert len(orders) == 3


def test_samples_are_asked_for_in_lists_once_their_prompt_is_computed(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(SAMPLES, pages=long_pages(6))
    engine = Remembering(concurrency=8)
    work.build(engine)
    rows = work.rows("drafts")
    assert len(rows) == 6 and all(len(set(row["found"])) == 4 for row in rows)
    assert (engine.warmed, len(engine.asked)) == (6, 24)
    assert engine.lists >= 6


def test_the_budget_holds_what_waits_back(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(SAMPLES, pages=long_pages(20))
    engine = Remembering(concurrency=4)
    with pytest.raises(SynthError) as stopped:
        work.build(engine, budget=Budget(calls=10))
    assert [found.code for found in stopped.value.diagnostics] == ["E0907"]
    assert 10 <= len(engine.asked) <= 10 + engine.concurrency


def test_an_engine_that_goes_away_stops_what_waits_and_costs_nothing_that_came(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(SAMPLES, pages=long_pages(20))
    with pytest.raises(SynthError) as stopped:
        work.build(gone := Remembering(concurrency=4, unavailable_from=30))
    assert [found.code for found in stopped.value.diagnostics] == ["E0904"]
    assert len(gone.asked) <= 30 + 2 * gone.concurrency
    back = Remembering(concurrency=4)
    work.build(back)
    assert len(work.rows("drafts")) == 20
    assert not work.answered() - {*gone.asked, *back.asked}
    assert len(back.asked) < 80
