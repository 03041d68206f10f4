"""Benchmark 13: tokens/s of a build on the embedded engine, against a loop written by hand over the same calls.

    python benchmarks/b13_embedded.py [CANDIDATES] [ROUNDS]

The build is `specs/python_qa.synth` with everything on: journal, validation, provenance, shards, commit. The loop sends
the same prompts with the same settings, in the same order, to an `xllamacpp` server of its own with as many slots and
threads, and keeps only the text. They run alternately, each with its model loaded beforehand; the ratio is of the best
rates and is printed last.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from compiler.analysis import analyse
from dsl import tree
from dsl.source import Span
from runtime.build.build import Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines import About, Answer, Capabilities, Message, Request
from runtime.engines.llamacpp import LlamaCppEngine
from runtime.engines.llamacpp_wire import judged, sampled
from runtime.engines.weights import find_weights
from runtime.sources.catalog import ProjectCatalog

ROOT = Path(__file__).parents[1]
SPEC = "specs/python_qa.synth"


@dataclass
class Recording:
    """The embedded engine, with a note of every call in the order in which they ended."""

    engine: LlamaCppEngine
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tokens: int = 0

    @property
    def name(self) -> str:
        return self.engine.name

    @property
    def identity(self) -> str:
        return self.engine.identity

    @property
    def capabilities(self) -> Capabilities:
        return self.engine.capabilities

    @property
    def concurrency(self) -> int:
        return self.engine.concurrency

    async def complete(self, request: Request) -> Answer:
        answer = await self.engine.complete(request)
        settings = judged() if request.labels else sampled(request, self.name)
        self.calls.append((self.engine.render(request), settings))
        self.tokens += answer.completion_tokens
        return answer

    def render(self, request: Request) -> str:
        return self.engine.render(request)

    def count_tokens(self, text: str) -> int:
        return self.engine.count_tokens(text)

    async def about(self) -> About:
        return await self.engine.about()

    async def close(self) -> None:
        await self.engine.close()


def built(recording: Recording, count: int) -> float:
    """Tokens/s of one build of the first `count` candidates in a project that has nothing yet."""
    recording.calls.clear()
    recording.tokens = 0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "specs", Path(folder) / "specs")
        project = Project.find(Path(folder))
        wanted: dict[str, tree.Expr] = {"wanted": tree.Constant(span=Span("", 0, 0), value=count)}
        with Session(project, project.config.profile(None), recording) as session:
            started = time.perf_counter()
            analysis = analyse(SPEC, ProjectCatalog(project.root), wanted, upto="lower")
            build(analysis, session, Options("main", limit=count, audits="warn", test=False))
            return recording.tokens / (time.perf_counter() - started)


def server() -> Any:
    """As the engine's: one slot, all cores."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_weights())
    params.n_parallel, params.n_ctx, params.warmup, params.verbosity = 1, 4096, False, -1
    return xllamacpp.Server(params)


def looped(model: Any, calls: list[tuple[str, dict[str, Any]]]) -> float:
    """Tokens/s of the same calls, one after the other."""
    started, tokens, texts = time.perf_counter(), 0, []
    for prompt, settings in calls:
        answer = model.handle_completions({"prompt": prompt, **settings})
        tokens += answer["usage"]["completion_tokens"]
        texts.append(answer["choices"][0]["text"])
    return tokens / (time.perf_counter() - started)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    recording = Recording(LlamaCppEngine())
    recording.render(Request("", (Message("user", "load"),)))
    model = server()
    builds, loops = [], []
    for round_ in range(rounds):
        builds.append(built(recording, count))
        loops.append(looped(model, recording.calls))
        print(
            f"round {round_ + 1}: {len(recording.calls)} calls, build {builds[-1]:.1f}, loop {loops[-1]:.1f} tokens/s"
        )
    figure(13, f"{max(builds) / max(loops):.2f} × a loop by hand", "at least 0.95")


if __name__ == "__main__":
    main()
