"""Mocks answer calls in the order of elements, wherever a test is run: by itself, or within a build's loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from compiler.functions import library as fn
from runtime.program.outcome import Kept
from runtime.program.row import Row
from tests.program.scripted import WORD, a_row, ask, doubt, run

RAGGED = [["a", "b"], ["c"], ["d", "e", "f"]]


@dataclass
class InOrder:
    """The next of many answers at each call."""

    answers: list[Any]

    def take(self, call: int, where: str = "") -> object:
        return self.answers[call]


def judged(row: Row) -> Any:
    def sure(text: str) -> Any:
        return row.judge("doubt", doubt, "critic", {"text": text}).p

    return row.at_once(fn.list_map, RAGGED, lambda it: row.at_once(fn.list_map, it, sure))


def generated(row: Row) -> Any:
    def one(text: str, at: Any) -> Any:
        return row.gen("word", ask, WORD, "writer", {"text": text}, at=at)

    return row.each(RAGGED, lambda at, texts: row.each(texts, lambda inner, text: one(text, inner), at=at))


@pytest.mark.parametrize("greenlet", [True, False])
def test_mocked_verdicts_in_lists_of_lists_go_by_place(greenlet: bool) -> None:
    found: list[Any] = []
    row = a_row(stage={"mocks": {"doubt": InOrder([True, False, True, False, False, True])}})
    assert isinstance(run(row, lambda row: found.append(judged(row)), greenlet), Kept)
    assert found == [[[1.0, 0.0], [1.0], [0.0, 0.0, 1.0]]]


@pytest.mark.parametrize("greenlet", [True, False])
def test_mocked_answers_for_lists_of_lists_go_by_place(greenlet: bool) -> None:
    found: list[Any] = []
    row = a_row(stage={"mocks": {"word": InOrder(list("ABCDEF"))}})
    assert isinstance(run(row, lambda row: found.append(generated(row)), greenlet), Kept)
    assert found == [[["A", "B"], ["C"], ["D", "E", "F"]]]
