"""A judge's own cases: asked before all else, a gate when it is wrong too often, and what the report says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.diagnostics import Diagnostic, SynthError
from runtime.judges.report import Answered, Case, correlation, kappa
from tests.acceptance.workshop import Row, Workshop
from tests.judges.scripted import Critic

SPEC = '''edition 1

judge kind(text: str) -> bool by critic """
  {{ text }}
  Is this kind?
""" { gold = jsonl("gold.jsonl"), accuracy = 75% }

dataset out {
  each i in 1..3
  gen text: str with writer """
    Write line {{ i }}.
  """
  filter kind(text) or not kind(text)
  emit { text = text }
}
'''
GOLD = [
    {"text": "You did well, thank you.", "expected": True},
    {"text": "What a lovely and thoughtful present this is for all of us.", "expected": True},
    {"text": "Go away.", "expected": False},
    {"text": "I hate your hat and the rest of what you wear on a Sunday.", "expected": False},
]


def kindly(message: str) -> float:
    return 0.2 if "hate" in message or "Go away" in message else 0.9


def inverted(rows: Iterable[Row]) -> list[Row]:
    return [{**row, "expected": not row["expected"]} for row in rows]


def work_in(folder: Path, gold: Iterable[Row] = GOLD, spec: str = SPEC) -> Workshop:
    return Workshop(folder / "p").write(spec, gold=gold)


def refusal(work: Workshop, engine: Critic) -> Diagnostic:
    with pytest.raises(SynthError) as caught:
        work.build(engine)
    [found] = caught.value.diagnostics
    return found


def test_inverted_gold_cases_stop_the_build_before_any_other_call_and_are_named(tmp_path: Path) -> None:
    engine = Critic(says=kindly)
    work = work_in(tmp_path, inverted(GOLD))
    found = refusal(work, engine)
    assert found.code == "E0920"
    assert found.message == "the judge `kind` is right in 0 of 4 gold cases"
    assert found.label == "0%, and must be 75%"
    assert found.notes[0] == 'case 1, "You did well, thank you.": expected false, said true (0.90)'
    assert found.notes[3].startswith('case 4, "I hate your hat and the rest …": expected true, said false (0.20)')
    assert engine.calls == len(engine.asked) == 4, "no row was begun"
    assert work.head is None


def test_a_judge_that_is_right_often_enough_is_reported_and_asked_once(tmp_path: Path) -> None:
    wrong = [*GOLD[:3], {**GOLD[3], "expected": True}]
    work = work_in(tmp_path, wrong)
    [report] = work.made(Critic(says=kindly)).judges
    assert (report.accuracy, report.wanted, len(report.missed)) == (0.75, 0.75, 1)
    assert report.kappa == pytest.approx(0.5)
    again = Critic(says=kindly)
    work.edit("filter kind(text) or not kind(text)", "filter kind(text)")
    work.build(again)
    assert again.calls == 0, "the journal answers for the cases too"


def test_cases_that_changed_are_looked_at_again(tmp_path: Path) -> None:
    work = work_in(tmp_path)
    work.build(Critic(says=kindly))
    assert work.made(Critic(says=kindly)).how == "unchanged"
    work_in(tmp_path, inverted(GOLD))
    assert refusal(work, Critic(says=kindly)).code == "E0920"


def test_without_a_word_on_it_every_case_must_be_right(tmp_path: Path) -> None:
    spec = SPEC.replace(", accuracy = 75%", "")
    found = refusal(work_in(tmp_path, [*GOLD[:3], {**GOLD[3], "expected": True}], spec), Critic(says=kindly))
    assert found.label == "75%, and must be 100%"


def test_a_judge_without_a_case_is_refused(tmp_path: Path) -> None:
    work = work_in(tmp_path, [], SPEC.replace('jsonl("gold.jsonl")', 'csv("gold.csv")'))
    (work.root / "gold.csv").write_text("text,expected\n")
    found = refusal(work, Critic(says=kindly))
    assert (found.code, found.message) == ("E0920", "the judge `kind` has no gold case")


COMPARING = '''edition 1

judge better(request: str, a: str, b: str) -> bool by critic """
  {{ request }}
  A: {{ a }}
  B: {{ b }}
  Is A better?
