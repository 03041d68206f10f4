"""Attempts, retry, filter, dedup and target against a model of them that fits on a screen, over scripted answers."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Request
from tests.acceptance.workshop import Workshop

SPEC = '''edition 1

param wanted: int = 100
param items: int = 1

prompt say(item: int) """
  Item {{ item }}.
"""

dataset words {
  target = wanted
  each item in 1..items
  gen word: str with writer { attempts = 2 } """
    Item {{ item }}.
  """
  require word != "again" else retry 1
  filter word != "bad"
  dedup word by exact
  filter word != "late"
  emit { word = word }
}
'''

ANSWERS = ("cut", "again", "bad", "late", "red", "blue", "green")
"""What a model may say: `cut` is an answer that was cut off, which fails its type."""
LONG = "so " * 3000
Script = tuple[str, ...]


@dataclass
class Scripted:
    """Answers each candidate's calls in the order of its script; beyond it, the candidate's own word."""

    scripts: Sequence[Script]
    asked: Counter[int] = field(default_factory=Counter)

    def __call__(self, request: Request) -> str:
        found = re.search(r"Item (\d+)", request.messages[-1].content)
        assert found is not None
        item = int(found[1])
        answer = said(self.scripts[item - 1], item, self.asked[item])
        self.asked[item] += 1
        return LONG if answer == "cut" else answer


def said(script: Script, item: int, call: int) -> str:
    return script[call] if call < len(script) else f"word {item}"


@dataclass
class Expected:
    """What the statements mean: kept words and reasons by item, and how many calls each made."""

    kept: dict[int, str] = field(default_factory=dict)
    rejected: dict[int, str] = field(default_factory=dict)
    calls: dict[int, int] = field(default_factory=dict)


def expected(scripts: Sequence[Script], wanted: int) -> Expected:
    found, seen = Expected(), set[str]()
    for item, script in enumerate(scripts, 1):
        if len(found.kept) == wanted:
            break
        word, found.calls[item] = answer(script, item)
        reason = verdict(word, seen)
        if reason is None:
            found.kept[item] = word
        else:
            found.rejected[item] = reason
        if word not in ("gen word", "again", "bad"):
            seen.add(word)
    return found


def answer(script: Script, item: int) -> tuple[str, int]:
    """The last word after attempts and retries (or `gen word` where it never was of its type), and the calls made."""
    call = 0
    word = ""
    for _ in range(2):
        for _ in range(2):
            word = said(script, item, call)
            call += 1
            if word != "cut":
                break
        if word == "cut":
            return "gen word", call
        if word != "again":
            break
    return word, call


def verdict(word: str, seen: set[str]) -> str | None:
    if word == "gen word":
        return word
    if word == "again":
        return "require 1"
    if word == "bad":
        return "filter 1"
    if word in seen:
        return "dedup 1"
    return "filter 2" if word == "late" else None


scripts = st.lists(st.lists(st.sampled_from(ANSWERS), max_size=4).map(tuple), min_size=1, max_size=14)


def check(scripts: Sequence[Script], wanted: int, concurrency: int) -> None:
    engine = DeterministicEngine(concurrency=concurrency, jitter=0.002, respond=Scripted(scripts))
    want = expected(scripts, wanted)
    with tempfile.TemporaryDirectory() as folder:
        work = Workshop(Path(folder)).write(SPEC)
        made = work.made(engine, params={"wanted": wanted, "items": len(scripts)})
        assert {int(row["key"]): row["word"] for row in work.rows("words")} == want.kept
        assert {int(row["key"]): row["statement"] for row in work.rows("words", "rejected")} == want.rejected
        calls = Counter(int(row["row"]) for row in work.rows("words", "calls") if row["call"])
        assert calls == want.calls
        counts = made.manifest.counts
        assert (counts.attempted, counts.kept) == (len(want.calls), len(want.kept))
        assert counts.rejected == Counter(want.rejected.values())


CASES = {
    "scripts": scripts,
    "wanted": st.one_of(st.just(100), st.integers(1, 6)),
    "concurrency": st.sampled_from([1, 2, 5, 16]),
}


@given(**CASES)
@settings(max_examples=15)
def test_statements_keep_and_drop_as_their_model_does(scripts: list[Script], wanted: int, concurrency: int) -> None:
    check(scripts, wanted, concurrency)


@pytest.mark.soak
@given(**CASES)
@settings(max_examples=1500)
def test_statements_keep_and_drop_as_their_model_does_at_length(
    scripts: list[Script], wanted: int, concurrency: int
) -> None:
    check(scripts, wanted, concurrency)


@pytest.mark.parametrize("concurrency", [1, 4, 16])
def test_a_target_keeps_the_first_in_candidate_order(concurrency: int) -> None:
    """The early candidates answer last: those behind them are ready, and must wait."""
    slow = [("again", "again"), ("cut", "again", "early"), ("bad",), ("late",)]
    check([*slow, *[(f"w{n}",) for n in range(12)]], wanted=5, concurrency=concurrency)
