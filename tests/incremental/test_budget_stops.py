"""A build that its budget stops: nothing that was asked is lost, and one run after the other comes to the same end."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.config.model import Budget
from tests.acceptance.command import start
from tests.acceptance.workshop import Workshop, root_of
from tests.incremental.lesson import LESSON, Asked, pages

FEW = 6


def lessons(folder: Path) -> Workshop:
    """Pages of very different lengths."""
    inputs = [{**page, "text": f"{page['text']} " * (1 + 7 * number)} for number, page in enumerate(pages(FEW))]
    return Workshop(folder).write(LESSON, {"concurrency": 8, "delay": 0.004, "jitter": 0.01}, pages=inputs)


class Counted(Asked):
    """Counts the tokens of its answers, and how many it is asked at once."""

    def __init__(self) -> None:
        super().__init__(concurrency=8, delay=0.001, jitter=0.004)
        self.tokens = self.answered = 0

    async def complete(self, request):  # type: ignore[no-untyped-def]
        answer = await super().complete(request)
        self.answered += 1
        self.tokens += answer.prompt_tokens + answer.completion_tokens
        return answer


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int]:
    """The root of a build without a budget, and its calls."""
    engine = Counted()
    return root_of(lessons(tmp_path_factory.mktemp("calm")).made(engine)), engine.calls


def run(work: Workshop, budget: Budget) -> tuple[str | Diagnostic, Counted]:
    engine = Counted()
    try:
        return root_of(work.made(engine, budget=budget)), engine
    except SynthError as stopped:
        return stopped.diagnostics[0], engine


@pytest.mark.parametrize("budget", [Budget(calls=7), Budget(tokens=3_000), Budget(tokens=5_000, calls=9)])
def test_run_after_run_keeps_to_its_budget_and_ends_in_the_same_root(
    tmp_path: Path, calm: tuple[str, int], budget: Budget
) -> None:
    work, asked = lessons(tmp_path), 0
    for _ in range(40):
        end, engine = run(work, budget)
        asked += engine.calls
        assert engine.calls == engine.answered, "a call was cancelled"
        assert len(work.answered()) == asked, "an answer was lost"
        assert budget.calls is None or engine.calls <= budget.calls
        assert budget.tokens is None or engine.tokens <= budget.tokens
        if isinstance(end, str):
            break
        assert end.code == "E0907" and work.head is None and engine.calls > 0
    assert (end, asked) == calm


def test_no_call_is_lost_when_the_time_is_up(tmp_path: Path, calm: tuple[str, int]) -> None:
    work = lessons(tmp_path)
    end, engine = run(work, Budget(minutes=0.01 / 60))
    assert isinstance(end, Diagnostic) and end.code == "E0907"
    assert engine.calls == engine.answered == len(work.answered())
    assert run(work, Budget())[0] == calm[0]


def test_a_budget_that_is_enough_shows_nowhere(tmp_path: Path, calm: tuple[str, int]) -> None:
    assert run(lessons(tmp_path), Budget(tokens=10**9, calls=calm[1], minutes=60))[0] == calm[0]


def test_a_call_that_is_larger_than_the_budget_is_told_with_its_size(tmp_path: Path) -> None:
    end, engine = run(lessons(tmp_path), Budget(tokens=100))
    assert isinstance(end, Diagnostic) and engine.calls == 0
    assert "the next call may take" in end.message and "100 are left" in end.message


def test_the_command_says_what_was_spent_what_is_left_and_how_to_go_on(tmp_path: Path, calm: tuple[str, int]) -> None:
    work = lessons(tmp_path / "a")
    command = start(work.root, "build", "spec.synth", "--budget", "calls=20")
    assert command.wait() == 2 and len(command.calls()) == len(command.calls("got")) == 20
    said = " ".join(command.err.split())
    assert "E0907" in said and "spent: 20 calls" in said and "are left" in said and "goes on where it was" in said
    again = start(work.root, "build", "spec.synth")
    assert again.wait() == 0 and len(again.calls()) == calm[1] - 20
    assert work.at("lessons").manifest.root == calm[0]
