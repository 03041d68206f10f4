"""A text means the same whatever its lines end with, on disk and in an editor, byte order mark or not."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from dsl.diagnostics.fixing import edited
from dsl.dump import dump_tree
from dsl.format import format_edits, format_source
from dsl.incremental import Rereader
from dsl.parser import parse, read_source
from dsl.source import BOM, Source
from tests.dsl.mutations import MUTATIONS, corpus
from tests.dsl.specs import EXAMPLES

ENDS = st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=3, max_size=9)
MARKS = st.sampled_from(["", BOM])


def ended(text: str, ends: list[str]) -> str:
    """The text with its lines ended by each of `ends` in turn; two that would read as one are made alike."""
    *lines, last = text.split("\n")
    made = ""
    for at, line in enumerate(lines):
        made += line + ("\r" if not line and made.endswith("\r") else ends[at % len(ends)])
    return made + last


def told(source: Source) -> list[tuple[str, str, int, int]]:
    found = parse(source).diagnostics
    places = [source.position(one.span.start) if one.span is not None else None for one in found]
    return [
        (one.code, one.message, at.line, at.column) if at is not None else (one.code, one.message, 0, 0)
        for one, at in zip(found, places, strict=True)
    ]


@given(st.sampled_from(EXAMPLES), ENDS, MARKS)
@settings(max_examples=20)
def test_a_spec_is_the_same_from_disk_and_from_an_editor(text: str, ends: list[str], mark: str) -> None:
    written = mark + ended(text, ends)
    saved, unsaved = read_source(written.encode(), "a.synth"), Source.unsaved("a.synth", written)
    assert saved.text == text and len(unsaved.text) == len(written)
    assert dump_tree(parse(saved).file) == dump_tree(parse(unsaved).file) == dump_tree(parse(Source("a", text)).file)


@given(st.integers(0, 10**6), ENDS, MARKS)
@settings(max_examples=40)
def test_a_broken_spec_has_the_same_mistakes_at_the_same_places(seed: int, ends: list[str], mark: str) -> None:
    random = Random(seed)
    text = random.choice(list(MUTATIONS.values()))(random.choice(corpus()), random)
    unsaved = Source.unsaved("a.synth", mark + ended(text, ends))
    wanted = told(read_source(text.encode(), "a.synth"))
    moved = [(code, message, line, at - (line == 1) * len(mark)) for code, message, line, at in told(unsaved)]
    assert moved == wanted
    assert Rereader().parse(unsaved).diagnostics == parse(unsaved).diagnostics


@given(st.sampled_from(EXAMPLES), ENDS, MARKS)
@settings(max_examples=10)
def test_an_editors_text_is_laid_out_as_its_file_is(text: str, ends: list[str], mark: str) -> None:
    written = Source.unsaved("a.synth", mark + ended(text, ends))
    assert format_source(written) == format_source(Source("a.synth", text))
    assert edited(written.text, format_edits(written)) == format_source(written)


def test_an_unsaved_text_with_a_mark_and_old_line_ends_is_checked_without_a_message() -> None:
    text = f"{BOM}edition 1\r# a note\rparam n: int = 3\r"
    found = analyse("a.synth", MemoryCatalog(), texts={"a.synth": text})
    assert found.diagnostics == () and "n" in {one.name for one in found.model.scopes["a.synth"].names.values()}
