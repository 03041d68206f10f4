"""Claims by the sample that made them, and the samples, in; each claim with the share of other samples behind it, out.

`claims` may be any depth of lists: the outermost level stands beside the samples, by place. A claim and a sample that
come up twice are asked about once, and all questions are open at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from compiler.functions.canonical import identity
from compiler.functions.elements import Elements, pairs, places_of, with_support

Says = Callable[[Any, Any], Any]
"""(sample, claim) → whether the sample says so."""
Asked = Callable[[Sequence[Callable[[], Any]]], list[Any]]
"""Questions → their answers, in order, all asked at the same time."""
Pair = tuple[object, object]


def supported(claims: Sequence[Any] | None, across: Sequence[Any] | None, says: Says, ask: Asked | None = None) -> Any:
    """The same shape, nulls where they were; `.support` is null where there is no other sample.

    `ask` may answer the questions in any order; without it they are asked one after another.
    """
    if claims is None or across is None:
        return None
    samples = list(pairs(across))
    found = _asked(claims, samples, says, ask or _one_by_one)

    def marked(value: Any, place: int) -> Any:
        if value is None:
            return None
        if isinstance(value, list):
            return Elements([marked(inner, place) for inner in value], places_of(value))
        said = [found[_pair(sample, value)] for sample, other in samples if other != place]
        return with_support(value, sum(said) / len(said) if said else None)

    places = places_of(claims)
    return Elements([marked(value, place) for value, place in zip(claims, places, strict=True)], places)


def _asked(claims: Sequence[Any], samples: Sequence[tuple[Any, int]], says: Says, ask: Asked) -> dict[Pair, bool]:
    questions: dict[Pair, Callable[[], Any]] = {}
    for value, place in pairs(claims):
        for claim in _leaves(value):
            for sample, other in samples:
                if other != place:
                    questions.setdefault(_pair(sample, claim), partial(says, sample, claim))
    answers = ask(list(questions.values()))
    return {pair: bool(answer) for pair, answer in zip(questions, answers, strict=True)}


def _one_by_one(questions: Sequence[Callable[[], Any]]) -> list[Any]:
    return [question() for question in questions]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield value


def _pair(sample: Any, claim: Any) -> Pair:
    return identity(sample), identity(claim)
