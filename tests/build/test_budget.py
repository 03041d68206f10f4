"""Budgets: what may be written, and that a build stops in time and can go on."""

from __future__ import annotations

import pytest

from dsl.diagnostics import SynthError
from runtime.build.budget import Allowance, read_budget
from runtime.build.progress import Progress
from runtime.config.model import Budget


def test_a_budget_is_read_over_the_profiles_own() -> None:
    assert read_budget("tokens=2M, minutes=0.5", Budget(calls=7)) == Budget(2_000_000, 7, 0.5)


@pytest.mark.parametrize("text", ["token=2M", "tokens", "tokens=", "tokens=-3", "minutes=soon", "calls=0", ""])
def test_anything_else_is_a_mistake_with_a_way_out(text: str) -> None:
    with pytest.raises(SynthError, match="E0908") as error:
        read_budget(text, Budget())
    assert error.value.diagnostics[0].help


@pytest.mark.parametrize(
    ("budget", "spent"),
    [
        (Budget(tokens=100), Progress("qa", prompt_tokens=60, completion_tokens=40)),
        (Budget(calls=3), Progress("qa", fresh=3, reused=0)),
        (Budget(minutes=2), Progress("qa")),
    ],
)
def test_a_used_up_budget_stops_the_next_call(budget: Budget, spent: Progress) -> None:
    times = iter([0.0, 120.0])
    with pytest.raises(SynthError, match="E0907"):
        Allowance(budget, clock=lambda: next(times)).check(spent)


def test_what_the_journal_answers_costs_nothing() -> None:
    Allowance(Budget(calls=1, tokens=1), clock=lambda: 0.0).check(Progress("qa", reused=1_000))
