"""What a plan foretells: reuse exactly, new calls as a range that the build keeps to, and their cost."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from compiler.analysis import analyse
from runtime.build.build import Build, Options, build
from runtime.build.dry import Forecast
from runtime.build.foresee import foresee
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.sources.catalog import ProjectCatalog

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("python_qa.synth", "inputs", "fixtures"):
        source = SPECS / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path)
    return tmp_path


def _plan(root: Path, limit: int | None = None) -> Forecast:
    project = Project.find(root)
    engine = DeterministicEngine()
    with Session(project, project.config.profile(), engine) as session:
        analysis = analyse("python_qa.synth", ProjectCatalog(root), upto="lower")
        [made] = asyncio.run(foresee(analysis, session, Options("main", limit=limit), session.store.head("main")))
    assert engine.calls == 0, "a plan makes no call"
    return made


def _build(root: Path) -> Build:
    project = Project.find(root)
    with Session(project, project.config.profile(), DeterministicEngine(concurrency=1)) as session:
        analysis = analyse("python_qa.synth", ProjectCatalog(root), upto="lower")
        return build(analysis, session, Options("main"))


def test_a_first_plan_knows_no_cost_and_an_unchanged_one_has_nothing_to_do(root: Path) -> None:
    first = _plan(root)
    assert (first.how, first.reused, first.low) == ("run", 0, 12), "a question may be none, and then nothing follows"
    assert first.expected_tokens is None
    _build(root)
    assert _plan(root).how == "unchanged"


def test_after_an_edit_reuse_is_exact_and_new_calls_stay_within_the_bounds(root: Path) -> None:
    before = _build(root)
    spec = root / "python_qa.synth"
    spec.write_text(spec.read_text().replace("one or two sentences", "one short sentence"))
    foretold = _plan(root)
    attempted = before.datasets[0].manifest.counts.attempted
    assert foretold.cells["question"].low == 0
    assert foretold.cells["question"].reused == 12, "fewer rows cannot meet the target"
    assert foretold.cells["question"].reused + foretold.cells["question"].maybe >= attempted
    assert foretold.expected_tokens is not None
    assert foretold.expected_seconds is not None
    made = _build(root).datasets[0].progress
    assert foretold.low <= made.fresh <= foretold.worst


LISTS = '''edition 1
param wide: int = 4
record Page {
  id: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
prompt ask(text: str) """
  {{ text }}
"""
dataset python_qa {
  each page from pages
  gen drafts: str = ask(page.id) with writer times wide
  gen claims: str = ask(draft) with writer for draft in drafts
  loop i in 1..3 carry said: str[] = [] {
    gen more: str = ask(page.id) with writer times 2
    next said = said + more
    until said.any("x" in it)
  }
  run trial = python("print(1)")
  gen last: str = ask(trial.output) with writer
  require words(last) > 0 else retry 1
  emit { last = last, said = said, claims = claims }
}
'''


def test_samples_elements_and_rounds_are_counted_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "python_qa.synth").write_text(LISTS)
    (tmp_path / "pages.jsonl").write_text('{"id": "a"}\n{"id": "b"}\n')
    first = _plan(tmp_path)
    found = {name: (cell.low, cell.high, cell.worst) for name, cell in first.cells.items()}
    assert found == {"drafts": (8, 8, 24), "claims": (8, 8, 24), "more": (4, 12, 36), "last": (2, 4, 12)}
    made = _build(tmp_path).datasets[0].progress
    assert first.low <= made.fresh <= first.high


JUDGED = '''edition 1
record Page {
  id: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
prompt ask(text: str) """
  {{ text }}
"""
judge good(text: str) -> bool by critic """
  Is {{ text }} good?
"""
judge clear(text: str) -> bool by critic """
  Is {{ text }} clear?
"""
judge rich(text: str) -> points by critic """
  {{ text }}
""" {
  +1 "Is it rich?"
  +2 "Is it very rich?"
}
judge says(text: str, claim: str) -> bool by critic """
  {{ text }}: {{ claim }}?
"""
judge kind(text: str) -> bool by critic """
  Is {{ text }} kind?
