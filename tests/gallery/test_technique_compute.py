"""Techniques 13 to 17, proved on the gallery's specs: what is run, and what more samples are good for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.engines.protocol import Request
from tests.gallery.actor import Actor, act, by_row, calls, last

SIGNS: dict[str, Callable[[int, int], int]] = {
    "are added to": lambda first, second: second + first,
    "are taken from": lambda first, second: second - first,
    "are in each of": lambda first, second: second * first,
}
SETUP = (
    "create table cards (shop text, price int); insert into cards values ('North', 20), ('South', 50), ('North', 5);"
)
SUITE = """from solution import is_even
def test_two():
    assert is_even(2)
def test_three():
    assert not is_even(3)
def test_none():
    assert is_even(0)
"""
RIGHT = "def is_even(number: int) -> bool:\n    return number % 2 == 0\n"
WRONG = "def is_even(number: int) -> bool:\n    return number > 1\n"
MENDED = '''def is_even(number: int) -> bool:
    """Whether it is even."""
    return number % 2 == 0
'''
KNOWN = ("Ada Lovelace wrote the first program.", "Ada Lovelace lived in London.")
GUESS = "Ada Lovelace was born in year {}."


class Pupil:
    """Tells problems with the drawn numbers and solves them; `slips` says which samples of each are off by one."""

    def __init__(self, *slips: bool) -> None:
        self.slips = slips
        self.truths: dict[str, int] = {}
        self.samples: dict[str, int] = {}

    def __call__(self, request: Request) -> str:
        told = re.search(r"([0-9]+) (are [a-z ]+) ([0-9]+)[.]$", last(request))
        if told:
            problem = f"There are {told[1]} here and {told[3]} there, in drawer {len(self.truths)}. How many is that?"
            self.truths[problem] = SIGNS[told[2]](int(told[1]), int(told[3]))
            return problem
        sample = self.samples.get(last(request), 0)
        self.samples[last(request)] = sample + 1
        result = self.truths[last(request)] + self.slips[sample % len(self.slips)]
        return json.dumps({"steps": "By counting them all.", "result": result})


def test_a_program_computes_each_number_and_what_differs_from_it_is_dropped(tmp_path: Path) -> None:
    right = act(
        "sums", tmp_path / "right", Actor(respond=Pupil(False), says=lambda _: 0.9), limit=3, samples=1, wanted=3
    )
    wrong = act(
        "sums", tmp_path / "wrong", Actor(respond=Pupil(True), says=lambda _: 0.9), limit=3, samples=1, wanted=3
    )
    assert len(right.rows("sums")) == 3 and wrong.rows("sums") == []
    assert all("truth" in row["names"] for row in wrong.rows("sums", "rejected"))
    truths = {call["row"]: call["value"]["output"] for call in calls(right, "sums", "truth")}
    assert {row["key"]: str(row["result"]) for row in right.rows("sums")} == truths


def test_a_query_is_executed_and_one_that_fails_is_dropped(tmp_path: Path) -> None:
    questions = ["Which shop has sold the most gift cards?", "How many hours of sun did the roof see in May?"]

    def clerk(request: Request) -> str:
        system = request.messages[0].content
        if "ask in one sentence" in system:
            return questions.pop()
        if "You design" in system:
            return json.dumps({"setup": SETUP, "needed": ["cards"], "distractors": ["staff"]})
        table = "cards" if "gift cards?" in last(request) else "roofs"
        return json.dumps({"sql": f"select shop, sum(price) from {table} group by shop order by 2 desc"})

    work = act("text_to_sql", tmp_path, Actor(respond=clerk, says=lambda _: {"4": 0.9, "0": 0.1}))
    (row,) = work.rows("text_to_sql")
    assert "gift cards" in row["question"] and re.findall(r"\w+", row["output"])[-4:] == ["South", "50", "North", "25"]
    (dropped,) = work.rows("text_to_sql", "rejected")
    assert "result" in dropped["names"]


class Coder:
    """Writes tests, one wrong and one right solution of each task, and a rewrite."""

    def __init__(self, rewrite: str) -> None:
        self.rewrite = rewrite
        self.drafts = [WRONG, RIGHT]

    def __call__(self, request: Request) -> str:
        if "Write pytest tests" in last(request):
            return json.dumps({"code": SUITE})
        if "Rule:" in last(request):
            return json.dumps({"code": self.rewrite})
        return json.dumps({"code": self.drafts.pop()})


def test_only_code_that_passes_its_tests_is_kept_and_pairs_with_what_failed(tmp_path: Path) -> None:
    work = act("tested_code", tmp_path, Actor(respond=Coder(MENDED), says=lambda _: 0.9))
    (row,) = work.rows("tested_code")
    assert row["response"] == MENDED and row["tests"] == SUITE
    trials = {(call["value"]["passed"], call["value"]["failed"]) for call in calls(work, "tested_code", "trials")}
    assert trials == {(3, 0), (1, 2)}
    (pair,) = work.rows("tested_code", "preferences")
    assert (pair["chosen"], pair["rejected"]) == (MENDED, WRONG)


def test_a_rewrite_that_breaks_the_tests_is_dropped(tmp_path: Path) -> None:
    work = act("tested_code", tmp_path, Actor(respond=Coder(WRONG), says=lambda _: 0.9))
    assert work.rows("tested_code") == []
    (dropped,) = work.rows("tested_code", "rejected")
    assert "after" in dropped["names"]


def test_the_best_of_several_is_the_likeliest_or_what_a_judge_or_a_reward_model_likes_best(tmp_path: Path) -> None:
    def likes(request: Request) -> float:
        return 0.2 + (len(str(request.messages)) * (7 if "help" in last(request) else 11)) % 60 / 100

    work = act("best_of", tmp_path, Actor(says=likes), limit=10, samples=4)
    drafts = by_row(calls(work, "best_of", "drafts"))
    rows = work.rows("best_of")
    assert {row["way"] for row in rows} == {"likelihood", "judge", "reward"}
    for row in rows:
        usable = [call for call in drafts[row["key"]] if len(call["value"].split()) in range(5, 81)]
        texts = {call["value"]: call["logprob"] for call in usable}
        for cell in {"judge": ["helpful"], "reward": ["reward"]}.get(row["way"], []):
            found = by_row(calls(work, "best_of", cell))[row["key"]]
            texts = {call["arguments"]["answer"]: call["p"] for call in found}
        assert len(texts) > 2
        assert texts[row["messages"][-1]["content"]] == max(texts.values())


def test_the_majority_of_samples_outvotes_the_one_that_is_wrong(tmp_path: Path) -> None:
    pupil = Pupil(True, False, False)
    work = act("sums", tmp_path, Actor(respond=pupil, says=lambda _: 0.9), limit=3, samples=3, wanted=3)
    rows = work.rows("sums")
    assert len(rows) == 3 and all(row["agreement"] == pytest.approx(2 / 3) for row in rows)
    results = by_row(calls(work, "sums", "solutions"))
    for row in rows:
        assert len({call["value"]["result"] for call in results[row["key"]]}) == 2
        assert row["result"] == pupil.truths[row["prompt"][-1]["content"]]


class Biographer:
    """Of four samples three say what it knows; each makes a year up."""

    def __init__(self) -> None:
        self.written = 0

    def __call__(self, request: Request) -> str:
        if "short statements" in request.messages[0].content:
            return json.dumps([{"text": claim} for claim in re.findall(r"Ada[^.]+[.]", last(request))])
        self.written += 1
        return " ".join([*KNOWN[: 2 * (self.written % 4 > 0)], GUESS.format(self.written)])


def supported(request: Request) -> float:
    text, _, statement = last(request).removeprefix("Text: ").partition("Statement: ")
    return 0.9 if statement.partition("\n")[0] in text else 0.1


def test_the_likeliest_claims_of_sixteen_samples_are_told_to_the_next_sixteen(tmp_path: Path) -> None:
    work = act("bios", tmp_path, Actor(respond=Biographer(), says=supported), limit=1, rounds=3, samples=16)
    drafts = calls(work, "bios", "drafts")
    told = {call["round"]: sorted(fact["text"] for fact in call["arguments"]["facts"]) for call in drafts}
    assert told == {1: [], 2: sorted(KNOWN)}
    assert len(drafts) == 2 * 16
    (row,) = work.rows("bios")
    assert all(claim in row["chosen"] and claim not in row["rejected"] for claim in KNOWN)


def test_a_claim_s_support_is_a_column_and_what_few_samples_say_is_left_out(tmp_path: Path) -> None:
    work = act("known", tmp_path, Actor(respond=Biographer(), says=supported), limit=1, samples=16)
    support = {row["claim"]: row["support"] for row in work.rows("known")}
    assert {claim: support.pop(claim) for claim in KNOWN} == dict.fromkeys(KNOWN, pytest.approx(11 / 15))
    assert len(support) == 16 and set(support.values()) == {0}
    (answer,) = work.rows("known", "answers")
    assert answer["messages"][-1]["content"] == " ".join(KNOWN) and answer["least"] == pytest.approx(11 / 15)
