"""Overlap with an evaluation set: what a run of words is, what short texts do, and which text is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.filters import overlaps
from runtime.filters.words import contains, runs, words


@dataclass
class Texts:
    texts: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.texts)

    def text(self, place: int) -> str | None:
        return self.texts[place]


LONG = "the quick brown fox jumps over the lazy dog and runs away"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He said: The QUICK, brown fox\njumps!", 0),
        ("the quick brown fox walks", None),
        ("over the lazy", 0),
        ("fox jumps quick", None),
        ("a lazy answer is forty-two, really", 1),
        ("forty", 1),
        ("", None),
        ("?!", None),
        (None, None),
    ],
)
def test_a_run_of_five_words_or_a_whole_shorter_text_overlaps(text: str | None, found: int | None) -> None:
    assert overlaps("ngram", 5, Texts([LONG, "forty-two", None, ""])).find(text) == found


def test_the_first_text_that_overlaps_is_named() -> None:
    assert overlaps("ngram", 3, Texts(["x y z", LONG, "quick brown fox"])).find("a quick brown fox") == 1
    assert overlaps("ngram", 3, Texts(["fox", LONG])).find("the quick brown fox") == 0


@pytest.mark.parametrize(
    ("method", "number", "text", "found"),
    [
        ("exact", None, "two lines  \r\nof text", 1),
        ("exact", None, "Two lines of text", None),
        ("minhash", 0.7, "the quick brown fox jumps over the lazy dogs and runs away", 0),
        ("minhash", 0.7, "nothing of the kind", None),
        ("meaning", 0.7, "a fast brown fox leaps over a lazy dog and runs off", 0),
        ("meaning", 0.7, "my phone bill is too high", None),
    ],
)
def test_whole_texts_are_compared_as_dedup_does(method: str, number: float | None, text: str, found: int) -> None:
    reference = Texts([LONG, "two lines\nof text", "two lines\nof text", None])
    assert overlaps(method, number, reference).find(text) == found


texts = st.lists(st.sampled_from("abc"), max_size=9).map(" ".join)


@given(st.lists(texts, max_size=8), texts, st.integers(1, 5))
def test_the_index_finds_what_looking_at_every_text_finds(reference: list[str], text: str, n: int) -> None:
    given_words = text.split()

    def alike(other: list[str]) -> bool:
        length = min(n, len(given_words), len(other))
        if length == 0:
            return False
        starts = range(len(given_words) - length + 1)
        return any(contains(other, given_words[start : start + length]) for start in starts)

    expected = next((place for place, other in enumerate(reference) if alike(other.split())), None)
    assert overlaps("ngram", n, Texts(reference)).find(text) == expected


def test_case_punctuation_and_blanks_are_no_part_of_a_word() -> None:
    assert words("Don\u2019t  STOP\u2014now (please)!") == ["don", "t", "stop", "now", "please"]
    assert words("\uff21\uff22 caf\u00e9 cafe\u0301") == ["ab", "caf\u00e9", "caf\u00e9"]
    assert len(runs(["a", "b"], 3)) == 0
    assert runs(["a", "b"], 2)[0] != runs(["b", "a"], 2)[0]