"""
dataset python_qa {
  each page from pages
  gen drafts: str = ask(page.id) with writer times 4
  let best = drafts.best(by = good(it).p)
  let kept = drafts.where(good(it))
  let clearer = kept.rank(by = clear(it).p)
  let richest = drafts.where(len(it) > 0).top(1, by = rich(it))
  gen claims: str = ask(draft) with writer for draft in drafts when kind(draft)
  let facts = consistency(claims, across = drafts, by = says)
  let fine = [best, page.id].all(kind(it))
  emit { best = best, clearer = clearer, richest = richest, facts = len(facts), fine = fine }
}
'''


def test_judges_in_lists_are_counted_for_each_element_whose_number_is_known(tmp_path: Path) -> None:
    (tmp_path / "python_qa.synth").write_text(JUDGED)
    (tmp_path / "pages.jsonl").write_text('{"id": "a"}\n{"id": "b"}\n')
    first = _plan(tmp_path)
    found = {name: (cell.low, cell.high) for name, cell in first.cells.items() if cell.kind == "judge"}
    assert found == {"good": (8, 8), "clear": (0, 8), "rich": (0, 16), "says": (0, 32), "kind": (8, 12)}
    made = _build(tmp_path).datasets[0].progress
    assert made.fresh <= first.high


GROUPED = '''edition 1
enum Label { yes, no, maybe }
dataset python_qa {
  target = 2 per label
  each label in Label
  each take in 1..5
  draw tones ~ ["dry", "warm", "sad"].pick(2)
  gen drafts: str with writer """
    {{ label }} {{ take }} {{ tone }}
  """ for tone in tones
  filter drafts.count > 0
  emit { label = label, drafts = drafts }
}
'''


def test_of_every_group_of_a_target_the_first_rows_are_hoped_for_and_drawn_lists_are_counted(tmp_path: Path) -> None:
    (tmp_path / "python_qa.synth").write_text(GROUPED)
    first = _plan(tmp_path)
    assert (first.low, first.high) == (3 * 2 * 2, 3 * 2 * 2), "the filter holds for any two drafts"
    assert _build(tmp_path).datasets[0].progress.fresh == first.low


def test_a_row_that_waits_for_a_run_is_foretold_from_there_on(tmp_path: Path) -> None:
    (tmp_path / "python_qa.synth").write_text(LISTS)
    (tmp_path / "pages.jsonl").write_text('{"id": "a"}\n')
    _build(tmp_path)
    spec = tmp_path / "python_qa.synth"
    spec.write_text(LISTS.replace("print(1)", "print(2)"))
    second = _plan(tmp_path)
    assert {name: (cell.reused, cell.high) for name, cell in second.cells.items()} == {
        "drafts": (4, 0),
        "claims": (4, 0),
        "more": (second.cells["more"].reused, 0),
        "last": (0, 2),
    }


SOMETIMES = """edition 1
record Page {
  id: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset python_qa {
  each page from pages
  gen first: str with writer \"\"\"
    Write {{ page.id }}.
  \"\"\"
  gen hinted: str with writer \"\"\"
    Write {{ page.id }} again.
  \"\"\" when words(first) > 1000
  gen long: str with writer \"\"\"
    Write {{ page.id }} at length.
  \"\"\" when page.id == "a"
  emit { first = first, hinted = hinted, long = long }
}
"""


def test_a_call_that_hangs_on_a_condition_may_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "python_qa.synth").write_text(SOMETIMES)
    (tmp_path / "pages.jsonl").write_text('{"id": "a"}\n{"id": "b"}\n')
    first = _plan(tmp_path)
    assert {name: (cell.low, cell.high) for name, cell in first.cells.items()} == {
        "first": (2, 2),
        "hinted": (0, 2),
        "long": (1, 1),
    }
    made = _build(tmp_path).datasets[0].progress
    assert (first.low, made.fresh, first.high) == (3, 3, 5)


def test_a_row_that_stops_at_such_a_call_makes_it(tmp_path: Path) -> None:
    (tmp_path / "python_qa.synth").write_text(SOMETIMES)
    (tmp_path / "pages.jsonl").write_text('{"id": "a"}\n')
    _build(tmp_path)
    (tmp_path / "python_qa.synth").write_text(SOMETIMES.replace("at length", "in full"))
    second = _plan(tmp_path)
    assert (second.cells["long"].low, second.cells["long"].high, second.low) == (1, 1, 1)


ENDLESS = '''edition 1
dataset python_qa {
  target = 20
  each take in 1..
  gen note: str with writer """
    Write note {{ take }}.
  """
  require words(note) > 6 else retry 1
  filter take % 2 == 0 or words(note) > 3
  emit { note = note }
}
'''


def test_of_candidates_without_end_a_plan_looks_at_few_and_leaves_open_how_many_follow(tmp_path: Path) -> None:
    spec = tmp_path / "python_qa.synth"
    spec.write_text(ENDLESS)
    first = _plan(tmp_path)
    note = first.cells["note"]
    assert (first.candidates, first.endless, note.low, note.open) == (None, True, 20, True)
    assert first.looked < 10_000, "a million of them took minutes"
    assert 20 <= first.expected(note) < 100, "those of the candidates that are sure, and not of all that were looked at"
    _build(tmp_path)
    spec.write_text(ENDLESS.replace("Write note", "Write a note"))
    again, made = _plan(tmp_path), _build(tmp_path).datasets[0]
    assert made.progress.fresh / 3 < again.expected(again.cells["note"]) < made.progress.fresh * 3


def test_a_limit_ends_candidates_that_have_no_end(tmp_path: Path) -> None:
    (tmp_path / "python_qa.synth").write_text(ENDLESS)
    made = _plan(tmp_path, limit=30)
    assert (made.endless, made.looked, made.cells["note"].open, made.cells["note"].high) == (False, 30, False, 60)
