"""A judge's report in; what a person reads of it out: one line in a build's summary, or all of it."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.judges.report import Answered, Report, texts

WORDS = 7
"""Of a missed case's longest text."""


def summary(found: Report) -> str:
    """`on_topic: 11 of 12 gold cases right (92%, needs 90%), kappa 0.83, length +0.12`"""
    right = found.cases - len(found.missed)
    facts = [f"{right} of {found.cases} gold cases right ({found.accuracy:.0%}, needs {found.wanted:.0%})"]
    if found.kappa is not None:
        facts.append(f"kappa {found.kappa:.2f}")
    if found.length is not None:
        facts.append(f"length {found.length:+.2f}")
    if found.position is not None:
        facts.append(f"position {_lean(found)}")
    return f"{found.judge}: {', '.join(facts)}"


def lines(found: Report) -> Iterator[str]:
    """The whole report, every missed case on a line of its own."""
    yield summary(found)
    if found.length is not None:
        yield f"  length    {found.length:+.2f}: correlation of what it says with the length of the longest text"
    place = found.position
    if place is not None:
        one, other = place.params
        yield f"  position  says the same in {place.same:.0%} of cases when `{one}` and `{other}` change places"
        if place.lean is not None:
            yield f"            the first place is worth {place.lean:+.2f} of probability"
    for one_missed in found.missed:
        yield f"  missed    {told(one_missed)}"


def _lean(found: Report) -> str:
    assert found.position is not None
    lean = found.position.lean
    return f"{lean:+.2f}" if lean is not None else f"same in {found.position.same:.0%}"


def told(one: Answered) -> str:
    """One missed case: which it is, what it should be, and what the judge said, with the strength of it."""
    words = " ".join(max(texts(one.case.arguments), key=len, default="").split())
    start = " ".join(words.split()[:WORDS])
    shown = f'"{start}{" …" if start != words else ""}"'
    said, expected = (_word(value) for value in (one.said, one.case.expected))
    certain = not isinstance(one.said, bool) and one.strength == one.said
    strength = "" if certain else f" ({one.strength:.2f})"
    return f"case {one.case.number}, {shown}: expected {expected}, said {said}{strength}"


def _word(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
