"""A name nobody knows and the names there are in; the likeliest meant name out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches


class Guess(str):
    """The label "did you mean `role`?", which also keeps what was written and what was meant, for a fix.

    `origin` is the file that declares it, as an import would say it, where it has to be imported first.
    """

    given: str
    meant: str
    origin: str

    @classmethod
    def of(cls, given: str, meant: str, origin: str = "") -> Guess:
        made = cls(f"did you mean `{meant}`{f' of `{origin}`' if origin else ''}?")
        made.given, made.meant, made.origin = given, meant, origin
        return made

    @property
    def likeness(self) -> float:
        """From 0 (nothing in common) to 1 (the same but for letter case)."""
        return SequenceMatcher(None, self.meant.lower(), self.given.lower()).ratio()


def nearest(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate closest to `name`, letter case aside; None when none is close."""
    by_lower: dict[str, str] = {}
    for candidate in sorted(candidates):
        by_lower.setdefault(candidate.lower(), candidate)
    matches = get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[matches[0]] if matches else None


def did_you_mean(name: str, candidates: Iterable[str]) -> Guess | str:
    """The label "did you mean `x`?" (a `Guess`), or the empty string when nothing is close."""
    found = nearest(name, candidates)
    return Guess.of(name, found) if found else ""
