"""Gens in lists: samples, elements and their places, failures that are null, and what is recorded in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from compiler.functions import library as fn
from compiler.functions.elements import Elements
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request
from runtime.program.outcome import Kept, Rejected, Unanswered
from runtime.program.row import Row
from runtime.program.shape import Shape
from runtime.program.trace import Event
from runtime.sampling import seed_of
from tests.program.scripted import WORD, a_row, ask, doubt, run


def places(row: Row, cell: str) -> list[tuple[int, int, int, int]]:
    return [(e.round, e.element, e.sample, e.attempt) for e in row.events if e.cell == cell]


def of(row: Row, cell: str) -> list[Event]:
    return [event for event in row.events if event.cell == cell]


def test_samples_differ_by_their_seeds_alone_and_keep_their_order() -> None:
    made: dict[str, Any] = {}

    def body(row: Row) -> None:
        made["drafts"] = row.gen("drafts", ask, WORD, "writer", {"text": "x"}, times=4)

    row = a_row(order=3)
    assert isinstance(run(row, body), Kept)
    assert type(made["drafts"]) is list
    assert row.values["drafts"] == made["drafts"] == [event.value for event in of(row, "drafts")]
    assert places(row, "drafts") == [(0, 0, sample, 0) for sample in range(4)]
    assert [event.seed for event in of(row, "drafts")] == [
        seed_of(0, "scripted", "drafts", ("k", 1), 0, 0, sample, 0) for sample in range(4)
    ]
    assert all(fn.logprob(draft) == event.logprob for draft, event in zip(made["drafts"], row.events, strict=True))


def test_a_gen_for_a_list_keeps_the_places_of_what_it_was_made_for() -> None:
    def body(row: Row) -> None:
        some = fn.list_where(["a", "b", "c", "d"], lambda it: it > "b")
        row.each(some, lambda at, x: row.gen("claims", ask, WORD, "writer", {"text": x}, at=at), name="claims")

    row = a_row(order=1)
    run(row, body)
    found = row.values["claims"]
    assert isinstance(found, Elements)
    assert found.places == (2, 3)
    assert places(row, "claims") == [(0, 2, 0, 0), (0, 3, 0, 0)]
    assert row.events[0].seed == seed_of(0, "scripted", "claims", ("k", 1), 0, 2, 0, 0)


def test_lists_nest_and_every_element_has_a_number_of_its_own() -> None:
    def body(row: Row) -> None:
        row.each(
            [["a", "b"], ["c"]],
            lambda at, xs: row.each(
                xs, lambda at, x: row.gen("y", ask, WORD, "writer", {"text": x}, at=at, times=2), at=at
            ),
            name="y",
        )

    row = a_row(order=2)
    run(row, body)
    found: Any = row.values["y"]
    assert [[len(samples) for samples in inner] for inner in found] == [[2, 2], [2]]
    inner = 1 << 20
    assert places(row, "y") == [(0, element, sample, 0) for element in (0, 1, inner) for sample in (0, 1)]


def test_an_element_that_is_null_stays_null_without_a_call() -> None:
    def body(row: Row) -> None:
        row.each(["a", None, "c"], lambda at, x: row.gen("y", ask, WORD, "w", {"text": x}, at=at), name="y")
        row.each(None, lambda at, x: row.gen("z", ask, WORD, "w", {"text": x}, at=at), name="z")

    row = a_row()
    run(row, body)
    assert [value is None for value in row.values["y"]] == [False, True, False]  # type: ignore[attr-defined]
    assert row.values["z"] is None
    assert places(row, "y") == [(0, 0, 0, 0), (0, 2, 0, 0)]


def test_pairs_are_unpacked_and_a_pair_of_nulls_is_passed_over() -> None:
    def body(row: Row) -> None:
        pairs = fn.zip_(["a", None, "c"], ["x", None, None])
        row.each_of(pairs, lambda at, a, b: row.gen("y", ask, WORD, "w", {"text": f"{a}{b}"}, at=at), name="y")
        for at, (a, b) in row.elements_of(pairs):
            row.emit("t", {"a": a, "b": b}, position=(at,))

    row = a_row()
    outcome = run(row, body)
    assert [event.arguments for event in row.events] == [{"text": "ax"}, {"text": "cNone"}]
    assert isinstance(outcome, Kept)
    assert outcome.rows == (("t", (0,), {"a": "a", "b": "x"}), ("t", (2,), {"a": "c", "b": None}))


def test_a_condition_is_asked_for_each_element() -> None:
    def body(row: Row) -> None:
        gen = lambda at, x: row.gen("y", ask, WORD, "w", {"text": x}, at=at, when=lambda: x != "b")  # noqa: E731
        row.each(["a", "b"], gen, name="y")
        row.gen("z", ask, WORD, "w", {"text": "z"}, when=False, times=3)

    row = a_row()
    run(row, body)
    assert places(row, "y") == [(0, 0, 0, 0)]
    assert row.values["y"][1] is None  # type: ignore[index]
    assert row.values["z"] is None


@pytest.mark.parametrize("deep", [1, 2, 4])
def test_more_elements_than_can_be_told_apart_drop_the_row_with_a_reason(deep: int) -> None:
    last = Elements(["a"], ((1 << 20) - 1 if deep == 4 else 1 << 20,))

    def through(row: Row, at: Any, depth: int, values: Any, name: str | None = None) -> Any:
        if depth == 1:
            return row.each(values, lambda at, x: row.gen("y", ask, WORD, "w", {"text": x}, at=at), at=at, name=name)
        return row.each(values, lambda at, xs: through(row, at, depth - 1, xs), at=at, name=name)

    values: Any = last
    for _ in range(deep - 1):
        values = Elements([values], ((1 << 20) - 1,))
    row = a_row(order=1)
    outcome = run(row, lambda row: through(row, 0, deep, values, "y"))
    assert isinstance(outcome, Rejected)
    assert (outcome.step, outcome.names) == ("gen y", ("y",))
    assert "1,048,576 in a list" in outcome.reason
    assert row.events == []


NEVER = Shape.text(check=lambda value: "is never right")


def test_an_element_that_fails_its_type_as_often_as_it_may_is_null() -> None:
    def body(row: Row) -> None:
        row.gen("drafts", ask, NEVER, "w", {"text": "x"}, times=2, attempts=2)
        row.each(["a"], lambda at, x: row.gen("y", ask, NEVER, "w", {"text": x}, at=at), name="y")

    row = a_row(order=5)
    assert isinstance(run(row, body), Kept)
    assert row.values["drafts"] == [None, None]
    assert places(row, "drafts") == [(0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 0, 1, 1)]
    assert row.values["y"] == [None]
    assert len({event.seed for event in row.events}) == 7


def test_outside_a_list_it_drops_the_row() -> None:
    outcome = run(a_row(), lambda row: row.gen("one", ask, NEVER, "w", {"text": "x"}, attempts=2))
    assert outcome == Rejected("gen one", "is never right (2 attempts)", ("one",))


def test_a_dry_run_says_where_it_stopped_after_every_sample_was_looked_up() -> None:
    looked = []

    def respond(request: Request) -> str | None:
        looked.append(request.seed)
        raise Unanswered("")

    row = a_row(respond, order=4)
    outcome = run(row, lambda row: row.gen("drafts", ask, WORD, "w", {"text": "x"}, times=3))
    assert getattr(outcome, "cell", None) == "drafts"
    assert len(looked) == 3


def test_a_row_of_a_table_has_the_place_and_the_value_that_tell_it_apart() -> None:
    def body(row: Row) -> None:
        for at, x in row.elements(Elements(["b", None, "c"], (1, 2, 4))):
            row.emit("t", {"x": x}, position=(at,), split=x)

    outcome = run(a_row(), body)
    assert isinstance(outcome, Kept)
    assert [(table, position) for table, position, _ in outcome.rows] == [("t/b", (1,)), ("t/c", (4,))]


def test_a_generated_value_carries_what_the_model_thought_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    written = DeterministicEngine.complete

    async def aloud(self: DeterministicEngine, request: Request) -> Answer:
        return replace(await written(self, request), reasoning=f"hm, {request.digest[:2].hex()}")

    monkeypatch.setattr(DeterministicEngine, "complete", aloud)
    row = a_row()
    run(row, lambda row: row.gen("drafts", ask, WORD, "w", {"text": "x"}, times=2))
    found: Any = row.values["drafts"]
    assert [fn.reasoning(draft) for draft in found] == [f"hm, {draft}" for draft in found]
    assert [event.reasoning for event in row.events] == [f"hm, {draft}" for draft in found]


def test_judges_asked_for_elements_leave_the_same_story_in_any_order() -> None:
    def body(row: Row) -> None:
        def one(at: Any, x: str) -> Any:
            sure = lambda: row.judge("doubt", doubt, "critic", {"text": x[0]})  # noqa: E731
            return row.gen("y", ask, WORD, "w", {"text": x}, at=at, when=sure)

        row.each(["a1", "b1", "a2", "c1", "b2"], one, name="y")

    stories = []
    for order in (None, 1, 2, 3):
        row = a_row(order=order)
        run(row, body, greenlet=order is not None)
        stories.append((row.events, row.values))
    assert all(story == stories[0] for story in stories)
