"""A name nobody knows and the names there are in; the likeliest meant name out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Guess(str):
    """The label "did you mean `role`?", which also keeps what was written and what was meant, for a fix."""

    given: str
    meant: str

    @classmethod
    def of(cls, given: str, meant: str) -> Guess:
        made = cls(f"did you mean `{meant}`?")
        made.given, made.meant = given, meant
        return made


def nearest(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate closest to `name`, letter case aside; None when none is close."""
    by_lower: dict[str, str] = {}
    for candidate in sorted(candidates):
        by_lower.setdefault(candidate.lower(), candidate)
    matches = get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[matches[0]] if matches else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """The label "did you mean `x`?" (a `Guess`), or the empty string when nothing is close."""
    found = nearest(name, candidates)
    return Guess.of(name, found) if found else ""
