"""`truncate(tokens = n)` in a whole build: every prompt is cut by the tokens of the model that reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.functions.tokens import Cutter
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request
from tests.acceptance.workshop import Workshop

SPEC = '''
edition 1

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

prompt ask(page: Page) """
  Text: {{ page.text | truncate(tokens = 12) }}
  {% for part in [page].map(text.truncate(tokens = 6)) %}
  Part: {{ part }}
  {% endfor %}
"""

judge short(page: Page) -> bool by critic """
  {{ page.text.truncate(tokens = 3) }}
  Is it short?
"""

dataset notes {
  each page from pages
  gen note: str = ask(page) with writer
  filter short(page) or true
  emit { note = note, asked = ask(page) }
}
'''
TEXT = "The break statement leaves the nearest loop that stands around it."


class Watched(DeterministicEngine):
    """Remembers what it was asked."""

    async def complete(self, request: Request) -> Answer:
        asked.append(request)
        return await super().complete(request)


asked: list[Request] = []


def test_every_prompt_is_cut_by_the_tokens_of_the_model_that_reads_it(tmp_path: Path) -> None:
    asked.clear()
    workshop = Workshop(tmp_path).write(SPEC, pages=[{"id": "a", "text": TEXT}])
    engine = Watched()
    workshop.build(engine)
    note, verdict = (request.messages[0].content for request in asked)
    cutter = Cutter(engine.count_tokens)
    assert note.split() == f"Text: {cutter.cut(TEXT, 12)} Part: {cutter.cut(TEXT, 6)}".split()
    assert verdict.startswith(cutter.cut(TEXT, 3))
    (row,) = workshop.rows("notes")
    assert row["asked"][0]["content"] == note


@pytest.mark.live
def test_the_embedded_model_s_own_tokens_are_counted() -> None:
    from runtime.engines.llamacpp import LlamaCppEngine

    engine = LlamaCppEngine()
    found = Cutter(engine.count_tokens).cut(f"{TEXT} " * 40, 50)
    assert engine.count_tokens(found) <= 50
    assert engine.count_tokens(found.removesuffix("…") + " statement leaves…") > 50
    assert found.startswith(TEXT) and found.endswith("…")
