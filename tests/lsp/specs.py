"""Small specs that several tests open."""

from __future__ import annotations

FAST = '[engines.fast]\nkind = "deterministic"\n[profile.default]\nengine = "fast"\n'
"""A configuration under which nothing is asked of a model."""

FACTS = '{"id": "honey", "text": "Honey keeps for years."}\n{"id": "candle", "text": "A candle needs air."}\n'

SHARED = """edition 1

## A text that is known to be true.
record Fact {
  id: str
  text: str
}

prompt ask(fact: Fact, word: str) \"\"\"
  @system
  You write one question that a text answers.
  @user
  Text: {{ fact.text }} Begin with {{ word }}.
\"\"\"
"""

QUESTIONS = """edition 1
from "shared.synth" import Fact, ask

input facts: Fact = jsonl("facts.jsonl") { key = id }

dataset questions {
  each fact from facts
  draw word ~ weighted { Why: 50%, How: 50% }
  gen question: str = ask(fact, word) with writer
  filter words(question) > 0
  emit { question = question, fact = fact.id }
}

test "a question is kept" of questions {
  given fact = { id: "honey", text: "Honey keeps for years." }
  mock question = "Why does honey keep for years?"
  expect kept
}
"""

ONE = """edition 1

dataset facts {
  each take in 1..3
  gen line: str with writer \"\"\"Say something, {{ take }}.\"\"\"
  emit { line = line }
}
"""
