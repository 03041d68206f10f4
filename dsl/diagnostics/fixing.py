"""A text and fixes in; the mended text out. Fixes whose edits meet are made one round after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from dsl.diagnostics.model import Diagnostic, Edit, Fix, SourceOf
from dsl.diagnostics.suggest import Guess
from dsl.source import Source, Span

ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Mended:
    """`made` are the fixes that the text holds now, in the order in which they were made."""

    text: str
    made: tuple[Fix, ...] = ()


def apply(text: str, fixes: Iterable[Fix]) -> Mended:
    """Makes every fix that meets none made before it; each wholly or not at all. All edits are of one file.

    >>> span = Span("a.synth", 0, 3)
    >>> apply("rol", [Fix("write `role`", (Edit(span, "role"),))]).text
    'role'
    """
    taken: list[Edit] = []
    made: list[Fix] = []
    for fix in fixes:
        fresh = [edit for edit in fix.edits if edit not in taken]
        if fresh and not any(_meet(edit, other) for edit in fresh for other in taken):
            taken += fresh
            made.append(fix)
    return Mended(edited(text, taken), tuple(made))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits made that do not overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _meet(one: Edit, other: Edit) -> bool:
    """Whether the two touch: what stands at one place is written by one of them only."""
    return one.span.start <= other.span.end and other.span.start <= one.span.end


Find = Callable[[Source], Iterable[Diagnostic]]


def mend(source: Source, find: Find, *, unsafe: bool = False) -> Mended:
    """Makes the fixes of what `find` finds, looks again, and goes on until nothing that can be mended is left."""
    text, made = source.text, list[Fix]()
    for _ in range(ROUNDS):
        fixes = (fix for found in find(Source(source.path, text)) if (fix := fix_of(found, source.path, unsafe)))
        done = apply(text, fixes)
        if done.text == text:
            break
        text = done.text
        made += done.made
    return Mended(text, tuple(made))


def fix_of(diagnostic: Diagnostic, path: str, unsafe: bool = False) -> Fix | None:
    """The fix that would be made without asking: the first one, if it is safe and of this file alone."""
    first = next(iter(diagnostic.fixes), None)
    if first is None or not (first.safe or unsafe):
        return None
    return first if all(edit.span.path == path for edit in first.edits) else None


def respelt(diagnostic: Diagnostic, source_of: SourceOf) -> Diagnostic:
    """A "did you mean" with the fix that writes what was meant, where the place holds the name that nobody knows."""
    guess = diagnostic.label
    edit = respelling(diagnostic, source_of)
    if edit is None or not isinstance(guess, Guess) or guess.origin or diagnostic.fixes:
        return diagnostic
    return replace(diagnostic, fixes=(Fix(f"write `{guess.meant}`", (edit,), safe=diagnostic.code.startswith("E")),))


def respelling(diagnostic: Diagnostic, source_of: SourceOf) -> Edit | None:
    """What was meant in the place of what was written; None where nothing is guessed, or the place is not clear."""
    guess, span = diagnostic.label, diagnostic.span
    source = source_of(span.path) if span is not None else None
    if not isinstance(guess, Guess) or span is None or source is None:
        return None
    places = list(_words(source.slice(span), guess.given))
    if len(places) != 1:
        return None
    start = span.start + places[0]
    return Edit(Span(span.path, start, start + len(guess.given)), guess.meant)


def _words(text: str, word: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text))
