"""The printed program of the first spec is an ordinary SGLang program: it runs by hand with SGLang and an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler.analysis import analyse
from runtime.build.run import step_texts
from runtime.engines.backend import SglBackend
from runtime.engines.deterministic import DeterministicEngine
from runtime.program.outcome import Dropped
from runtime.program.row import Row
from runtime.program.stage import Bound, Stage
from runtime.sampling import Pool
from runtime.sources.catalog import ProjectCatalog

SPECS = Path(__file__).parents[2] / "specs"
TEXT = "The break statement ends the nearest enclosing loop, and skips its else clause if it has one. " * 2
PASSAGE = {"id": "break-1", "topic": "break", "text": TEXT}
SHOT = {"text": TEXT, "reader": "a nurse", "rules": "asks why", "question": "Why so?", "answer": "Because it is."}
READERS = [{"id": "nurse", "text": "a nurse"}, {"id": "cook", "text": "a cook"}]


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    analysis = analyse("python_qa.synth", ProjectCatalog(SPECS), upto="lower")
    namespace: dict[str, Any] = {"__name__": "by_hand"}
    exec(analysis.model.programs["python_qa"], namespace)
    return namespace


def test_a_prompt_runs_by_hand(program: dict[str, Any]) -> None:
    backend = SglBackend(DeterministicEngine())
    state = program["ask"].run(
        passage=PASSAGE, reader=READERS[0], rules=["asks why"], examples=[SHOT], backend=backend, max_new_tokens=40
    )
    assert state["answer"]
    assert [m["role"] for m in state.messages()] == ["system", "user", "assistant", "user", "assistant"]


def test_a_judge_runs_by_hand_and_gives_the_probability_of_yes(program: dict[str, Any]) -> None:
    state = program["repetitive"].run(answer="It ends.", backend=SglBackend(DeterministicEngine()), use_thread=False)
    assert state["verdict"] in ("yes", "no")
    assert set(state.get_meta_info("verdict")["labels"]) == {"yes", "no"}


def test_the_row_function_runs_by_hand(program: dict[str, Any]) -> None:
    row = _row("The loop ends at once and its else clause is skipped.")
    program["python_qa"].run(row=row, backend=row.stage.role("*").backend, use_thread=False)
    [(table, _, columns)] = row.rows
    assert table == "python_qa"
    assert columns["passage"] == "break-1"
    assert [e.kind for e in row.events] == ["draw", "draw", "gen", "gen", "judge", "judge"]
    assert all(e.seed is not None and e.logprob is not None for e in row.events if e.kind == "gen")


def test_an_answer_of_two_words_is_asked_for_again_under_another_seed_and_then_dropped(program: dict[str, Any]) -> None:
    row = _row("It ends.")
    with pytest.raises(Dropped, match=r"words\(answer\) in 4\.\.60 else retry 1"):
        program["python_qa"].run(row=row, backend=row.stage.role("*").backend, use_thread=False)
    answers = [e for e in row.events if e.cell == "answer"]
    assert [e.attempt for e in answers] == [0, 1]
    assert len({e.seed for e in answers}) == 2
    assert len([e for e in row.events if e.cell == "question"]) == 1


class _Rows:
    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows = rows
        self.pool: Pool[Any] = Pool(rows, ids=[str(row) for row in rows])


def _row(answer: str) -> Row:
    def respond(request: Any) -> str | None:
        return None if request.constraint else answer

    backend = SglBackend(_Yes(respond=respond))
    analysis = analyse("python_qa.synth", ProjectCatalog(SPECS), upto="lower")
    assert analysis.model.plan is not None
    stage = Stage(
        "python_qa",
        sources={"readers": _Rows(READERS), "shots": _Rows([SHOT])},
        roles={"*": Bound("*", "deterministic:1", backend)},
        steps=step_texts(analysis.model.plan.datasets[0]),
    )
    return Row(stage, ("break-1", 1), 0, {"passage": PASSAGE, "take": 1})


class _Yes(DeterministicEngine):
    """Judges as the spec wants it: not repetitive, and answered by the passage."""

    def _judge(self, request: Any, random: Any) -> Any:
        from runtime.engines.protocol import Answer

        yes = "repeat" not in request.messages[-1].content
        labels = {"yes": -0.1 if yes else -3.0, "no": -3.0 if yes else -0.1}
        return Answer(text="yes" if yes else "no", labels=labels, label_mass=0.95, completion_tokens=1, logprob=-0.1)
