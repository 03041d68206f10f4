"""`synth preview`: what each model was asked and said, and the row that came of it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.conftest import Cli

SPEC = '''edition 1
judge deep(text: str) -> 1..3 by critic """
  {{ text }}
""" {
  1 "no"
  2 "half"
  3 "yes"
}
judge kind(text: str) -> bool by critic """
  {{ text }}
"""
dataset notes {
  each word in ["a"]
  let good = kind(word)
  emit { deep = deep(word), kind = good, nothing = ["a"].where(it == "b").first }
}
'''


def test_verdicts_say_what_was_decided_and_how_surely(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text(
        '[engines.test]\nkind = "deterministic"\n\n[profile.default]\nengine = "test"\n'
    )
    (tmp_path / "notes.synth").write_text(SPEC)
    told = cli("preview", "notes.synth", "-n", "1")
    assert told.code == 0, told.err
    assert re.search(r"^ +[123], p = 0\.\d\d$", told.out, re.MULTILINE)
    assert re.search(r"^ +(true|false), p = \d\.\d\d$", told.out, re.MULTILINE)
    assert "nothing = null" in told.out
