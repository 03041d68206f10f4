"""Places as an editor counts them and places in characters: each the other's way back, in every encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from runtime.lsp.documents import Document
from runtime.lsp.positions import ENCODINGS, Lines

TEXTS = st.text(st.sampled_from("ab{}\n\r\t é中😋\u2028\x0b"), max_size=30)


@given(TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_a_place_that_was_told_leads_back_to_where_it_was(text: str, encoding: str, data: st.DataObject) -> None:
    lines = Lines(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    inside = text[offset - 1 : offset + 1] == "\r\n"  # no editor can stand between them
    assert lines.offset(lines.position(offset)) == offset - inside


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 9), ("utf-16", 5), ("utf-32", 4)])
def test_a_column_is_counted_in_the_units_that_were_agreed(encoding: str, column: int) -> None:
    lines = Lines("first\na😋b中c", encoding)
    assert lines.position(len("first\na😋b中")) == types.Position(1, column)
    assert lines.offset(types.Position(1, column)) == len("first\na😋b中")


def test_lines_end_as_the_protocol_says_and_not_as_python_does() -> None:
    lines = Lines("a\r\nb\rc\nd\u2028e\x0bf")
    assert [lines.position(at).line for at in range(len(lines.text))] == [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 3]


def test_a_place_beyond_a_line_is_its_end_and_one_beyond_the_text_the_texts() -> None:
    lines = Lines("ab\r\ncd")
    assert lines.offset(types.Position(0, 99)) == 2
    assert lines.offset(types.Position(9, 0)) == 6


@given(TEXTS, TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_what_is_typed_into_a_text_is_there(text: str, typed: str, encoding: str, data: st.DataObject) -> None:
    """The editor and the server hold the same text after any edit between two places that an editor can name."""
    places = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n" or at == 0]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    before = Document("file:///a.synth", text, 1, encoding)
    change = types.TextDocumentContentChangePartial(range=before.lines.range(start, end), text=typed)
    after = before.changed(2, [change])
    assert (after.text, after.version) == (text[:start] + typed + text[end:], 2)
