"""A text cut to a number of tokens: never more, at a word's end where it can be, and the same text for ever."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import library as fn
from compiler.functions.tokens import MARK, WORDS, Cutter, cut, read_by

TEXTS = st.text(st.sampled_from("ab  \n.é€\u0301👩\u200d👩\ufe0f"), max_size=200)
PIECE = re.compile(r"\s?\w{1,3}|\W")


def pieces(text: str) -> int:
    """Somewhat as a model's tokenizer: short pieces of words, and bytes of what is no letter."""
    return sum(1 if piece.isascii() else len(piece.encode()) for piece in PIECE.findall(text))


@given(TEXTS, st.integers(0, 60))
def test_a_cut_text_has_no_more_tokens_than_asked_for_and_begins_as_it_did(text: str, limit: int) -> None:
    found = Cutter(pieces).cut(text, limit)
    assert pieces(found) <= limit
    assert text.startswith(found.removesuffix(MARK))
    assert (found == text) == (pieces(text) <= limit)


@given(st.lists(st.sampled_from(["one", "three", "eleven"]), min_size=1, max_size=80), st.integers(9, 60))
def test_as_many_whole_words_are_kept_as_fit(words: list[str], limit: int) -> None:
    text = " ".join(words)
    found = Cutter(pieces).cut(text, limit)
    kept = found.removesuffix(MARK).split()
    assert kept == words[: len(kept)]
    if found != text:
        assert pieces(" ".join(words[: len(kept) + 1]) + MARK) > limit


def test_one_long_word_is_cut_between_its_characters() -> None:
    assert Cutter(len).cut("Donaudampfschiff", 6) == "Donau…"
    assert Cutter(len).cut("Donau dampf", 9) == "Donau…"
    family = "👩\u200d👩" * 3
    assert Cutter(len).cut(family, 6) == "👩\u200d👩…"
    assert Cutter(len).cut("e\u0301e\u0301", 2) == "e\u0301"


def test_a_long_text_is_not_read_to_its_end() -> None:
    seen: list[int] = []

    def counted(text: str) -> int:
        seen.append(len(text))
        return len(text.split())

    cutter = Cutter(counted)
    text = "word " * 100_000
    assert cutter.cut(text, 3) == "word word word…"
    assert max(seen) < 200
    calls = len(seen)
    assert cutter.cut(text, 3) == "word word word…"
    assert len(seen) == calls


def test_who_reads_it_decides_how_much_fits() -> None:
    text = "one two three four"
    assert fn.truncate(text, tokens=2) == "one two…"
    with read_by(Cutter(len)):
        assert fn.truncate(text, tokens=8) == "one two…"
        with read_by(WORDS):
            assert cut(text, 3) == "one two three…"
        assert fn.truncate(text, tokens=18) == text
    assert fn.truncate(text, 5) == "one …"
    assert fn.truncate(text, 5, tokens=1) == "one…"
    assert fn.truncate(None, tokens=1) is None  # type: ignore[arg-type]
