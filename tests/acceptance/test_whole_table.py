"""`dedup`, `decontaminate`, `select` and `target … per` against a model of them that looks at one candidate at a time.

Answers arrive in random order, from 1, 7 or 64 calls at once: the rows are the same.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Request
from runtime.filters import index, overlaps
from tests.acceptance.workshop import Workshop
from tests.examples import few
from tests.filters.test_overlap import Texts

SPEC = '''edition 1

record Page {{ id: str, group: "a" | "b" | "c", text: str }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
input benchmark: Page = jsonl("benchmark.jsonl") {{ key = id }}

dataset lines {{
  {target}
  each page from pages
  gen line: str with writer """
    Line {{{{ page.id }}}}.
  """
  {statements}
  emit {{ line = line, group = page.group }}
  audit kept <= attempted
}}
'''
LINES = (
    "my router drops the connection every evening",
    "every evening the router loses its connection",
    "my router drops the connection every night",
    "why is my phone bill so high this month",
    "my phone bill is very high this month",
    "the quick brown fox jumps over the dog",
    "a quick brown fox jumps over a dog",
    "no",
)
BENCHMARK = ("the brown fox jumps over a fence", "phone bill")
WAYS = (("exact", None), ("minhash", 0.5), ("meaning", 0.75))

Said = list[tuple[str, str]]
"""For each candidate its group and its line."""


def pages(said: Said) -> list[dict[str, Any]]:
    return [{"id": str(number), "group": group, "text": ""} for number, (group, _) in enumerate(said)]


def built(said: Said, statements: str, concurrency: int, target: str = "") -> tuple[dict[int, str], dict[int, str]]:
    """Kept lines and the reasons of the dropped, by candidate."""

    def answer(request: Request) -> str:
        found = re.search(r"Line (\d+)", request.messages[-1].content)
        assert found is not None
        return said[int(found[1])][1]

    engine = DeterministicEngine(concurrency=concurrency, jitter=0.003 if concurrency > 1 else 0.0, respond=answer)
    with tempfile.TemporaryDirectory() as folder:
        work = Workshop(Path(folder)).write(
            SPEC.format(target=target, statements=statements),
            pages=pages(said),
            benchmark=[{"id": f"b{place}", "group": "a", "text": text} for place, text in enumerate(BENCHMARK)],
        )
        made = work.made(engine)
        kept = {int(row["key"]): row["line"] for row in work.rows("lines")}
        rejected = {int(row["key"]): row["reason"] for row in work.rows("lines", "rejected")}
        counts = made.manifest.counts
        assert (counts.kept, counts.attempted) == (len(kept), len(kept) + len(rejected))
        assert {int(row["row"]) for row in work.rows("lines", "calls")} == {*kept, *rejected}
        assert (made.progress.kept, made.progress.attempted) == (counts.kept, counts.attempted)
        return kept, rejected


def repeats(method: str, threshold: float | None) -> Callable[[str], bool]:
    """Whether a line repeats one that was asked about before."""
    within = index(method, threshold)
    return lambda line: within.admit([within.prepare(line)])[0] is not None


EXAMPLES = few(12)
said = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(LINES)), min_size=1, max_size=14)
at_once = st.sampled_from([1, 7, 64])


@given(said, st.sampled_from(WAYS), at_once)
@settings(deadline=None, max_examples=EXAMPLES)
def test_dedup_compares_in_candidate_order(said: Said, way: tuple[str, float | None], concurrency: int) -> None:
    method, threshold = way
    written = method if threshold is None else f"{method}({threshold})"
    repeated = repeats(method, threshold)
    wanted = {number: line for number, (_, line) in enumerate(said) if not repeated(line)}
    assert built(said, f"dedup line by {written}", concurrency)[0] == wanted


@given(said, st.sampled_from([("ngram(3)", "ngram", 3), ("exact", "exact", None), ("meaning(0.7)", "meaning", 0.7)]))
@settings(deadline=None, max_examples=15)
def test_decontaminate_drops_what_overlaps_and_says_with_what(said: Said, way: tuple[str, str, float | None]) -> None:
    written, method, number = way
    found = {place: overlaps(method, number, Texts(BENCHMARK)).find(line) for place, (_, line) in enumerate(said)}
    kept, rejected = built(said, f"decontaminate line against benchmark.text by {written}", 7)
    assert set(kept) == {place for place, row in found.items() if row is None}
    assert all(
        rejected[place].endswith(f"overlaps benchmark/b{row}") for place, row in found.items() if row is not None
    )


@given(said, st.integers(1, 6), st.sampled_from([None, 0.75]), at_once)
@settings(deadline=None, max_examples=EXAMPLES)
def test_select_takes_the_best_over_the_whole_result(
    said: Said, count: int, apart: float | None, concurrency: int
) -> None:
    near = (lambda line: False) if apart is None else repeats("meaning", apart)
    passing = [(number, line) for number, (_, line) in enumerate(said) if line != "no"]
    ranked = sorted(passing, key=lambda one: (-len(one[1]), one[0]))
    chosen = [number for number, line in ranked if not near(line)][:count]
    written = "" if apart is None else f" apart line by meaning({apart})"
    kept, rejected = built(said, f'filter line != "no"\n  select {count} by len(line){written}', concurrency)
    assert set(kept) == set(chosen)
    assert {number for number, reason in rejected.items() if reason.startswith("select")} == {
        number for number, _ in passing if number not in chosen
    }


def by_group(said: Said, each: int, passes: Callable[[str], bool]) -> tuple[list[int], list[int]]:
    """Kept and dropped: in order, all of groups that are not full yet, until all are."""
    number, kept, dropped = dict.fromkeys("abc", 0), list[int](), list[int]()
    for place, (group, line) in enumerate(said):
        passed = passes(line)
        if all(found >= each for found in number.values()):
            break
        if number[group] < each:
            number[group] += passed
            (kept if passed else dropped).append(place)
    return kept, dropped


@given(said, st.integers(1, 4), st.booleans(), at_once)
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_target_per_group_keeps_the_first_of_each_in_candidate_order(
    said: Said, each: int, compared: bool, concurrency: int
) -> None:
    """With a dedup, a row of a full group still takes part in it, and is no row of any table."""
    repeated = repeats("exact", None) if compared else lambda line: False
    kept, dropped = by_group(said, each, lambda line: not repeated(line) and line != "no")
    statements = ("dedup line by exact\n  " if compared else "") + 'filter line != "no"'
    found = built(said, statements, concurrency, f"target = {each} per page.group")
    assert (sorted(found[0]), sorted(found[1])) == (kept, dropped)


def test_no_call_is_made_for_a_group_that_is_full() -> None:
    """The group is known before the first call; all of one group stand in front."""
    asked = list[str]()

    def answer(request: Request) -> str:
        asked.append(request.messages[-1].content)
        return "a line"

    said: Sequence[tuple[str, str]] = [("a", "")] * 30 + [("b", "")] * 30 + [("c", "")] * 30
    with tempfile.TemporaryDirectory() as folder:
        spec = SPEC.format(target="target = 4 per page.group", statements="")
        work = Workshop(Path(folder)).write(spec, pages=pages(list(said)), benchmark=pages([("a", "")]))
        made = work.made(DeterministicEngine(concurrency=16, respond=answer))
    assert len(asked) == 12 == made.manifest.counts.kept == made.manifest.counts.attempted
    assert made.progress.wanted == 12


@pytest.mark.parametrize("per", ["tone", "take", "half", "len(line) > 8"])
def test_a_target_counts_by_draws_axes_and_what_was_generated(tmp_path: Path, per: str) -> None:
    spec = f'''edition 1
dataset lines {{
  target = 3 per {per}
  each take in 1..4
  each again in 1..40
  draw tone ~ weighted {{ dry: 80%, warm: 20% }}
  let half = again % 2
  gen line: str with writer {{ max_tokens = 6 }} """
    Line {{{{ take }}}} {{{{ again }}}}.
  """
  require len(line) > 2 else retry 1
  emit {{ line = line, tone = tone, take = take, half = half, long = len(line) > 8 }}
}}
'''
    rows = [Workshop(tmp_path / str(n)).write(spec) for n in (1, 16)]
    for work, concurrency in zip(rows, (1, 16), strict=True):
        work.build(DeterministicEngine(concurrency=concurrency, jitter=0.002))
    one, other = (work.rows("lines") for work in rows)
    assert one == other
    column = {"tone": "tone", "take": "take", "half": "half"}.get(per, "long")
    values = [row[column] for row in one]
    assert {value: values.count(value) for value in values} == dict.fromkeys(values, 3)
    assert len(set(values)) == {"tone": 2, "take": 4, "half": 2}.get(per, 2)


def test_a_retry_after_a_dedup_compares_once(tmp_path: Path) -> None:
    spec = '''edition 1
dataset lines {
  each take in 1..6
  gen line: str with writer """
    Line {{ take }}.
  """
  dedup line by exact
  gen more: str with writer """
    More of {{ line }}.
  """
  require more != "again" else retry 1
  emit { line = line }
}
'''
    asked = list[str]()

    def answer(request: Request) -> str:
        asked.append(request.messages[-1].content)
        return "again" if asked.count(asked[-1]) == 1 and asked[-1].startswith("More") else asked[-1]

    work = Workshop(tmp_path).write(spec)
    assert work.made(DeterministicEngine(concurrency=4, respond=answer)).manifest.counts.kept == 6


def test_another_embedding_model_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = SPEC.format(target="", statements="dedup line by meaning(0.9)")
    work = Workshop(tmp_path).write(spec, pages=pages([("a", "")] * 3), benchmark=pages([("a", "")]))
    assert work.made().how == "ran"
    assert work.made().how == "unchanged"
    monkeypatch.setattr("runtime.embeddings.used.models", lambda dataset: {"by meaning": "another"})
    assert work.made().how == "ran"
