"""What a build prints when it is done: no line is wider than the terminal, and nothing that matters is cut."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli

SPEC = '''edition 1

record Fact {
  id: str
  text: str
}

input facts: Fact = jsonl("facts.jsonl") { key = id }

judge holds_together_in_every_way_that_a_careful_reader_asks_for(text: str) -> bool by critic """Is {{ text }} so?"""

dataset remarks_that_a_reader_of_texts_makes {
  each fact from facts
  gen remark: str with writer """Say it again: {{ fact.text }}"""
  filter holds_together_in_every_way_that_a_careful_reader_asks_for(remark) or words(remark) >= 0 or fact.id == "a"
  filter fact.id != "f1" and fact.text != "what nobody says about anything" and fact.text != "nor this one"
  emit { remark = remark }
}
'''


def test_no_line_of_a_summary_is_wider_than_the_terminal(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text('[engines.e]\nkind = "deterministic"\n[profile.default]\nengine = "e"\n')
    (tmp_path / "facts.jsonl").write_text("".join(json.dumps({"id": f"f{n}", "text": "a"}) + "\n" for n in range(3)))
    (tmp_path / "a.synth").write_text(SPEC)
    message = "A first line of a message that says at great length what has been built\n\nand more below"
    told = cli("build", "a.synth", "-m", message)
    assert told.code == 0, told.err
    assert max(map(len, told.out.splitlines())) <= 80
    assert "2 rows kept of 3 tried" in " ".join(told.out.split()) and "  root " in told.out.replace("\n", " ")
    assert told.out.splitlines()[-1].endswith("…")
    assert message.splitlines()[0] in cli("log").out
