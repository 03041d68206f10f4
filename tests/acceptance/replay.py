"""Answers of the embedded model, recorded once, in; an engine that gives them again, and nothing else, out.

    python -m tests.acceptance.replay

records them anew: about a minute on two cores. It is needed when a prompt, a seed or the form of a request changes.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from runtime.engines.protocol import About, Answer, Capabilities, Engine, Request
from tests.acceptance.specs import readers
from tests.acceptance.workshop import Row, Workshop

RECORDED = Path(__file__).with_name("recorded") / "embedded.jsonl"
SPEC = '''edition 1

param wanted: int = 1000

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }
personas readers = jsonl("readers.jsonl") { key = id }

prompt ask(page: Page, reader: Persona) """
  @user
  Text: The sky is blue because air scatters blue light.
  Reader: a child.
  @assistant
  Why is the sky blue?
  @user
  Text: {{ page.text }}
  Reader: {{ reader }}.
"""

judge clear(question: str) -> bool by critic """
  Is this question clear? Reply with Yes or No.
  {{ question }}
"""

dataset asked {
  target = wanted
  each page from pages
  each take in 1..3
  draw reader ~ readers
  gen question: str = ask(page, reader) with writer { max_tokens = 24 }
  require matches(question, "(Why|How|What|When) [a-z ]{8,60}[?]")
  gen mood: "curious" | "worried" with writer """
    How does one feel who asks: {{ question }}
  """
  filter clear(question) or mood == "curious"
  dedup question by exact
  emit { question = question, mood = mood, reader = reader.id }
}
'''
PAGES: list[Row] = [
    {"id": "break", "text": "The break statement ends the nearest loop and skips its else clause."},
    {"id": "with", "text": "The with statement calls a method on the way in and one on the way out."},
    {"id": "del", "text": "Deleting a name removes its binding from the namespace it lives in."},
    {"id": "pass", "text": "The pass statement does nothing and holds a place where a statement must stand."},
]


@dataclass(frozen=True)
class Recording:
    """`answers` by the hex digest of the request."""

    identity: str
    capabilities: Capabilities
    answers: dict[str, Any]

    @classmethod
    def read(cls, file: Path = RECORDED) -> Recording:
        first, *rest = file.read_text().splitlines()
        about = json.loads(first)
        answers = dict(json.loads(line) for line in rest)
        return cls(about["identity"], Capabilities(**about["capabilities"]), answers)

    @classmethod
    def of(cls, engine: Engine, work: Workshop) -> Recording:
        """What the journal of a project holds after builds on one engine."""
        import sqlite3

        (file,) = (work.state / "journal").glob("*.db")
        with sqlite3.connect(file) as connection:
            rows = connection.execute("select key, value from effects order by key").fetchall()
        answers = {bytes(key).hex(): json.loads(value) for key, value in rows}
        return cls(engine.identity, engine.capabilities, answers)

    def write(self, file: Path) -> None:
        about = {"identity": self.identity, "capabilities": asdict(self.capabilities)}
        lines = [json.dumps(about), *(json.dumps(item) for item in self.answers.items())]
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(lines) + "\n")
        print(f"{len(self.answers)} answers in {file}")

    def effects(self) -> list[tuple[bytes, bytes]]:
        """As the journal keeps them."""
        return [(bytes.fromhex(key), json.dumps(answer).encode()) for key, answer in self.answers.items()]


@dataclass
class SilentEngine:
    """Passes for the engine that was recorded; a request that reaches it was not recorded, and is a fault."""

    recording: Recording
    concurrency: int
    name: str = "embedded"

    @property
    def identity(self) -> str:
        return self.recording.identity

    @property
    def capabilities(self) -> Capabilities:
        return self.recording.capabilities

    async def complete(self, request: Request) -> Answer:
        raise AssertionError(f"no answer was recorded for {request.messages[-1].content!r}: see {__name__}")

    def render(self, request: Request) -> str:
        return "".join(message.content for message in request.messages)

    def count_tokens(self, text: str) -> int:
        """Roughly what a real tokenizer counts: a text far below a limit is cut by neither."""
        return -(-len(text) // 4)

    async def about(self) -> About:
        return About("llamacpp", "recorded", self.identity, "none", self.capabilities.seed)

    async def close(self) -> None:
        """Nothing is held."""


def project(folder: Path) -> Workshop:
    return Workshop(folder).write(SPEC, pages=PAGES, readers=readers(2))


def record() -> None:
    """Builds every candidate on the embedded engine, and writes down what its journal holds."""
    from runtime.engines.llamacpp import LlamaCppEngine

    engine = LlamaCppEngine()
    with tempfile.TemporaryDirectory() as folder:
        work = project(Path(folder))
        work.build(engine)
        Recording.of(engine, work).write(RECORDED)


if __name__ == "__main__":
    record()
