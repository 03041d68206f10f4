"""Techniques 9 to 12, 18 and 19, proved on the gallery's specs: judges, filters, principles and reward models."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.engines.protocol import Request
from tests.gallery.actor import Actor, act, calls, last
from tests.gallery.exhibit import SPECS, Exhibit

MERITS = ("Does it say what the thing is?", "Does it give an example?", "Does it use a term that it does not explain?")
TEXTS = {
    "lock": "A lock.",
    "index": "It is a thing that I will not explain here. Ask somebody else about it, or read it up in the book.",
    "cache": "A cache keeps what was fetched. Without an example it is what it is, and that is all there is to say.",
}
GOOD = "The term names a thing that is used every day. For example, the bus that is full at eight and empty at ten."
REWARDED = """
[engines.model]
kind = "deterministic"
[profile.small]
engine = "model"
limit = 8
audits = "warn"
params = { samples = 3, answer_tokens = 60 }
[profile.small.roles]
rewarder = { engine = "model", kind = "reward" }
"""


def gold() -> list[dict[str, object]]:
    lines = (SPECS / "rubric" / "inputs" / "explains_gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def explained(request: Request) -> str:
    return TEXTS.get(last(request).partition(",")[0], GOOD)


def checked(request: Request) -> float | dict[str, float] | None:
    """Yes to what gold has as yes, to good texts, to two points of four and to the one that costs a point."""
    said = last(request)
    if "Is the term explained?" in said:
        wrong = [str(case["text"]) for case in gold() if not case["expected"]] + [TEXTS["index"]]
        return 0.1 if any(text in said for text in wrong) else 0.83
    if "repeat itself" in said:
        return 0.1
    if "How clear is this explanation?" in said:
        return {"4": 0.9, "3": 0.1}
    return 0.9 if TEXTS["cache"] not in said and any(question in said for question in MERITS) else 0.2


@pytest.fixture
def rubric(tmp_path: Path) -> tuple[Exhibit, Actor]:
    actor = Actor(respond=explained, says=checked)
    return act("rubric", tmp_path, actor, limit=6, least_points=1), actor


def test_a_yes_or_no_question_costs_one_token_and_its_probability_of_yes_is_a_column(
    rubric: tuple[Exhibit, Actor],
) -> None:
    work, actor = rubric
    asked = actor.asked_with("Is the term explained?")
    assert {request.labels for request in asked} == {("yes", "no")}
    assert {call["completion_tokens"] for call in calls(work, "rubric", "explains")} == {1}
    rows = work.rows("rubric")
    assert rows and {round(row["sure"], 6) for row in rows} == {0.83}


def test_each_point_is_asked_alone_and_the_score_is_their_sum(rubric: tuple[Exhibit, Actor]) -> None:
    work, actor = rubric
    asked = Counter(question for question in MERITS for request in actor.asked if question in str(request.messages))
    assert set(asked.values()) == {asked[MERITS[0]]}
    assert not [r for r in actor.asked if sum(question in str(r.messages) for question in MERITS) > 1]
    assert {row["points"] for row in work.rows("rubric")} == {1 + 1 - 1}


def test_a_judge_that_fails_its_own_cases_fails_the_build_before_a_row_is_begun(tmp_path: Path) -> None:
    yes = Actor(says=lambda request: 0.9)
    with pytest.raises(SynthError) as refused:
        act("rubric", tmp_path, yes)
    assert [found.code for found in refused.value.diagnostics] == ["E0920"]
    assert len(yes.asked) == len(gold()) and yes.asked == yes.asked_with("Is the term explained?")


def test_each_layer_sees_what_the_cheaper_one_left_and_what_went_is_kept_with_its_reason(
    rubric: tuple[Exhibit, Actor],
) -> None:
    work, actor = rubric
    reasons = {row["key"]: row["reason"].split("(")[0] for row in work.rows("rubric", "rejected")}
    assert reasons == {"lock": "filter words", "index": "filter explains", "cache": "filter merits"}
    assert not [request for request in actor.asked if request.labels and TEXTS["lock"] in last(request)]
    later = [request for request in actor.asked if request.labels and TEXTS["index"] in last(request)]
    assert all("Is the term explained?" in last(request) for request in later) and later
    assert len(work.rows("rubric")) == 3


def principled(request: Request) -> str | None:
    system = request.messages[0].content
    if "against a rule" in system:
        return "It says too much about " + last(request)[6:30] + "."
    if "a critic has nothing left" in system:
        answer, _, criticism = last(request).partition("Text: ")[2].partition("\nCritique: ")
        return f"Mended: {answer} {criticism}"
    return None


def test_a_drawn_principle_is_what_an_answer_is_criticised_rewritten_and_judged_by(tmp_path: Path) -> None:
    def follows(request: Request) -> float:
        mended, rule = "Text: Mended: " in last(request), "Does the text follow the rule?" in last(request)
        return (0.2 if "egg" in last(request) or not mended else 0.8) if rule else 0.05

    work = act("constitution", tmp_path, Actor(respond=principled, says=follows), limit=5)
    principles = (SPECS / "constitution" / "inputs" / "principles.txt").read_text(encoding="utf-8").splitlines()
    assert (work.root / "inputs" / "principles.txt").exists() and principles
    drawn = {call["row"]: call["value"] for call in calls(work, "constitution", "principle")}
    assert set(drawn.values()) <= set(principles) and len(set(drawn.values())) > 1
    for cell in ("criticism", "revised", "before", "after"):
        for call in calls(work, "constitution", cell):
            assert (call["arguments"] or {"principle": drawn[call["row"]]})["principle"] == drawn[call["row"]]
    pairs = {row["key"]: row for row in work.rows("constitution", "preferences")}
    for row in work.rows("constitution"):
        pair = pairs[row["key"]]
        assert row["messages"][-1]["content"] == pair["chosen"] == f"Mended: {pair['rejected']} {row['criticism']}"
        assert pair["after"] > pair["before"] and row["principle"] == drawn[row["key"]]
    assert pairs


def test_what_a_reward_model_scores_too_low_is_not_kept(tmp_path: Path) -> None:
    work = Exhibit.copy("best_of", tmp_path)
    (work.root / "synth.toml").write_text(REWARDED)
    work.small()
    scores = {
        (call["row"], call["arguments"]["answer"]): float(call["text"]) for call in calls(work, "best_of", "reward")
    }
    kept = {row["key"]: row for row in work.rows("best_of")}
    assert kept and all(row["score"] >= 0.05 for row in kept.values())
    for key, row in kept.items():
        assert row["score"] == pytest.approx(scores[key, row["messages"][-1]["content"]])
    dropped = work.rows("best_of", "rejected")
    assert dropped and all("score" in row["names"] for row in dropped)
    assert all(json.loads(row["values"])["score"] < 0.05 for row in dropped)
