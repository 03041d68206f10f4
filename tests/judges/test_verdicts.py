"""Points, scales and scores: what each is made of, asked once for the same arguments, each call in its own place."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sglang as sgl

from runtime.bridge import run_in_greenlet, together
from runtime.engines.backend import SglBackend
from runtime.engines.protocol import Answer, Request
from runtime.program import Prompt
from runtime.program.row import Row
from runtime.program.stage import Bound, Stage
from runtime.program.trace import Event
from runtime.tables.keys import Key
from tests.acceptance.workshop import Workshop
from tests.judges.scripted import Critic

SPEC = '''edition 1

judge useful(text: str) -> points by critic """
  Is this any good?
  {{ text }}?
""" {
  +1 "Does it say why?"
  +3 "Is it short?"
  -2 "Is it rude?"
}

judge depth(text: str) -> 1..10 by critic """
  {{ text }}
""" {
  1 "none"
  2 "two"
  3 "three"
  4 "four"
  5 "five"
  6 "six"
  7 "seven"
  8 "eight"
  9 "nine"
  10 "all"
}

judge reward(request: str, answer: str) -> score by scorer """
  @user
  {{ request }}
  @assistant
  {{ answer }}
"""

dataset out {
  each text in ["plain", "rude"]
  let best = ["short", "long"].best(by = reward("Write.", it))
  filter useful(text) >= 2
  emit {
    text = text
    grade = useful(text)
    given = useful(text).points
    depth = depth(text)
    sure = depth(text).p
    mean = depth(text).mean
    best = best
    score = best.score
  }
}

test "answers of every kind can be mocked" of out {
  given text = "plain"
  mock useful = 4
  mock depth = 10
  mock reward = [0.1, 0.9]
  expect kept
  expect that best == "long" and best.score == 0.9
}

test "a sum below the line drops the row" of out {
  given text = "plain"
  mock useful = 1
  mock reward = 0.5
  expect dropped by useful
}
'''


def says(message: str) -> float | Mapping[str, float]:
    if "Answer with one number." in message:
        return {str(step): 0.4 if step in (3, 10) else 0.025 for step in range(1, 11)}
    if "Is the last answer a good one?" in message:
        return 0.75
    if "rude" in message.splitlines()[-1]:
        return 0.5 if "rude?\n" in message else 0.49
    return 0.9


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "p").write(SPEC)


def test_each_kind_of_judge_gives_its_own_number(work: Workshop) -> None:
    work.build(Critic(says=says))
    rows = {row["text"]: row for row in work.rows("out")}
    assert rows["plain"]["grade"] == 4
    assert rows["plain"]["given"] == [1, 3, 0]
    assert (rows["rude"]["grade"], rows["rude"]["given"]) == (2, [1, 3, -2])
    assert rows["plain"]["depth"] == 3, "of equals the lower step"
    assert rows["plain"]["sure"] == pytest.approx(0.4)
    assert rows["plain"]["mean"] == pytest.approx(0.4 * 13 + 0.025 * (55 - 13))
    assert rows["plain"]["best"] == "short", "of equals the earlier"
    assert rows["plain"]["score"] == pytest.approx(0.75)


def test_every_question_of_a_point_is_a_line_of_its_own_behind_the_prompt(work: Workshop) -> None:
    engine = Critic(says=says)
    work.build(engine)
    asked = [message for message in engine.asked if message.startswith("Is this any good?\nplain?")]
    assert sorted(asked) == [
        f"Is this any good?\nplain?\n{question} Answer yes or no."
        for question in ("Does it say why?", "Is it rude?", "Is it short?")
    ]


def test_a_scale_shows_its_steps_and_asks_for_a_number(work: Workshop) -> None:
    engine = Critic(says=says)
    work.build(engine)
    [asked] = {message for message in engine.asked if message.startswith("plain")}
    lines = asked.splitlines()
    assert lines[:3] == ["plain", "1: none", "2: two"]
    assert lines[-2:] == ["10: all", "Answer with one number."]


def test_a_score_without_a_reward_model_is_asked_in_a_turn_of_the_users(work: Workshop) -> None:
    engine = Critic(says=says)
    work.build(engine)
    assert "Is the last answer a good one? Answer yes or no." in engine.asked


def test_every_call_of_a_judge_has_a_place_of_its_own(work: Workshop) -> None:
    work.build(Critic(says=says))
    calls = [call for call in work.rows("out", "calls") if call["kind"] == "judge"]
    places = [(call["row"], call["cell"], call["element"], call["sample"]) for call in calls]
    assert len(set(places)) == len(places)
    useful = [call for call in calls if call["cell"] == "useful" and call["row"] == "plain"]
    assert [(call["element"], call["sample"]) for call in useful] == [(0, 0), (0, 1), (0, 2)]
    assert sorted({call["element"] for call in calls if call["cell"] == "reward"}) == [0, 1]


class Slow(Critic):
    """Answers after a while that differs from build to build."""

    async def complete(self, request: Request) -> Answer:
        await asyncio.sleep(random.random() / 100)
        return await super().complete(request)


KIND = Prompt("kind", "{{ text }}")


def _kind(s: Any, text: str, call: Any = None) -> None:
    s += KIND(text=text, last="Answer yes or no.")
    s += sgl.assistant(sgl.select("verdict", ["yes", "no"]))


kind = sgl.function(_kind)


async def _events(texts: list[str]) -> tuple[list[Event], int]:
    engine = Slow(says=lambda message: 0.9)
    bound = Bound("critic", engine.identity, SglBackend(engine))
    key: Key = ("a",)
    row = Row(Stage("out", roles={"*": bound}), key, 0, {})

    class Program:
        @staticmethod
        def func(s: None, row: Row) -> None:
            together([partial(row.judge, "kind", kind, "critic", {"text": text}) for text in texts])

    await run_in_greenlet(row.run, Program)
    return row.events, len(engine.asked)


def test_a_verdicts_place_does_not_hang_on_the_order_in_which_answers_come() -> None:
    texts = [f"text {number % 7}" for number in range(20)]
    found = [asyncio.run(_events(texts))[0] for _ in range(4)]
    placed = [{event.element: (event.arguments or {})["text"] for event in events} for events in found]
    assert all(len(events) == 7 for events in found), "the same arguments are one question"
    assert sorted(placed[0]) == list(range(7))
    assert all(one == placed[0] for one in placed)


class Rewarding(Critic):
    """Scores the last message by its length; `seen` are the conversations."""

    async def complete(self, request: Request) -> Answer:
        if not request.reward:
            return await super().complete(request)
        assert [message.role for message in request.messages] == ["user", "assistant"], "no question is added"
        return Answer(text=repr(len(request.messages[-1].content) / 2), prompt_tokens=3)


def test_a_role_bound_to_a_reward_model_is_asked_for_its_score(work: Workshop) -> None:
    config = work.root / "synth.toml"
    config.write_text(config.read_text() + '[profile.default.roles]\nscorer = { engine = "test", kind = "reward" }\n')
    made = work.made(Rewarding(says=says))
    rows = work.rows("out")
    assert [(row["best"], row["score"]) for row in rows] == [("short", 2.5), ("short", 2.5)]
    assert made.manifest.models["scorer"].endswith("(reward)")
    calls = [call for call in work.rows("out", "calls") if call["cell"] == "reward"]
    assert {call["text"] for call in calls} == {"2.5", "2.0"}
    assert all(call["p"] is None for call in calls)