""" { gold = jsonl("gold.jsonl"), accuracy = 50% }

dataset out {
  each i in 1..2
  filter better("r", "x", "y")
  emit { i = i }
}
'''


def test_a_judge_that_always_likes_the_first_is_found_out(tmp_path: Path) -> None:
    gold = [
        {"request": "r", "a": "good", "b": "bad", "expected": True},
        {"request": "r", "a": "bad", "b": "good", "expected": False},
    ]
    [report] = work_in(tmp_path, gold, COMPARING).made(Critic(says=lambda message: 0.9)).judges
    assert report.position is not None
    assert report.position.params == ("a", "b")
    assert report.position.same == 1.0
    assert report.position.lean == pytest.approx(0.4)


def test_a_judge_that_looks_at_the_contents_leans_nowhere(tmp_path: Path) -> None:
    gold = [
        {"request": "r", "a": "good", "b": "bad", "expected": True},
        {"request": "r", "a": "bad", "b": "good", "expected": False},
    ]
    engine = Critic(says=lambda message: 0.8 if "A: good" in message or "A: x" in message else 0.2)
    [report] = work_in(tmp_path, gold, COMPARING).made(engine).judges
    assert report.position is not None
    assert report.position.same == 0.0
    assert report.position.lean == pytest.approx(0.0)


SCALE = '''edition 1

judge depth(text: str, strict: bool = true) -> 1..3 by critic """
  {{ text }} {{ strict }}
""" {
  1 "shallow"
  2 "middling"
  3 "deep"
  gold = csv("gold.csv")
  within = 1
}

judge good(text: str) -> score by scorer """
  @user
  {{ text }}
""" { gold = jsonl("scores.jsonl"), within = 0.1 }

judge useful(text: str) -> points by critic """
  {{ text }}
""" {
  +1 "Is it short?"
  +1 "Is it true?"
  gold = jsonl("points.jsonl")
}

dataset out {
  each i in 1..2
  filter depth("x") >= 1 and good("x") >= 0.0 and useful("x") >= 0
  emit { i = i }
}
'''


def test_numbers_are_right_within_what_the_judge_says(tmp_path: Path) -> None:
    work = work_in(tmp_path, [], SCALE)
    (work.root / "gold.csv").write_text("text,expected\na,2\nb,3\n")
    (work.root / "scores.jsonl").write_text('{"text": "a", "expected": 0.65}\n')
    (work.root / "points.jsonl").write_text('{"text": "a", "expected": 2}\n')

    def says(message: str) -> float | Mapping[str, float]:
        return {"1": 0.1, "2": 0.2, "3": 0.7} if "one number" in message else 0.7

    reports = {report.judge: report for report in work.made(Critic(says=says)).judges}
    assert all(report.held for report in reports.values())
    assert reports["depth"].kappa is not None
    assert reports["good"].kappa is None
    work.edit("  within = 1\n", "")
    found = refusal(work, Critic(says=says))
    assert found.notes == ('case 1, "a": expected 2, said 3 (2.60)',)


def test_a_plan_counts_the_cases_calls(tmp_path: Path) -> None:
    from runtime import bridge
    from runtime.build.build import Options
    from runtime.build.foresee import foresee
    from runtime.build.session import Session
    from runtime.config.project import Project

    work = work_in(tmp_path)
    project = Project.find(work.root)

    def planned() -> tuple[int, int]:
        with Session(project, project.config.profile(), Critic(says=kindly)) as session:
            analysis = work.analysis(session, {})
            [one] = bridge.run(foresee(analysis, session, Options("main"), None))
            return one.cells["gold of kind"].reused, one.cells["gold of kind"].high

    assert planned() == (0, 4)
    work.build(Critic(says=kindly))
    assert planned() == (4, 0)


def test_missing_and_misread_columns_are_told_when_the_spec_is_checked(tmp_path: Path) -> None:
    from runtime.build.session import Session
    from runtime.config.project import Project

    work = work_in(tmp_path, [{"txt": "a", "expected": "maybe"}])
    project = Project.find(work.root)
    with Session(project, project.config.profile(), Critic()) as session:
        found = work.analysis(session, {}).errors
    assert [(one.code, one.message) for one in found] == [
        ("E0602", "the gold cases of `kind` have no column `text`"),
        ("E0603", "the column `expected` of the gold cases of `kind` is `str`, not `bool`"),
    ]
    assert "txt" in (found[0].label or "")


def _said(pairs: list[tuple[bool, bool]]) -> list[Answered]:
    return [Answered(Case(n, {}, want), said, said == want, float(said)) for n, (said, want) in enumerate(pairs)]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_kappa_is_one_for_agreement_and_symmetric(pairs: list[tuple[bool, bool]]) -> None:
    found = kappa(pairs)
    assert found == kappa([(b, a) for a, b in pairs]) or found == pytest.approx(kappa([(b, a) for a, b in pairs]))
    if found is not None:
        assert found <= 1 + 1e-9
        assert (found == pytest.approx(1)) == all(a == b for a, b in pairs)


@given(st.lists(st.tuples(st.integers(0, 99), st.floats(0, 1)), max_size=20))
def test_a_correlation_lies_between_minus_one_and_one(points: list[tuple[Any, float]]) -> None:
    found = correlation(points)
    assert found is None or -1.000001 <= found <= 1.000001
    assert correlation([(x, 2.0 * x + 1) for x in range(5)]) == pytest.approx(1)
