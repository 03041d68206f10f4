"""Judges of every kind on the embedded model: their probabilities are real, and inverted gold cases stop the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.engines import make_engine
from tests.acceptance.workshop import Workshop

SPEC = '''edition 1

judge kind(text: str) -> bool by critic """
  {{ text }}
  Is this kind?
""" { gold = jsonl("gold.jsonl"), accuracy = 0% }

judge depth(text: str) -> 1..10 by critic """
  Rate this from 1 to 10: {{ text }}
""" {
  1 "one"
  2 "two"
  3 "three"
  4 "four"
  5 "five"
  6 "six"
  7 "seven"
  8 "eight"
  9 "nine"
  10 "ten"
}

judge reward(request: str, answer: str) -> score by scorer """
  @user
  {{ request }}
  @assistant
  {{ answer }}
"""

judge useful(text: str) -> points by critic """
  {{ text }}
""" {
  +1 "Is this English?"
  +1 "Is this short?"
}

dataset out {
  each text in ["Thank you."]
  filter kind(text) or not kind(text)
  emit { d = depth(text), m = depth(text).mean, s = reward("Say thanks.", text), u = useful(text), p = kind(text).p }
}
'''
TEXTS = ("Thank you so much.", "I hate you.", "Go away now.")


@pytest.mark.live
def test_real_verdicts_and_a_gate_that_names_the_inverted_cases(tmp_path: Path) -> None:
    cases = [{"text": text, "expected": True} for text in TEXTS]
    work = Workshop(tmp_path / "p").write(SPEC, gold=cases)
    [report] = work.made(make_engine("llamacpp", {"context": 512})).judges
    [row] = work.rows("out")
    assert row["d"] in range(1, 11)
    assert 1 < row["m"] < 10
    assert all(0 < row[name] < 1 for name in ("s", "p"))
    assert row["u"] in (0, 1, 2)
    missed = {one.case.number for one in report.missed}
    inverted = [{"text": text, "expected": number in missed} for number, text in enumerate(TEXTS, 1)]
    work.write(SPEC.replace("accuracy = 0%", "accuracy = 50%"), gold=inverted)
    with pytest.raises(SynthError) as caught:
        work.build(make_engine("llamacpp", {"context": 512}))
    [found] = caught.value.diagnostics
    assert (found.code, len(found.notes)) == ("E0920", len(TEXTS))
    assert all(text.split()[0] in note for text, note in zip(TEXTS, found.notes, strict=True))
