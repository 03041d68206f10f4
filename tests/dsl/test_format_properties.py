"""What holds of formatting for every spec: same tree, same comments, same fingerprints, same text the second time."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.analysis import analyse
from compiler.passes.fingerprint import words_of
from dsl.diagnostics import SynthError
from dsl.diagnostics.fixing import edited
from dsl.dump import dump_tree
from dsl.format import format_edits, format_range, format_source
from dsl.layout import WIDTH
from dsl.lexer import COMMENT, DOC, NEWLINE, Lexer
from dsl.parser import parse
from dsl.source import Source, Span
from runtime.sources.catalog import ProjectCatalog
from tests.dsl.specs import specs

ROOT = Path(__file__).parents[2]
SPECS = sorted([*(ROOT / "specs").glob("**/*.synth"), *(ROOT / "dsl/std").glob("*.synth")])
SPECS = [file for file in SPECS if file.is_file()]
FAST = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def notes(source: Source) -> Counter[str]:
    """What the file's comments say: `##x` is written `## x`."""
    tokens = Lexer(source).tokens
    return Counter(token.text.lstrip("#").strip() for token in tokens if token.type in (COMMENT, DOC))


def words(source: Source) -> list[str]:
    """What a description's fingerprint is made of; a row's is made of the tree."""
    return [word for _, word in words_of(source)]


def holds(text: str, at: int) -> None:
    """A text with mistakes is refused and not touched."""
    source = Source("a.synth", text)
    parsed = parse(source)
    if parsed.diagnostics:
        with pytest.raises(SynthError):
            format_edits(source)
        return
    tree = dump_tree(parsed.file)
    made = Source("a.synth", format_source(source))
    assert dump_tree(parse(made).file) == tree
    assert notes(made) == notes(source)
    assert words(made) == words(source)
    assert format_source(made) == made.text
    assert edited(text, format_edits(source)) == made.text
    place = at % (len(text) + 1)
    part = Source("a.synth", edited(text, format_range(source, Span("a.synth", place, min(place + 40, len(text))))))
    assert dump_tree(parse(part).file) == tree
    assert notes(part) == notes(source)


@FAST
@given(specs, st.integers(0, 10_000))
def test_formatting_keeps_everything_but_space(text: str, at: int) -> None:
    holds(text, at)


def shaken(source: Source, dice: random.Random) -> str:
    """The same tokens on the same lines, with other space between them and blank lines anywhere."""
    parts: list[str] = []
    end = 0
    for token in Lexer(source).tokens:
        gap = source.text[end : token.start]
        needed = bool(gap) or token.type in (COMMENT, DOC)
        parts.append("" if token.type == NEWLINE else " " * dice.randint(int(needed), 3))
        parts.append(token.text)
        end = token.end
    return "".join(parts)


def fingerprints(source: Source, root: Path) -> list[tuple[str, str]]:
    path = source.path
    found = analyse(path, ProjectCatalog(root), upto="fingerprint", texts={path: source.text})
    assert found.ok, found.errors
    return [(one.data, one.description) for one in found.model.fingerprints.values()]


@pytest.mark.parametrize("file", SPECS, ids=lambda file: file.stem)
def test_specs_that_differ_in_space_alone_come_out_the_same_with_their_fingerprints(file: Path) -> None:
    root = ROOT / "dsl" if file.parent.name == "std" else file.parent
    source = Source(str(file.relative_to(root)), file.read_text())
    loose = Source(source.path, shaken(source, random.Random(file.stem)))
    assert format_source(loose) == format_source(source) == source.text
    assert fingerprints(loose, root) == fingerprints(source, root)


@pytest.mark.parametrize("file", SPECS, ids=lambda file: file.stem)
def test_few_rows_of_the_tree_are_too_long_and_those_are_one_text(file: Path) -> None:
    source = Source(file.name, file.read_text())
    inside = {line for token in Lexer(source).tokens if token.type == "TEMPLATE" for line in token.text.split("\n")}
    long = [line for line in source.text.split("\n") if len(line) > WIDTH and line not in inside]
    assert [line for line in long if '"' not in line and "##" not in line] == []


COMMAS = """edition 1
dataset d {
  each n in [1, 2,]
  gen note: str with writer { temperature = 0.5, # warm
    max_tokens = 40, } \"\"\"
    Write note {{ n }}.
  \"\"\"
  let parts = [words(note),
    sentences(note)]
  let long = [similarity(note, "a first text"), similarity(note, "a second text"), similarity(note, "a third text"), 1]
  emit { note = note, parts = parts,
    long = long }
}
"""


def test_commas_that_are_added_and_dropped_are_no_part_of_a_fingerprint() -> None:
    made = format_source(Source("a.synth", COMMAS))
    assert made.count(",") != COMMAS.count(",") and len(made.split("\n")) > len(COMMAS.split("\n"))
    assert fingerprints(Source("a.synth", made), ROOT) == fingerprints(Source("a.synth", COMMAS), ROOT)
    other = Source("a.synth", made.replace("sentences(note),", "sentences(note), 1,"))
    assert fingerprints(other, ROOT) != fingerprints(Source("a.synth", COMMAS), ROOT)
