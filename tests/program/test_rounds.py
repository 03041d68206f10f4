"""Loops, retries and runs: which round asks what, what is remembered, and what is asked again under which number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.engines.protocol import Request
from runtime.program.outcome import Rejected
from runtime.program.row import Row
from runtime.program.running import completed
from runtime.sampling import seed_of
from tests.program.scripted import WORD, a_row, ask, run
from tests.program.test_lists import of, places


def test_a_loop_says_its_round_in_every_event_and_seed_and_its_names_stay() -> None:
    def body(row: Row) -> None:
        facts: Any = []
        for i in row.loop("i", range(4, 7)):
            draft = row.gen("draft", ask, WORD, "w", {"text": facts})
            row.let("size", len(draft))
            facts = row.next("facts", [*facts, draft])
            if row.until("until 1", i == 5):
                break
        row.gen("after", ask, WORD, "w", {"text": facts})

    row = a_row()
    run(row, body)
    assert [(e.kind, e.cell, e.round, e.value) for e in row.events if e.kind != "gen"] == [
        ("let", "size", 1, 4),
        ("next", "facts", 1, row.values["facts"][:1]),  # type: ignore[index]
        ("until", "until 1", 1, False),
        ("let", "size", 2, 4),
        ("next", "facts", 2, row.values["facts"]),
        ("until", "until 1", 2, True),
    ]
    assert places(row, "draft") == [(1, 0, 0, 0), (2, 0, 0, 0)]
    assert places(row, "after") == [(0, 0, 0, 0)]
    assert of(row, "draft")[1].seed == seed_of(0, "scripted", "draft", ("k", 1), 2, 0, 0, 0)
    assert row.values["i"] == 5


def test_a_loop_in_a_loop_has_rounds_of_its_own() -> None:
    def body(row: Row) -> None:
        for _ in row.loop("i", range(1, 3)):
            for _ in row.loop("j", range(1, 3)):
                row.gen("x", ask, WORD, "w", {"text": "same"})
            row.gen("y", ask, WORD, "w", {"text": "same"})

    row = a_row()
    run(row, body)
    assert len({event.seed for event in row.events}) == len(row.events) == 6
    assert places(row, "y") == [(1, 0, 0, 0), (2, 0, 0, 0)]


def test_a_retry_asks_the_latest_round_again_and_all_that_came_of_it() -> None:
    """What earlier rounds were asked is remembered: they are passed again without a call."""

    def body(row: Row) -> None:
        carried = "start"
        for _ in row.loop("i", range(1, 4)):
            carried = row.gen("x", ask, WORD, "w", {"text": carried}, times=2)[0]
        last = row.gen("last", ask, WORD, "w", {"text": carried})
        other = row.gen("other", ask, WORD, "w", {"text": "apart"})
        row.require("require 1", not last and other, retry=2, rerun=("x", "last"))

    row = a_row()
    outcome = run(row, body)
    assert isinstance(outcome, Rejected)
    assert outcome.reason.endswith("(after 3 tries)")
    asked = [(1, 0, s, 0) for s in (0, 1)] + [(2, 0, s, 0) for s in (0, 1)]
    assert sorted(places(row, "x")) == sorted(asked + [(3, 0, s, a) for s in (0, 1) for a in (0, 1, 2)])
    assert places(row, "last") == [(0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 0, 2)]
    assert places(row, "other") == [(0, 0, 0, 0)]


def test_a_retry_of_what_stands_before_a_loop_asks_every_round_again() -> None:
    def body(row: Row) -> None:
        outline = row.gen("outline", ask, WORD, "w", {"text": "outline"})
        for i in row.loop("i", range(1, 3)):
            row.gen("draft", ask, WORD, "w", {"text": f"{outline} {i}"})
        row.require("require 1", False, retry=1, rerun=("outline", "draft"))

    row = a_row()
    run(row, body)
    assert places(row, "draft") == [(1, 0, 0, 0), (2, 0, 0, 0), (1, 0, 0, 1), (2, 0, 0, 1)]


def test_a_require_in_a_loop_has_its_tries_in_every_round() -> None:
    def body(row: Row) -> None:
        for i in row.loop("i", range(1, 3)):
            row.gen("x", ask, WORD, "w", {"text": "x"})
            row.require("require 1", len(places(row, "x")) >= 2 * i, retry=1, rerun=("x",))

    row = a_row()
    run(row, body)
    assert places(row, "x") == [(1, 0, 0, 0), (1, 0, 0, 1), (2, 0, 0, 0), (2, 0, 0, 1)]


def test_a_remembered_answer_answers_only_what_was_asked() -> None:
    """A gen whose arguments changed is asked anew, whether or not a retry names it."""

    def body(row: Row) -> None:
        x = row.gen("x", ask, WORD, "w", {"text": "x"})
        row.gen("y", ask, WORD, "w", {"text": x})
        row.require("require 1", False, retry=1, rerun=("x",))

    row = a_row()
    run(row, body)
    assert [event.arguments for event in of(row, "y")] == [{"text": event.value} for event in of(row, "x")]
    assert places(row, "y") == [(0, 0, 0, 0), (0, 0, 0, 1)]


class Sandbox:
    """Runs nothing: says that a text without an `a` failed."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, list[str], Mapping[str, Any]]] = []

    def __call__(self, tool: str, texts: list[str], limits: Mapping[str, Any]) -> dict[str, Any]:
        self.runs.append((tool, texts, limits))
        return {"ok": "a" in texts[0], "failed": int("a" not in texts[0])}


