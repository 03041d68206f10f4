"""A spec without a model, a shorter version of it, and the file that it reads: for pictures, and for editors."""

from __future__ import annotations

from pathlib import Path

SPEC = """edition 1
record Question { id: str, topic: str, level: int, text: str, long: str, short: str }
input questions: Question = jsonl("questions.jsonl") { key = id }

dataset python_qa {
  each asked from questions
  let answer = asked.long
  filter words(answer) > 4
  flag answer when asked.level > 3
  emit { question = asked.text, answer = answer, topic = asked.topic, level = asked.level }
}
"""
SHORTER = SPEC.replace("asked.long", "asked.short").replace("words(answer) > 4", "words(answer) > 8")
QUESTIONS = Path(__file__).with_name("questions.jsonl")
