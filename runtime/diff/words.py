"""Two texts in; the pieces they share and the pieces that one of them has alone, word by word, out.

Joining the equal and deleted pieces gives the old text back, the equal and inserted ones the new text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from runtime.diff.align import affordable, common

Op = Literal["equal", "delete", "insert"]

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+|\s+|[^\w\s]")
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+")
_BUDGET = 200_000
"""How many pairs of equal tokens there may be for blocks to be looked for at all."""
_NEAR = 1_500
"""Up to so many, whole blocks are kept together, which reads best; beyond, as many tokens as can be."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of text and whether it stayed, went or came."""

    op: Op
    text: str


def word_marks(before: str, after: str) -> tuple[Mark, ...]:
    """The word-level difference, deletions ahead of the insertions that replace them."""
    return tuple(_merged(_bridged(_marks(_WORD.findall(before), _WORD.findall(after), by_sentence=True))))


def _marks(before: Sequence[str], after: Sequence[str], *, by_sentence: bool) -> Iterator[Mark]:
    """Cuts off what is shared at both ends, then compares what is left: by sentences first where it is too long."""
    head = _shared(zip(before, after, strict=False))
    tail = _shared(zip(reversed(before[head:]), reversed(after[head:]), strict=False))
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield Mark("equal", "".join(before[:head]))
    if _cost(old, new) <= _BUDGET or affordable(old, new):
        yield from _aligned(old, new, by_sentence=False)
    elif by_sentence:
        yield from _aligned(_sentences(old), _sentences(new), by_sentence=True)
    else:
        yield from (Mark("delete", "".join(old)), Mark("insert", "".join(new)))
    yield Mark("equal", "".join(before[len(before) - tail :]))


def _shared(pairs: Iterable[tuple[str, str]]) -> int:
    count = 0
    for left, right in pairs:
        if left != right:
            break
        count += 1
    return count


def _cost(before: Sequence[str], after: Sequence[str]) -> int:
    counts = Counter(after)
    return sum(times * counts[token] for token, times in Counter(before).items())


def _sentences(tokens: Sequence[str]) -> list[str]:
    return _SENTENCE.findall("".join(tokens))


def _aligned(before: Sequence[str], after: Sequence[str], *, by_sentence: bool) -> Iterator[Mark]:
    was = now = 0
    for i, j, size in _blocks(before, after):
        old, new = before[was:i], after[now:j]
        if old and new and by_sentence:
            yield from _marks(_WORD.findall("".join(old)), _WORD.findall("".join(new)), by_sentence=False)
        else:
            yield from (Mark("delete", "".join(old)), Mark("insert", "".join(new)))
        yield Mark("equal", "".join(before[i : i + size]))
        was, now = i + size, j + size


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterable[tuple[int, int, int]]:
    """What both have: where it begins in each, and its length; then the ends of both, alone where it is too much."""
    end = (len(before), len(after), 0)
    cost = _cost(before, after)
    if cost > _NEAR and affordable(before, after):
        return [*common(before, after), end]
    return SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks() if cost <= _BUDGET else [end]


def _bridged(marks: Iterable[Mark]) -> Iterator[Mark]:
    """Takes a shared piece without a word in it (a space, a comma) into the changes on both its sides: fewer marks."""
    kept = [mark for mark in marks if mark.text]
    for i, mark in enumerate(kept):
        inner = 0 < i < len(kept) - 1 and kept[i - 1].op != "equal" and kept[i + 1].op != "equal"
        if mark.op == "equal" and inner and not re.search(r"\w", mark.text):
            yield from (Mark("delete", mark.text), Mark("insert", mark.text))
        else:
            yield mark


def _merged(marks: Iterable[Mark]) -> Iterator[Mark]:
    """Joins neighbours: between two shared pieces stands at most one deletion, then at most one insertion."""
    pieces: dict[Op, list[str]] = {"equal": [], "delete": [], "insert": []}
    for mark in marks:
        if mark.op == "equal" and (pieces["delete"] or pieces["insert"]):
            yield from _flushed(pieces)
        elif mark.op != "equal" and pieces["equal"]:
            yield Mark("equal", "".join(pieces["equal"]))
            pieces["equal"].clear()
        pieces[mark.op].append(mark.text)
    if pieces["equal"]:
        yield Mark("equal", "".join(pieces["equal"]))
        pieces["equal"].clear()
    yield from _flushed(pieces)


def _flushed(pieces: dict[Op, list[str]]) -> Iterator[Mark]:
    deleted, inserted = "".join(pieces["delete"]), "".join(pieces["insert"])
    pieces["delete"].clear()
    pieces["insert"].clear()
    if deleted == inserted:
        return
    if deleted:
        yield Mark("delete", deleted)
    if inserted:
        yield Mark("insert", inserted)
