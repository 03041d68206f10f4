"""Why two versions differ: what the author wrote, what it ran with, what it was made from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runtime.diff.causes import causes
from runtime.diff.view import cause_line
from runtime.tables.manifest import Fingerprints, InputDigest, KeyColumn, Manifest
from runtime.tables.schema import INT, STR
from tests.diff.builder import step

ANSWER = step("gen answer", "gen answer = reply(text) with writer { temperature = 0.3 }", temperature=0.3)
BASE = Manifest(
    dataset="qa",
    key=(KeyColumn("page", STR),),
    tables={},
    fingerprints=Fingerprints("d", "e", "f"),
    prompts={"reply": "p0"},
    steps=(ANSWER, step("filter 1", "filter a")),
    models={"writer": "m0"},
    sampling={"writer": {"temperature": 0.7}},
    params={"takes": 2},
    inputs={"pages": InputDigest("i0", 76)},
)


def lines(**changed: object) -> list[str]:
    return [cause_line(cause) for cause in causes(BASE, replace(BASE, **changed))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"prompts": {"reply": "p1"}}, ["prompt reply changed"]),
        ({"prompts": {"reply": "p0", "ask": "q"}}, ["prompt ask added"]),
        ({"seed": 1}, ["seed 0 → 1"]),
        ({"limit": 10}, ["limit none → 10"]),
        ({"models": {"writer": "m1"}}, ["model writer m0 → m1"]),
        ({"sampling": {"writer": {"temperature": 0.9}}}, ["sampling writer temperature 0.7 → 0.9"]),
        ({"params": {"takes": 3}}, ["param takes 2 → 3"]),
        ({"params": {"takes": 2, "more": None}}, ["param more unset → null"]),
        ({"inputs": {"pages": InputDigest("i1", 77)}}, ["input pages changed: 76 rows → 77 rows"]),
        ({"inputs": {"pages": InputDigest("i1", 76)}}, ["input pages changed: other content, 76 rows"]),
        ({"inputs": {}}, ["input pages removed"]),
        ({"key": (KeyColumn("page", INT),)}, ["key page: str → page: int"]),
        ({"steps": (ANSWER,)}, ["filter 1 removed: filter a"]),
        ({"fingerprints": Fingerprints("d1", "e", "f")}, ["spec changed"]),
        ({"fingerprints": Fingerprints("d", "e", "f1")}, ["compiled program changed"]),
        ({"fingerprints": Fingerprints("d", "e1", "f")}, ["description changed"]),
        ({}, []),
    ],
)
def test_each_cause_is_said_in_one_line(changed: dict[str, object], expected: list[str]) -> None:
    assert lines(**changed) == expected


def test_a_setting_that_changed_is_named_instead_of_its_statement() -> None:
    warmer = step("gen answer", "gen answer = reply(text) with writer { temperature = 0.5 }", temperature=0.5)
    assert lines(steps=(warmer, BASE.steps[1])) == ["gen answer temperature 0.3 → 0.5"]


def test_a_filter_put_before_another_is_the_only_new_one() -> None:
    steps = (ANSWER, step("filter 1", "filter new"), step("filter 2", "filter a"))
    assert lines(steps=steps) == ["filter 1 added: filter new"]


def test_a_filter_that_reads_differently_is_shown_as_it_is_now() -> None:
    assert lines(steps=(ANSWER, step("filter 1", "filter b"))) == ["filter 1 is now: filter b"]


def test_a_statement_that_follows_its_prompt_is_not_told_twice() -> None:
    follows = step("gen answer", ANSWER.title, digest="other", temperature=0.3)
    assert lines(prompts={"reply": "p1"}, steps=(follows, BASE.steps[1])) == ["prompt reply changed"]
    assert lines(steps=(follows, BASE.steps[1])) == ["gen answer changed: what it uses changed"]


def test_the_author_s_changes_come_before_the_run_s() -> None:
    assert lines(seed=1, prompts={"reply": "p1"}) == ["prompt reply changed", "seed 0 → 1"]


def test_a_dataset_that_came_or_went_has_no_other_cause() -> None:
    assert causes(None, BASE) == causes(BASE, None) == ()
