"""A number of rows and an engine's address in; the files of the job out, and its prompts as a client by hand has them.

The job: a row is a persona and a topic. A model is asked for a question on them (text), and then for a verdict on that
question (a record of three fields, under a JSON schema).
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import orjson

TOPICS = ["astronomy", "cooking", "medicine", "law", "history", "music", "sports", "finance", "gardening", "travel"]
JOBS = ["sailor", "nurse", "teacher", "farmer", "judge", "baker", "pilot", "plumber", "poet", "clerk"]
CITIES = [
    "Brest",
    "Oslo",
    "Lima",
    "Accra",
    "Pune",
    "Kyoto",
    "Quito",
    "Turin",
    "Graz",
    "Leeds",
    "Basel",
    "Porto",
    "Izmir",
    "Dakar",
    "Hanoi",
    "Perth",
    "Cadiz",
    "Malmo",
    "Sofia",
    "Tunis",
]
PERSONAS = [
    f"a {job} from {city} who has worked there for {3 + (at * 7) % 30} years, likes short plain answers and collects "
    "old maps"
    for at, (job, city) in enumerate((job, city) for job in JOBS for city in CITIES)
]
ASK = (
    "You are {persona}. Write one short question about the topic {topic} that this person would ask an expert, in two "
    "or three plain sentences, without any preamble."
)
RATE = (
    "Say how well this question fits {persona} and the topic {topic}: a better question, its answer, and how difficult "
    "it is.\n\nQuestion: {question}"
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "question": {"type": "string"},
        "answer": {"type": "string"},
        "difficulty": {"enum": ["easy", "medium", "hard"]},
    },
    "required": ["question", "answer", "difficulty"],
    "additionalProperties": False,
}
MAX_TOKENS = 128
_SPEC = '''edition 1
record Row {{
  id: int
  persona: str
  topic: str
}}
record Verdict {{
  question: str
  answer: str
  difficulty: "easy" | "medium" | "hard"
}}
input jobs: Row = jsonl("rows.jsonl") {{ key = id }}
prompt ask(persona: str, topic: str) """
  {ask}
"""
prompt rate(persona: str, topic: str, question: str) """
  {rate}
"""
dataset rows {{
  each job from jobs
  gen question: str = ask(job.persona, job.topic) with writer {{ temperature = 0.8, max_tokens = {most} }}
  gen verdict: Verdict = rate(job.persona, job.topic, question) with judge {{ temperature = 0.7, max_tokens = {most} }}
  emit {{ persona = job.persona, topic = job.topic, question = question, verdict = verdict }}
}}
'''
_ENGINES = {
    "chat": 'kind = "openai"\nurl = "{url}/v1"\nmodel = "mock"\n',
    "generate": 'kind = "sglang"\nurl = "{url}"\n',
}
APIS = tuple(_ENGINES)


def rows(count: int) -> list[dict[str, Any]]:
    chance = random.Random(7)
    return [{"id": at, "persona": PERSONAS[at % len(PERSONAS)], "topic": chance.choice(TOPICS)} for at in range(count)]


def spec() -> str:
    braced = {name: f"{{{{ {name} }}}}" for name in ("persona", "topic", "question")}
    rate = RATE.format(**braced).replace("\n\n", "\n\n  ")
    return _SPEC.format(ask=ASK.format(**braced), rate=rate, most=MAX_TOKENS)


def write(folder: Path, count: int, url: str, api: str, concurrency: int) -> None:
    """A project that does the job, and the rows that both clients read."""
    engine = _ENGINES[api].format(url=url)
    config = f'[engines.mock]\n{engine}concurrency = {concurrency}\n[profile.default]\nengine = "mock"\n'
    (folder / "synth.toml").write_text(config)
    (folder / "job.synth").write_text(spec())
    (folder / "rows.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows(count)))