def test_a_tool_is_run_for_each_element_and_only_again_for_other_texts() -> None:
    sandbox = Sandbox()

    def body(row: Row) -> None:
        drafts = row.gen("drafts", ask, WORD, "w", {"text": "x"}, times=3)
        suite = row.gen("suite", ask, WORD, "w", {"text": "y"})
        row.each(
            [*drafts, None], lambda at, d: row.tool("trials", "pytest", [d, suite], at=at, timeout=10.0), name="trials"
        )
        row.tool("alone", "python", [suite])
        row.tool("nothing", "python", [None])
        row.require("require 1", False, retry=1, rerun=("drafts",))

    row = a_row(stage={"tool": sandbox})
    run(row, body)
    assert places(row, "trials") == [(0, e, 0, a) for a in (0, 1) for e in (0, 1, 2)]
    assert places(row, "alone") == [(0, 0, 0, 0)]
    assert row.values["nothing"] is None
    assert row.values["trials"][3] is None  # type: ignore[index]
    [first, *_] = of(row, "trials")
    assert first.kind == "run"
    assert first.prompt == "pytest"
    assert first.arguments == {"texts": list(sandbox.runs[0][1]), "timeout": 10.0}
    assert first.value == row_value(first.arguments["texts"])
    assert all(type(text) is str for _, texts, _ in sandbox.runs for text in texts)


def row_value(texts: Any) -> dict[str, Any]:
    return {"ok": "a" in texts[0], "failed": int("a" not in texts[0])}


def test_a_mocked_result_is_completed_as_a_reader_would() -> None:
    passed = completed("pytest", {"passed": 3})
    assert passed == {
        "ok": True,
        "output": "",
        "reason": None,
        "exit_code": 0,
        "passed": 3,
        "failed": 0,
        "errors": 0,
    }
    failed = completed("pytest", {"failed": 1})
    assert (failed["ok"], failed["exit_code"], failed["passed"]) == (False, 1, 0)
    assert completed("pytest", {"ok": False})["failed"] == 1
    late = completed("python", {"reason": "timeout"})
    assert (late["ok"], late["exit_code"], late["output"]) == (False, 1, "")
    assert completed("sql", {"rows": ["1"]}) == {"ok": True, "output": "", "reason": None, "columns": [], "rows": ["1"]}


def test_the_engine_is_asked_no_more_than_there_are_events() -> None:
    asked: list[Request] = []

    def respond(request: Request) -> str | None:
        asked.append(request)
        return request.digest[:2].hex()

    def body(row: Row) -> None:
        for _ in row.loop("i", range(1, 3)):
            drafts = row.gen("drafts", ask, WORD, "w", {"text": "x"}, times=2)
            row.each(drafts, lambda at, d: row.gen("y", ask, WORD, "w", {"text": d}, at=at), name="y")
        row.require("require 1", False, retry=1, rerun=("y",))

    row = a_row(respond, order=1)
    run(row, body)
    assert len(asked) == len(row.events) == 2 * 4 + 2
