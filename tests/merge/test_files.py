"""Conflicts as a file that a person edits, and decisions read back from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.diagnostics import SynthError
from runtime.diff.values import ABSENT
from runtime.merge import Conflict, Resolution
from runtime.merge.files import read_resolutions, write_conflicts

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.text(min_size=1, max_size=5)
CONFLICTS = st.lists(
    st.builds(Conflict, NAMES, NAMES, NAMES, st.none() | NAMES, VALUES, VALUES, st.just(ABSENT)),
    max_size=3,
    unique_by=lambda one: (one.dataset, one.table, one.key, one.column),
)
ONE = Conflict("qa", "qa", "p4", "answer", "a\nb", 'say "x", y', None)


@pytest.mark.parametrize("name", ["c.jsonl", "c.csv"])
@given(conflicts=CONFLICTS)
def test_a_file_as_it_was_written_decides_nothing(name: str, conflicts: list[Conflict]) -> None:
    assert read_resolutions(write_conflicts(conflicts, name), name) == []


@given(CONFLICTS)
def test_each_line_that_takes_a_side_is_a_decision_about_its_place(conflicts: list[Conflict]) -> None:
    text = write_conflicts(conflicts, "c.jsonl").replace('"take":""', '"take":"theirs"')
    assert read_resolutions(text, "c.jsonl") == [
        Resolution(one.dataset, one.table, one.key, one.column, "theirs") for one in conflicts
    ]


def test_a_spreadsheet_s_values_are_json_or_else_plain_text() -> None:
    text = write_conflicts([ONE, replace(ONE, key="p5"), replace(ONE, key="p6", column=None)], "c.csv")
    values = iter(["value,yes it is", "value,5", "theirs,"])
    filled = "\n".join(f"{line[:-1]}{next(values)}" if line.endswith(",,") else line for line in text.split("\n"))
    assert [(one.key, one.column, one.take, one.value) for one in read_resolutions(filled, "c.csv")] == [
        ("p4", "answer", "value", "yes it is"),
        ("p5", "answer", "value", 5),
        ("p6", None, "theirs", None),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no object"),
        ('{"dataset": "qa", "table": "qa", "take": "ours"}', "`key` is missing"),
        ('{"dataset": "qa", "table": "qa", "key": "p4", "take": "our"}', "`take` is `our`"),
        ('{"dataset": "qa", "table": "qa", "key": "p4", "take": "ours", "column": 5}', "`column` is `5`"),
    ],
)
def test_a_line_that_decides_nothing_readable_is_told_with_its_place(line: str, said: str) -> None:
    with pytest.raises(SynthError) as caught:
        read_resolutions(f"\n{line}\n", "decided.jsonl")
    (found,) = caught.value.diagnostics
    assert found.code == "E1066"
    assert found.message.startswith("decided.jsonl:2: ")
    assert said in found.message


@pytest.mark.parametrize(("old", "new"), [(",", ";"), ("dataset,table,key,column,base,ours,theirs,take,value\n", "")])
def test_a_spreadsheet_whose_columns_cannot_be_told_apart_is_refused(old: str, new: str) -> None:
    text = write_conflicts([ONE], "c.csv")[:-2] + "ours,\n"
    assert read_resolutions(text, "c.csv")
    with pytest.raises(SynthError, match=r"c\.csv:1: there is no column `"):
        read_resolutions(text.replace(old, new), "c.csv")


def test_two_different_decisions_about_one_place_are_a_mistake() -> None:
    line = '{"dataset": "qa", "table": "qa", "key": "p4", "column": "answer", "take": "ours"}\n'
    assert len(read_resolutions(line * 2, "c.jsonl")) == 1
    with pytest.raises(SynthError, match=r"c\.jsonl:2: `p4` column `answer` was decided otherwise in a line above"):
        read_resolutions(line + line.replace("ours", "theirs"), "c.jsonl")


def test_a_spreadsheet_may_hold_texts_of_any_length() -> None:
    text = write_conflicts([replace(ONE, base="x" * 200_000)], "c.csv")
    assert [one.take for one in read_resolutions(text[:-2] + "theirs,\n", "c.csv")] == ["theirs"]
