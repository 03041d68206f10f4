"""Columns of the whole result in; one number or truth for an `audit`, out. Null cells are left out of every measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from compiler.functions.canonical import identity
from compiler.functions.counting import share_of_different
from compiler.functions.declare import RESULTS, Function, result
from compiler.functions.signature import parse_signature
from compiler.functions.text import ngrams

Column = Sequence[Any]


def _count_of_result(name: str, doc: str) -> None:
    """`kept` and `attempted` are facts of the result itself: they have no implementation over a column."""
    example = "kept / attempted >= 10%"
    RESULTS[name] = Function(name, parse_signature("-> int"), doc, example, code=None, bare=True, place="audit")


_count_of_result("kept", "How many candidates passed every statement.")
_count_of_result("attempted", "How many candidates were tried, up to the last kept one.")


@result("cond: each bool -> float?", 'share(language == "de") in 15%..25%')
def share(cond: Column) -> float | None:
    """The share of rows for which the condition holds; null when there are no rows."""
    return sum(1 for held in cond if held) / len(cond) if len(cond) else None


@result("cond: each bool -> int", "count(words(answer) < 5) == 0")
def count(cond: Column) -> int:
    """For how many rows the condition holds."""
    return sum(1 for held in cond if held)


@result("value: each float -> float?", "mean(margin) >= 0.2")
def mean(value: Column) -> float | None:
    """The mean over the rows; null when there is no value."""
    found = _present(value)
    return sum(found) / len(found) if found else None


@result("value: each float -> float", "sum(tokens) < 1_000_000")
def sum_(value: Column) -> Any:
    """The sum over the rows."""
    return sum(_present(value))


@result("value: each T -> T?", "min(score) >= 1")
def min_(value: Column) -> Any:
    """The lowest value; null when there is none."""
    return min(_present(value), default=None)


@result("value: each T -> T?", "max(words(answer)) <= 60")
def max_(value: Column) -> Any:
    """The highest value; null when there is none."""
    return max(_present(value), default=None)


@result("value: each float, q: float -> float?", "quantile(words(answer), 0.5) in 10..40")
def quantile(value: Column, q: float) -> float | None:
    """The value below which the share q of the rows lies, interpolated between neighbours; null without values."""
    found = sorted(_present(value))
    if not found or not 0 <= q <= 1:
        return None
    place = q * (len(found) - 1)
    low = int(place)
    high = min(low + 1, len(found) - 1)
    return float(found[low] + (found[high] - found[low]) * (place - low))


@result("text: each str, ngram: int = 1 -> float?", "distinct(question, ngram = 2) >= 0.5")
def distinct(text: Column, ngram: int = 1) -> float | None:
    """Different runs of `ngram` words ÷ all such runs, over the texts of all rows: 1 is all different."""
    if all(cell is None for cell in text):
        return None
    return share_of_different(gram for cell in text if cell for gram in ngrams(cell, ngram))


@result("value: each any -> bool", "unique(key)")
def unique(value: Column) -> bool:
    """Whether no two rows have the same value."""
    seen: set[object] = set()
    for cell in _present(value):
        key = identity(list(cell) if isinstance(cell, tuple) else cell)
        if key in seen:
            return False
        seen.add(key)
    return True


def _present(column: Iterable[Any]) -> list[Any]:
    return [cell for cell in column if cell is not None]
