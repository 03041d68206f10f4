"""Pages and questions in; the calls of a build of them out: each question about each page, then a judge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random

from runtime.engines.protocol import Answer, Message, Request, Sampling
from runtime.scheduler.window import ordered

Ask = Callable[[Request], Awaitable[Answer]]
_WORDS = Random(3).sample([a + b + c for a in "bdfglmnprstv" for b in "aeiou" for c in ("n", "r", "st", "l")], 200)


def prose(seed: int, words: int) -> str:
    return " ".join(Random(seed).choices(_WORDS, k=words))


SYSTEM, RUBRIC = prose(1, 60), prose(2, 60)


def question(page: int, number: int, seed: int = 0, words: int = 600) -> Request:
    told = f"{prose(100 + page, words)}\n\nQuestion {number}: {prose(5000 + number, 12)}"
    writing = Sampling(max_tokens=24)
    return Request("m", (Message("system", SYSTEM), Message("user", told)), sampling=writing, seed=seed)


def judge(page: int, number: int, answer: str, words: int = 600) -> Request:
    told = f"{prose(100 + page, words)}\n\nQuestion {number}: {prose(5000 + number, 12)}\nAnswer: {answer}"
    return Request("m", (Message("system", RUBRIC), Message("user", told)), labels=("yes", "no"))


async def build(
    ask: Ask, pages: int, questions: int, window: int, *, by_page: bool = True, samples: int = 1, words: int = 600
) -> int:
    """How many calls were made; candidates are started ahead and end in order, as a build's do."""
    calls = 0

    async def work(place: tuple[int, int]) -> None:
        nonlocal calls
        page, number = place
        drafts = [ask(question(page, number, seed, words)) for seed in range(samples)]
        for answer in await asyncio.gather(*drafts):
            await ask(judge(page, number, answer.text, words))
            calls += 2

    places = [(page, number) for page in range(pages) for number in range(questions)]
    if not by_page:
        places.sort(key=lambda place: place[1])
    async for _ in _released(places, work, window):
        pass
    return calls


def _released(
    places: list[tuple[int, int]], work: Callable[[tuple[int, int]], Awaitable[None]], window: int
) -> AsyncIterator[object]:
    return ordered(iter(places), work, lambda: window)
