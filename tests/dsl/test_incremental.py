"""Reading a file again after an edit gives what reading it from the start gives, and reads only what was touched."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsl.incremental import Rereader
from dsl.parser import Parsed, parse
from dsl.source import Source
from dsl.tree import walk
from tests.dsl.edits import edited

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "tests/dsl/examples").glob("*.synth"), *(ROOT / "dsl/std").glob("*.synth")])
PATH = "specs/a.synth"
SPEC = '''edition 1

## How many.
param n: int = 3

record Row { a: str }

prompt ask(x: int) """
  Say {{ x }}.
"""

dataset rows {
  each x in 1..3
  gen y: str = ask(x) with writer
  emit { a = y }
}
'''


def shown(parsed: Parsed) -> object:
    nodes = [(repr(node), node.span) for declaration in parsed.file.declarations for node in walk(declaration)]
    file = parsed.file
    return nodes, repr(file.doc), file.span, file.broken, file.lost, parsed.diagnostics


@given(st.sampled_from(FILES), st.integers(0, 10**6))
@example(
    ROOT / "tests/dsl/examples/bios.synth", 27426
)  # a brace comes back above a test that indentation had cut short
@example(ROOT / "tests/dsl/examples/python_qa.synth", 3050)  # what a brace closes without a head stands above it
@example(ROOT / "dsl/std/text_to_sql.synth", 3690)
@example(ROOT / "tests/dsl/examples/support_mix.synth", 5150)
@example(ROOT / "tests/dsl/examples/bios.synth", 125007)  # nothing is left of a region's last line but what was cut
@settings(max_examples=12, deadline=None)
def test_after_any_edits_the_tree_and_the_mistakes_are_those_of_a_first_reading(file: Path, seed: int) -> None:
    text = file.read_text()
    reader = Rereader()
    reader.parse(Source(PATH, text))
    for after in edited(text, Random(seed), 12):
        assert shown(reader.parse(Source(PATH, after))) == shown(parse(Source(PATH, after))), after


def test_declarations_before_an_edit_are_kept_and_those_behind_it_move() -> None:
    reader = Rereader()
    before = reader.parse(Source(PATH, SPEC)).file.declarations
    after = reader.parse(Source(PATH, SPEC.replace("a: str", "abc: str"))).file.declarations
    assert before[0] is after[0]
    assert [new.span.start - old.span.start for old, new in zip(before, after, strict=True)] == [0, 0, 0, 2, 2]
    assert before[3].span == parse(Source(PATH, SPEC)).file.declarations[3].span, "what was read before stays as it was"


def test_half_a_statement_costs_no_other_declaration() -> None:
    reader = Rereader()
    before = reader.parse(Source(PATH, SPEC)).file.declarations
    broken = reader.parse(Source(PATH, SPEC.replace("gen y: str = ask(x) with writer", "gen y: str =")))
    assert [found.code for found in broken.diagnostics] == ["E0101"]
    assert [new is old for old, new in zip(before, broken.file.declarations, strict=True)] == [True] * 4 + [False]


@pytest.mark.parametrize(
    ("found", "typed"),
    [('"""\n  Say', '""\n  Say'), ("emit { a = y }\n}", "emit { a = y }"), ('.\n"""', ".\n"), ("Row {", "Row ")],
)
def test_what_does_not_add_up_is_read_as_a_whole_and_taken_back_by_parts(found: str, typed: str) -> None:
    reader = Rereader()
    first = reader.parse(Source(PATH, SPEC)).file.declarations
    broken = Source(PATH, SPEC.replace(found, typed))
    assert shown(reader.parse(broken)) == shown(parse(broken))
    again = reader.parse(Source(PATH, SPEC))
    assert again.diagnostics == ()
    assert again.file.declarations[0] is first[0]
