"""A folder in; a project whose one dataset stands on two branches, and a spec that asks a model, out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.workshop import ENGINE, SPEC, Workshop
from tests.browser.python_qa import QUESTIONS, SHORTER
from tests.browser.python_qa import SPEC as LONG
from tests.page.project import built

TITLE = "## What a reader is told who asks how Python works.\n"
EXPLAIN = """## The same answers, told to somebody.
edition 1

from "std/judges.synth" import answered_by

record Question { id: str, topic: str, level: int, text: str, long: str, short: str }
input questions: Question = jsonl("questions.jsonl") { key = id }

criteria manner(asked: Question) {
  "in one sentence"           weight 2
  "with an example"           when asked.level > 1
  "without a technical term"
}

## An answer for somebody who has never programmed, or has for years.
prompt explain(asked: Question, rules: str[]) \"\"\"
  @system
  You answer {{ asked.topic | lower }} questions from a text.
  @user
  Text: {{ asked.long }}
  {% for rule in rules %}
  - {{ rule }}
  {% endfor %}
  {{ asked.text }}
\"\"\"

dataset explained {
  target = 5 per asked.topic
  each asked from questions
  draw rules ~ manner(asked).pick(1..2)

  gen answer: str = explain(asked, rules) with writer { temperature = 0.3, max_tokens = 60 }
  require matches(answer, "[A-Z][^?]{20,400}[.]") else retry 2
  filter answered_by(asked.long, answer)

  emit sft { messages = [user(asked.text), assistant(answer)], level = asked.level }
}

test "an answer that the text does not give is dropped" of explained {
  given asked = { id: "q1", topic: "loops", level: 1, text: "Why?", long: "It stops.", short: "It stops." }
  mock answer = "Everybody knows that loops are for the patient."
  mock answered_by = false
  expect dropped by answered_by
}
"""


def project(root: Path, hostile: str = "") -> Path:
    """`main` (the current branch) has long answers, `shorter` short ones: of the first question, `hostile`."""
    work = Workshop(root)
    root.mkdir(parents=True)
    rows = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
    rows[0]["short"] = hostile or rows[0]["short"]
    (root / QUESTIONS.name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (root / "synth.toml").write_text(ENGINE.format(settings=""))
    for branch, text in (("main", TITLE + LONG), ("shorter", TITLE + SHORTER)):
        if branch != "main":
            work.store.create_branch(branch, work.store.resolve("main"))
        (root / SPEC).write_text(text)
        built(work, branch)
    (root / "explain.synth").write_text(EXPLAIN)
    return root
