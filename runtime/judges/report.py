"""What a judge said of its gold cases in; how often it is right, and what it leans on, out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from compiler import plan
from dsl.source import Span

FEW = 3
"""Cases below which a correlation says nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the gold source, counted from 1."""

    number: int
    arguments: Mapping[str, Any]
    expected: float | bool


@dataclass(frozen=True, slots=True)
class Answered:
    """`strength` is how much the judge says so: the probability of yes, a scale's mean, a sum or a score.

    `swapped` and `lean` are what it says, and how strongly, when the two things it compares change places.
    """

    case: Case
    said: float | bool
    right: bool
    strength: float
    swapped: float | bool | None = None
    lean: float | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Two parameters that change places. `same` is the share of cases in which that leaves the verdict as it was.

    `lean` is what the first place gains: 0 where only the contents count, 0.5 where the first always wins.
    """

    params: tuple[str, str]
    same: float
    lean: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """`length` is the correlation of what the judge says with the length of the longest text it is shown.

    `kappa` is Cohen's: agreement with `expected` beyond chance, 1 is perfect and 0 is what guessing gives.
    """

    judge: str
    wanted: float
    cases: int
    accuracy: float
    missed: tuple[Answered, ...]
    kappa: float | None
    length: float | None
    position: Position | None
    span: Span | None = field(default=None, compare=False)

    @property
    def held(self) -> bool:
        return self.cases > 0 and self.accuracy >= self.wanted

    def json(self) -> dict[str, Any]:
        place = self.position
        return {
            "judge": self.judge,
            "held": self.held,
            "cases": self.cases,
            "accuracy": self.accuracy,
            "wanted": self.wanted,
            "kappa": self.kappa,
            "length": self.length,
            "position": place and {"params": list(place.params), "same": place.same, "lean": place.lean},
            "missed": [
                {
                    "case": one.case.number,
                    "arguments": dict(one.case.arguments),
                    "expected": one.case.expected,
                    "said": one.said,
                    "strength": one.strength,
                }
                for one in self.missed
            ],
        }


def report(judge: plan.JudgePlan, answered: Sequence[Answered], pair: tuple[str, str] | None) -> Report:
    """The cases in their order. `pair` are the parameters that changed places, where any did."""
    assert judge.gold is not None
    right = sum(one.right for one in answered)
    return Report(
        judge=judge.name,
        wanted=judge.gold.accuracy,
        cases=len(answered),
        accuracy=right / len(answered) if answered else 0.0,
        missed=tuple(one for one in answered if not one.right),
        kappa=None if judge.kind == "score" else kappa([(one.said, one.case.expected) for one in answered]),
        length=correlation([(longest(one.case.arguments), one.strength) for one in answered]),
        position=_position(answered, pair),
        span=judge.gold.span,
    )


def _position(answered: Sequence[Answered], pair: tuple[str, str] | None) -> Position | None:
    if pair is None or not answered:
        return None
    leans = [one.lean for one in answered if one.lean is not None]
    same = sum(one.swapped == one.said for one in answered) / len(answered)
    return Position(pair, same, sum(leans) / len(leans) if leans else None)


def kappa(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Cohen's kappa of two raters; null where each of them only ever says one and the same thing."""
    total = len(pairs)
    if not total:
        return None
    said, expected = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    agreed = sum(one == other for one, other in pairs) / total
    chance = sum(said[value] * expected[value] for value in said) / total**2
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def correlation(points: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's; null for few points and where one side never varies."""
    count = len(points)
    if count < FEW:
        return None
    mean_x, mean_y = (sum(point[side] for point in points) / count for side in (0, 1))
    spread_x = sum((x - mean_x) ** 2 for x, _ in points)
    spread_y = sum((y - mean_y) ** 2 for _, y in points)
    if spread_x == 0 or spread_y == 0:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sqrt(spread_x * spread_y)


def longest(arguments: Mapping[str, Any]) -> int:
    """Characters of the longest text among a case's values."""
    return max(map(len, texts(arguments)), default=0)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
