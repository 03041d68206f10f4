"""Benchmark 14: tokens/s of a build on an SGLang server against a client that replays its prompts; its prefix cache.

    python benchmarks/b14_sglang.py [URL] [--pages 12] [--questions 8] [--words 160] [--in-flight 8] [--rounds 3]

The build asks so many questions about so many pages and judges each, with everything on: journal, validation,
provenance, shards, commit. The client sends the same token ids, as many at a time, and makes the server write as many
tokens for each; it keeps nothing. They run alternately, each on an empty cache; the ratio is of the best rates.

What the server found in its cache is what it was asked about less what it says that it computed, so a prompt that is
computed ahead of its calls is no find; for the build, and for the client with the same prompts shuffled. What the best
order could share is the sum of all prompts less the tokens of their prefix tree. Nobody else may use the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from compiler.analysis import analyse
from runtime.build.build import Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines import Answer, Engine, Request, make_engine
from runtime.engines.samples import sentence
from runtime.sources.catalog import ProjectCatalog

SPEC = """edition 1

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

prompt ask(page: Page, number: int) \"\"\"
  @system
  You ask one short question about a text, in plain words, and nothing else.
  @user
  Text: {{ page.text }}
  Ask question number {{ number }} about it.
\"\"\"

judge fits(page: Page, question: str) -> bool by writer \"\"\"
  @system
  You say whether a question is about a text.
  @user
  Text: {{ page.text }}
  Question: {{ question }}
  Is the question about the text?
\"\"\" { threshold = 0 }

