"""Candidates run in another order leave the same tables, statistics, counts, calls and journal behind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.build.build import Built
from runtime.build.candidates import Arrange, Candidate
from runtime.build.result import Result
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request
from runtime.program.outcome import Kept
from runtime.tables.manifest import Manifest
from tests.acceptance.workshop import Workshop

HEAD = '''edition 1
record Page {
  id: str
  text: str where len(text) > 3
}
input pages: Page = jsonl("pages.jsonl") { key = id }
personas readers = jsonl("readers.jsonl") { key = id }
enum Tone { dry, warm, sad }
judge good(text: str, tone: str) -> bool by critic """
  {{ tone }}: {{ text }}
"""
'''
PAGES = [{"id": f"p{n}", "text": f"Page {n} says {'much ' * n}"} for n in range(5)] + [{"id": "short", "text": "no"}]
READERS = [{"id": f"r{n}", "text": f"reader {n}"} for n in range(4)]
AXES = ["each page from pages", "each take in 1..3", "each tone in Tone"]
STATEMENTS = [
    "draw reader ~ readers",
    "draw size ~ int(1..9)",
    'let about = page.text + " in " + tone',
    "gen other: str[] = again(line) with writer",
    "gen samples: str = again(line) with writer times 2",
    "filter len(line) % 3 > 0",
    "require len(line) % 5 > 0 else retry 2",
    "filter good(line, tone)",
    "flag line when len(line) % 2 == 0",
    "audit mean(len(line) / 7) >= 0",
    "audit unique(key)",
    "audit distinct(line, ngram = 2) >= 0",
]
EMITS = [
    "emit { line = line, page = page.id }",
    "emit split by tone { line = line }\n  emit as notes for n in [1, 2] { n = n, line = line }",
]


@st.composite
def specs(draw: st.DrawFn) -> str:
    axes = draw(st.permutations(AXES))
    chosen = sorted(draw(st.sets(st.integers(0, len(STATEMENTS) - 1), max_size=6)))
    gen = f'gen line: str with writer """{draw(st.sampled_from(PROMPTS))}"""'
    before = [STATEMENTS[n] for n in chosen if n < 3]
    after = [STATEMENTS[n] for n in chosen if n >= 3]
    audits = [line for line in after if line.startswith("audit")]
    body = [*axes, *before, gen, *(line for line in after if line not in audits), draw(st.sampled_from(EMITS)), *audits]
    again = 'prompt again(line: str) """Once more: {{ line }}"""\n'
    return HEAD + again + "dataset out {\n  " + "\n  ".join(body) + "\n}\n"


PROMPTS = ["{{ tone }} {{ page.text }} {{ take }}", "{{ take }} and {{ page.text }}", "{{ page.text }} {{ tone }}"]


def shuffled(found: Iterator[Candidate]) -> Iterator[Candidate]:
    every = list(found)
    random.Random(0).shuffle(every)
    return iter(every)


def canonical(found: Iterator[Candidate]) -> Iterator[Candidate]:
    return iter(sorted(found, key=lambda candidate: candidate.index))


def built(spec: str, arrange: Arrange) -> tuple[Manifest, set[str]]:
    with TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder)).write(spec, pages=PAGES, readers=READERS)
        made: Built = workshop.made(arrange=arrange, audits="warn")
        return made.manifest, workshop.answered()


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs())
def test_what_a_build_leaves_does_not_tell_the_order_of_running(spec: str) -> None:
    leaves_the_same(spec)


@pytest.mark.soak
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs())
def test_what_fifty_builds_leave_does_not_tell_the_order_of_running(spec: str) -> None:
    leaves_the_same(spec)


def leaves_the_same(spec: str) -> None:
    first, journal = built(spec, canonical)
    for arrange in (iter, shuffled):
        again, answered = built(spec, arrange)
        assert again.root == first.root
        assert again == first
        assert answered == journal


class Noting(DeterministicEngine):
    """Keeps what it was asked, in the order in which it was."""

    def __init__(self) -> None:
        super().__init__(concurrency=1)
        self.asked: list[str] = []

    async def complete(self, request: Request) -> Answer:
        self.asked.append(str(request))
        return await super().complete(request)


TONES = HEAD.replace("personas readers", "personas unused") + (
    'dataset out {\n  MORE each page from pages\n  each tone in ["dry", "warm"]\n'
    '  gen line: str with writer """<{{ tone }}> {{ page.text }}"""\n  emit { line = line }\n}\n'
)


def tones(workshop: Workshop, **options: Any) -> list[str]:
    engine = Noting()
    workshop.build(engine, **options)
    return ["dry" if "<dry>" in asked else "warm" for asked in engine.asked]


def test_a_build_runs_rows_that_begin_alike_one_after_the_other(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path).write(TONES.replace("MORE", ""), pages=PAGES, readers=READERS)
    assert tones(workshop) == ["dry"] * 5 + ["warm"] * 5


@pytest.mark.parametrize(("more", "limit"), [("target = 10\n ", None), ("", 10)])
def test_a_target_and_a_limit_keep_the_specs_order(tmp_path: Path, more: str, limit: int | None) -> None:
    workshop = Workshop(tmp_path).write(TONES.replace("MORE", more), pages=PAGES, readers=READERS)
    found = tones(workshop, limit=limit)
    assert sorted(found) == ["dry"] * 5 + ["warm"] * 5
    assert workshop.at("out").manifest.counts.kept == 10


def test_audits_see_rows_in_candidate_order() -> None:
    result = Result("out", many=True)
    for index in (4, 0, 2):
        rows = tuple(("out", (n,), {"n": index * 10 + n}) for n in (0, 1))
        result.add((index,), Kept(rows=rows), {"x": index}, index)
    assert list(result.column("x")) == [0, 2, 4]
    assert result.column("x")[1] == 2 and result.column("x")[-1] == 4
    assert list(result.column("n", "out")) == [0, 1, 20, 21, 40, 41]
