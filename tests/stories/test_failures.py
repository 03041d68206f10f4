"""Why a gen dropped rows is said where they are counted."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from runtime.engines.deterministic import DeterministicEngine
from runtime.stories.failures import failures
from tests.acceptance.command import start
from tests.acceptance.workshop import Workshop

SPEC = '''edition 1
record Note {
  text: str where words(text) > 9000
}
dataset notes {
  each take in 1..4
  gen short: str with writer { max_tokens = 1 } """
    {{ take }}
  """ when take == 1
  gen note: Note with writer """
    {{ take }}
  """
  emit { note = note, short = short }
}
'''
SHORT = "cut off at max_tokens"


def test_the_commonest_reason_stands_beside_the_number_of_rows(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(SPEC)
    built = start(tmp_path, "build", "spec.synth", "--allow-failed-audits")
    assert built.wait() == 0, built.out
    assert f"−1     gen short: {SHORT}" in built.out
    assert "−3     gen note: text: words(text) > 9000" in built.out
    head = work.head
    assert head is not None
    shown = start(tmp_path, "show")
    assert shown.wait() == 0
    lines = re.sub(r"\n {6}", " ", shown.out).splitlines()
    told = [line.strip() for line in lines if "dropped" in line]
    assert [line.partition(" by ")[2].rpartition(": ")[2] for line in told] == ["words(text) > 9000", SHORT]
    found = failures(work.store, head, "notes", {"gen short": 1, "gen note": 3})
    assert found == {"gen note": "text: words(text) > 9000", "gen short": SHORT}
    assert failures(work.store, head, "notes", {"filter 1": 2}) == {}


def test_of_several_reasons_the_commonest_is_told_as_such(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(SPEC.replace("1..4", "1..20"))
    commit = work.build(DeterministicEngine(invalid_share=0.3)).commit
    assert commit is not None
    rows = work.rows("notes", "rejected")
    reasons = Counter(row["reason"].removesuffix(" (3 attempts)") for row in rows if row["statement"] == "gen note")
    assert len(reasons) > 1
    [(first, number), (_, next_number), *_] = reasons.most_common()
    assert number > next_number
    assert failures(work.store, commit.id, "notes", {"gen note": 1})["gen note"] == f"mostly {first}"