dataset asked {
  each number in 1..QUESTIONS
  each page from pages
  gen question: str = ask(page, number) with writer { max_tokens = 48, stop = [".", "?"] }
  filter fits(page, question)
  emit { question = question, number = number, page = page.id }
}
"""


@dataclass(frozen=True)
class Job:
    url: str
    pages: int
    questions: int
    words: int
    in_flight: int

    def write(self, folder: Path) -> None:
        """A project with so many pages, each of its own words."""
        random_ = random.Random(7)
        pages = (" ".join(sentence(random_, 8) for _ in range(max(self.words // 8, 1))) for _ in range(self.pages))
        lines = (json.dumps({"id": f"p{place:04}", "text": text}) for place, text in enumerate(pages))
        (folder / "pages.jsonl").write_text("\n".join(lines))
        (folder / "asked.synth").write_text(SPEC.replace("QUESTIONS", str(self.questions)))

    def engine(self) -> Engine:
        return make_engine("sglang", {"url": self.url, "concurrency": self.in_flight})


@dataclass
class Recording:
    """An engine, with a note of every call in the order in which they were sent."""

    engine: Any
    requests: list[Request] = field(default_factory=list)
    answers: dict[bytes, Answer] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    async def complete(self, request: Request) -> Answer:
        self.requests.append(request)
        answer: Answer = await self.engine.complete(request)
        self.answers[request.digest] = answer
        return answer

    async def complete_all(self, requests: Sequence[Request]) -> list[Answer]:
        self.requests.extend(requests)
        answers: list[Answer] = await self.engine.complete_all(requests)
        self.answers.update(zip((request.digest for request in requests), answers, strict=True))
        return answers

    @property
    def lengths(self) -> list[int]:
        return [max(self.answers[request.digest].completion_tokens, 1) for request in self.requests]


@dataclass(frozen=True)
class Ran:
    """Tokens written, prompt tokens that the server computed, seconds."""

    written: int
    computed: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.written / self.seconds


def built(job: Job, recording: Recording) -> Ran:
    """One build in a project that has nothing yet."""
    recording.requests.clear()
    recording.answers.clear()
    with tempfile.TemporaryDirectory() as folder:
        job.write(Path(folder))
        project = Project.find(Path(folder))
        analysis = analyse("asked.synth", ProjectCatalog(project.root), upto="lower")
        mistakes = [found for found in analysis.diagnostics if found.code.startswith("E")]
        assert not mistakes, mistakes
        with Session(project, project.config.profile(None), recording) as session:
            before, started = computed(job), time.perf_counter()
            build(analysis, session, Options("main", audits="warn", test=False))
            seconds = time.perf_counter() - started
    return Ran(sum(recording.lengths), computed(job) - before, seconds)


async def _together(url: str, bodies: Sequence[Any], in_flight: int) -> list[Any]:
    """What the server answers to each, so many at a time."""
    room = asyncio.Semaphore(in_flight)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:

        async def one(body: Any) -> Any:
            async with room, session.post(url, json=body) as answer:
                answer.raise_for_status()
                return await answer.json()

        return await asyncio.gather(*map(one, bodies))


def replayed(job: Job, prompts: Sequence[tuple[list[int], int]]) -> Ran:
    """The same prompts, and as many tokens written for each."""
    bodies = [
        {"input_ids": ids, "sampling_params": {"max_new_tokens": length, "ignore_eos": True}} for ids, length in prompts
    ]
    before, started = computed(job), time.perf_counter()
    asyncio.run(_together(f"{job.url}/generate", bodies, job.in_flight))
    seconds = time.perf_counter() - started
    return Ran(sum(length for _, length in prompts), computed(job) - before, seconds)


def tokens(job: Job, texts: Sequence[str]) -> list[list[int]]:
    answers = asyncio.run(_together(f"{job.url}/tokenize", [{"prompt": text} for text in texts], 8))
    return [answer["tokens"] for answer in answers]


def emptied(job: Job) -> None:
    """Raises while anybody uses the server."""
    with urllib.request.urlopen(urllib.request.Request(f"{job.url}/flush_cache", method="POST")):
        return


def computed(job: Job) -> int:
    """Prompt tokens that the server has computed since it was started (`--enable-metrics`)."""
    with urllib.request.urlopen(f"{job.url}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    counts = [
        line for line in lines if line.startswith("sglang:realtime_tokens_total") and 'mode="prefill_compute"' in line
    ]
    return round(sum(float(line.rsplit(" ", 1)[1]) for line in counts))


def shareable(prompts: Sequence[Sequence[int]]) -> int:
    """Tokens that need not be computed in the best order: all but those of the prefix tree.

    A server computes at least the last token of a prompt, also of one that it has seen whole.
    """
    shared = 0
    last: tuple[int, ...] = ()
    for prompt in sorted(map(tuple, prompts)):
        same = next((place for place, (one, other) in enumerate(zip(prompt, last, strict=False)) if one != other), None)
        shared += min(len(prompt), len(last)) if same is None else same
        shared -= prompt == last
        last = prompt
    return shared


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmark 14, on an SGLang server.")
    parser.add_argument("url", nargs="?", default=os.environ.get("SYNTH_TEST_SGLANG_URL"))
    for name, default in (("pages", 12), ("questions", 8), ("words", 160), ("in-flight", 8), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    if not given.url:
        print("not run: name an SGLang server, as an argument or in SYNTH_TEST_SGLANG_URL")
        return
    job = Job(given.url.rstrip("/"), given.pages, given.questions, given.words, given.in_flight)
    recording = Recording(job.engine())
    builds, replays = [], []
    for round_ in range(given.rounds):
        emptied(job)
        builds.append(built(job, recording))
        ids = tokens(job, [recording.engine.render(request) for request in recording.requests])
        prompts = list(zip(ids, recording.lengths, strict=True))
        emptied(job)
        replays.append(replayed(job, prompts))
        print(
            f"round {round_ + 1}: {len(prompts)} calls, {sum(map(len, ids)):,} prompt tokens; "
            f"build {builds[-1].rate:.1f}, client {replays[-1].rate:.1f} tokens/s"
        )
    emptied(job)
    shuffled = replayed(job, random.Random(1).sample(prompts, len(prompts)))
    total, best = sum(map(len, ids)), shareable(ids)
    found = total - min(one.computed for one in builds)
    print(f"cached: best order {best / total:.1%}, build {found / total:.1%}, ", end="")
    print(f"shuffled {1 - shuffled.computed / total:.1%} at {shuffled.rate:.1f} tokens/s")
    print(f"cached over what the best order could share {found / best:.2f} (must reach 0.9)")
    rate = max(one.rate for one in builds) / max(one.rate for one in replays)
    figure(14, f"{rate:.2f} × a replay; {found / best:.2f} of what can be shared", "at least 0.95; at least 0.9")


if __name__ == "__main__":
    main()
