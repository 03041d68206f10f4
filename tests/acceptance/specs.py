"""The specs that the acceptance tests build, and their inputs."""

from __future__ import annotations

from typing import Any

QA = '''## Questions about pages, and their answers.
edition 1

param wanted: int = 1000

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }
personas readers = jsonl("readers.jsonl") { key = id }

prompt ask(page: Page, reader: Persona) """
  @system
  You write one question that a reader asks.
  @user
  Text: {{ page.text }}
  Reader: {{ reader }}
"""

prompt reply(page: Page, question: str) """
  @system
  You answer from the text.
  @user
  Text: {{ page.text }}
  {{ question }}
"""

judge sound(answer: str) -> bool by critic """
  Is this sound? {{ answer }}
"""

## One question and one answer a row.
dataset qa {
  target = wanted
  each page from pages
  each take in 1..2
  draw reader ~ readers
  gen question: str = ask(page, reader) with writer { max_tokens = 100 }
  require words(question) > 6 else retry 1
  gen answer: str = reply(page, question) with writer { temperature = 0.3, max_tokens = 100 }
  filter sound(answer)
  dedup answer by exact
  emit { question = question, answer = answer, reader = reader.id }
  audit kept / attempted >= 10%
}
'''

LINES = '''edition 1

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

prompt ask(page: Page, take: int) """
  Ask question {{ take }} about {{ page.text }}
"""

dataset lines {
  each page from pages
  each take in 1..12
  gen line: str = ask(page, take) with writer { max_tokens = 60 } when take < 4
  emit { line = line, text = page.text }
}
'''


def pages(count: int) -> list[dict[str, Any]]:
    return [page(number) for number in range(count)]


def page(number: int) -> dict[str, Any]:
    return {"id": f"page{number:04}", "text": f"The text of page {number}."}


def readers(count: int) -> list[dict[str, Any]]:
    return [{"id": f"reader{n}", "text": f"a reader of kind {n}"} for n in range(count)]
