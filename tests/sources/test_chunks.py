"""Chunks: so many words each, cut where a paragraph or sentence ends, and numbered so that appending changes none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.sources.chunks import _WORD, chunks

PIECES = st.lists(
    st.sampled_from(["one", "two.", "Three!", " ", "  ", "\n", "\n\n", "七夕", "。", "- ", "  x"]), max_size=120
)
SIZES = st.tuples(st.integers(1, 12), st.integers(0, 11)).map(lambda sizes: (sizes[0], min(sizes[1], sizes[0] - 1)))


def cut(text: str, size: int, overlap: int = 0, breaks: tuple[int, ...] = ()) -> list[str]:
    return [text[start:end] for start, end in chunks(text, size, overlap, breaks)]


def words(text: str) -> list[str]:
    return _WORD.findall(text)


@given(PIECES, SIZES)
def test_chunks_are_the_text_s_words_in_order_each_beginning_with_the_end_of_the_one_before(
    pieces: list[str], sizes: tuple[int, int]
) -> None:
    text = "".join(pieces)
    size, overlap = sizes
    found = [words(chunk) for chunk in cut(text, size, overlap)]
    assert all(0 < len(chunk) <= size for chunk in found)
    for before, after in pairwise(found):
        assert len(after) > overlap
        assert after[:overlap] == before[len(before) - overlap :]
    assert [word for n, chunk in enumerate(found) for word in chunk[overlap if n else 0 :]] == words(text)


@given(PIECES, PIECES, SIZES)
def test_what_is_appended_changes_no_chunk_but_the_last(
    pieces: list[str], more: list[str], sizes: tuple[int, int]
) -> None:
    text = "".join(pieces) + "\n\n"
    before, after = cut(text, *sizes), cut(text + "".join(more), *sizes)
    assert after[: max(len(before) - 1, 0)] == before[:-1]


def test_a_chunk_ends_at_a_paragraph_or_else_a_sentence_in_its_last_third() -> None:
    text = "One two. Three four.\n\nFive six. Seven eight nine ten."
    assert cut(text, 6) == ["One two. Three four.", "Five six. Seven eight nine ten."]
    assert cut(text, 5) == ["One two. Three four.", "Five six. Seven eight nine", "ten."]
    assert cut("One two three four five. Six seven eight.", 6) == ["One two three four five.", "Six seven eight."]
    assert cut("One. Two three four five six seven.", 6) == ["One. Two three four five six", "seven."]


def test_nothing_is_shared_across_a_break() -> None:
    text = "a b c d\nH e f g h"
    assert cut(text, 3, 1, (text.index("H"),)) == ["a b c", "c d", "H e f", "f g h"]


def test_a_script_without_spaces_is_counted_by_its_characters() -> None:
    text = "我们去公园。天气很好，明天再来。"
    assert cut(text, 6) == ["我们去公园。", "天气很好，明天", "再来。"]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_text_without_words_has_no_chunk(text: str) -> None:
    assert cut(text, 5) == []


def test_lines_keep_their_indentation() -> None:
    assert cut("a b\n    c d\n    e f", 2) == ["a b", "    c d", "    e f"]
