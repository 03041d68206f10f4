"""One mistake on line after line is told a few times; a nest of brackets that is too deep is told once."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.diagnostics import Diagnostic
from dsl.incremental import Rereader
from dsl.parser import parse
from dsl.runs import TOLD
from dsl.source import Source


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    source = Source("a.synth", f"edition 1\n{text}")
    found = parse(source).diagnostics
    assert Rereader().parse(source).diagnostics == found
    return found


@given(st.sampled_from([")\n", "const a = (\n", "foo bar\n", 'const a = "x\n', "dataset d {\n"]), st.integers(1, 40))
def test_each_line_with_the_same_mistake_is_told_until_there_are_too_many(line: str, count: int) -> None:
    found = mistakes(line * count)
    assert len(found) == min(count, TOLD)
    left = f"{count - TOLD} more of this follow, which are not told"
    assert (left in found[-1].notes) == (count > TOLD)


def test_another_mistake_between_is_told_and_so_is_what_follows_it() -> None:
    found = mistakes(")\n" * 20 + "foo bar\n" + ")\n" * 20)
    assert [one.code for one in found] == [*["E0104"] * TOLD, "E0110", *["E0104"] * TOLD]


def test_the_same_mistake_far_apart_is_told_each_time() -> None:
    found = mistakes(")\n\nconst a = 1\n\n" * 30)
    assert len(found) == 30


@pytest.mark.parametrize("brackets", ["(" * 3000, "(\n" * 3000, "[" * 3000 + "]" * 3000, "([{" * 1000, "{\n" * 3000])
@pytest.mark.parametrize("head", ["", "const a = ", "dataset d {\n"])
def test_brackets_that_are_too_deep_are_one_mistake_and_take_no_time(head: str, brackets: str) -> None:
    before = time.process_time()
    assert [one.code for one in mistakes(head + brackets)] == ["E0109"]
    assert time.process_time() - before < 2


def test_what_is_left_open_behind_a_nest_that_is_too_deep_is_a_mistake_of_its_own() -> None:
    found = mistakes("const a = " + "(" * 100 + ")" * 100 + "\nconst b = (1\nconst c = 1\n")
    assert [one.code for one in found] == ["E0109", "E0103"]
