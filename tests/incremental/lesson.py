"""A dataset of four steps with a judge between them, the same for all edits; what a build of an edited one asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.build.build import Build
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request
from tests.acceptance.workshop import Workshop

LESSON = '''edition 1

param wanted: int = 1000

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

criteria asks(page: Page) {
  "asks for a number"
  "asks for a reason"
  "asks for an example"
  "asks for a limit"
  "asks for a name"
  "asks for an order" when words(page.text) > 1
}

prompt ask(page: Page, points: str[]) """
  QUESTION about {{ page.text }} which {{ points.join(" and ") }}
"""

prompt reply(page: Page, question: str) """
  ANSWER {{ question }} from {{ page.text }}
"""

prompt review(question: str, answer: str) """
  CRITIQUE {{ answer }} as an answer to {{ question }}
"""

prompt mend(answer: str, notes: str) """
  REWRITE {{ answer }} after {{ notes }}
"""

judge sound(question: str, answer: str) -> bool by critic """
  SOUND {{ answer }} as an answer to {{ question }}
"""

## Questions, answers, and what became of them.
dataset lessons {
  target = wanted
  each page from pages
  each take in 1..2
  draw points ~ asks(page).pick(2..3)
  gen question: str = ask(page, points) with writer { max_tokens = 100 }
  gen answer: str = reply(page, question) with writer { temperature = 0.3, max_tokens = 100 }
  filter sound(question, answer).p >= 0.5
  gen notes: str = review(question, answer) with writer { max_tokens = 100 }
  gen final: str = mend(answer, notes) with writer { max_tokens = 100 }
  emit { question = question, answer = final, points = points }
}
'''
STEPS = {"QUESTION": "question", "ANSWER": "answer", "SOUND": "sound", "CRITIQUE": "notes", "REWRITE": "final"}
PAGES = 24
CANDIDATES = 2 * PAGES


def pages(count: int = PAGES) -> list[dict[str, Any]]:
    return [{"id": f"page{number:04}", "text": f"The text of page {number}."} for number in range(count)]


class Asked(DeterministicEngine):
    """Counts its calls by the step whose prompt they are, which its first word tells."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.steps: Counter[str] = Counter()
        self.sent: list[str] = []

    async def complete(self, request: Request) -> Answer:
        text = request.messages[-1].content
        self.steps[STEPS[text.split()[0]]] += 1
        self.sent.append(text)
        return await super().complete(request)


@dataclass(frozen=True)
class Lessons:
    """The dataset, built once; `edited` builds it again."""

    work: Workshop

    @classmethod
    def built(cls, folder: Path, spec: str = LESSON, inputs: Iterable[dict[str, Any]] = (), **options: Any) -> Lessons:
        work = Workshop(folder).write(spec, pages=inputs or pages())
        work.build(Asked(), **options)
        return cls(work)

    def again(self, **options: Any) -> tuple[Counter[str], Build]:
        engine = Asked()
        build = self.work.build(engine, **options)
        return engine.steps, build

    def edited(self, *edits: tuple[str, str], **options: Any) -> Counter[str]:
        for old, new in edits:
            self.work.edit(old, new)
        return self.again(**options)[0]

    def with_pages(self, inputs: Sequence[dict[str, Any]]) -> Counter[str]:
        self.work.write((self.work.root / "spec.synth").read_text(), pages=inputs)
        return self.again()[0]

    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["key"]: row for row in self.work.rows("lessons")}

    def rejected(self) -> set[str]:
        return {row["key"] for row in self.work.rows("lessons", "rejected")}

    def made(self, cell: str, keys: Iterable[str] | None = None) -> dict[tuple[str, int, int, int], str]:
        """What was asked for a cell in the committed version: the call's key, by row and place."""
        wanted = None if keys is None else set(keys)
        return {
            (row["row"], row["round"], row["element"], row["attempt"]): row["call"]
            for row in self.work.rows("lessons", "calls")
            if row["cell"] == cell and row["call"] and (wanted is None or row["row"] in wanted)
        }

    def drawn(self) -> dict[str, Any]:
        """What each candidate drew, kept or not."""
        return {row["row"]: row["value"] for row in self.work.rows("lessons", "calls") if row["kind"] == "draw"}
