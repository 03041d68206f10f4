"""A spec's tests run with no model: what mocks answer in which order, and what a test may give in a source's place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from compiler.analysis import analyse
from dsl.diagnostics import Diagnostic
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.session import Session
from runtime.build.tests import run_all
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.sources.catalog import ProjectCatalog

HEAD = """edition 1

record Page {
  id: str
}

record Claim {
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

prompt ask(text: str) \"\"\"
  {{ text }}
\"\"\"
"""


def failures(root: Path, spec: str, dataset: str = "d", **files: Iterable[Any]) -> dict[str, tuple[Diagnostic, ...]]:
    """What each test of the dataset found out, by its title."""
    (root / "fixtures").mkdir(exist_ok=True)
    (root / "spec.synth").write_text(HEAD + spec)
    for name, rows in {"pages": [{"id": "a"}, {"id": "b"}], **files}.items():
        folder = root if name == "pages" else root / "fixtures"
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    project = Project.find(root)
    with Session(project, project.config.profile(), DeterministicEngine()) as session:
        analysis = analyse("spec.synth", ProjectCatalog(root), upto="lower")
        assert analysis.ok, analysis.errors
        assert analysis.model.plan is not None
        plan = next(item for item in analysis.model.plan.datasets if item.name == dataset)
        loaded = Loaded(plan, analysis.model.programs[dataset])
        inputs = Inputs.open(loaded, root, session.facts)
        verdicts = run_all(analysis, loaded, inputs, session)
    return {verdict.test.title: verdict.failures for verdict in verdicts}


LISTS = """
dataset d {
  each page from pages
  loop i in 1..2 carry all: str[] = [] {
    gen drafts: str = ask(page.id) with writer times 2
    gen claims: Claim[] = ask(draft) with extractor for draft in drafts
    next all = all + claims.flat.map(text)
  }
  emit { all = all }
}
"""


def test_a_list_answers_in_the_order_of_rounds_elements_and_samples(tmp_path: Path) -> None:
    spec = f"""{LISTS}
test "in order" of d {{
  mock drafts = ["1", "2", "3", "4"]
  mock claims = fixture("claims.jsonl")
  expect kept
  expect that drafts == ["3", "4"] and all == ["a", "b", "c", "d"]
}}

test "one for all" of d {{
  mock drafts = "x"
  mock claims = [{{ text: "y" }}]
  expect that all == ["y", "y", "y", "y"] and claims.flat.count == 2
}}

test "too few" of d {{
  mock drafts = ["1", "2", "3", "4"]
  mock claims = [[{{ text: "a" }}], [{{ text: "b" }}], [{{ text: "c" }}]]
  expect kept
}}

test "none" of d {{
  mock drafts = "x"
  expect kept
}}
"""
    claims = [[{"text": "a"}], [{"text": "b"}], [{"text": "c"}], [{"text": "d"}]]
    found = failures(tmp_path, spec, claims=claims)
    assert found["in order"] == found["one for all"] == ()
    [few], [none] = found["too few"], found["none"]
    assert few.code == none.code == "E0903"
    assert few.label == "it gives 3 answers and call 4 came (round 2, element 1)"
    assert none.label == "it is not mocked (round 1)"


def test_an_answer_that_breaks_its_type_is_asked_for_again_and_in_a_list_is_null(tmp_path: Path) -> None:
    spec = '''
record Long {
  text: str where words(text) > 1
}
dataset d {
  each page from pages
  gen one: Long with writer """
    {{ page.id }}
  """
  gen many: Long = ask(page.id) with writer times 2
  emit { one = one.text, many = many.count }
}

test "again" of d {
  mock one = [{ text: "short" }, { text: "long enough" }]
  mock many = [{ text: "no" }, { text: "no" }, { text: "no" }, { text: "two words" }]
  expect that one.text == "long enough" and many.count == 1 and many.first.text == "two words"
}

test "never" of d {
  mock one = { text: "short" }
  expect dropped by one
}
'''
    assert failures(tmp_path, spec) == {"again": (), "never": ()}


def test_runs_and_judges_are_mocked_like_gens(tmp_path: Path) -> None:
    spec = '''
judge kind(text: str) -> bool by critic """
  Is this kind? {{ text }}
"""
judge useful(text: str) -> points by critic """
  @user
  {{ text }}
""" {
  +1 "Is it short?"
  +2 "Is it sweet?"
}
judge level(text: str) -> 1..3 by critic """
  @user
  {{ text }}
""" {
  1 "poor"
  2 "fair"
  3 "good"
}
dataset d {
  each page from pages
  gen drafts: python = ask(page.id) with coder times 3
  run trials = pytest(draft, "test") { timeout = 5s } for draft in drafts
  let passing = drafts.where(trials.failed == 0 and trials.ok)
  let liked = passing.where(kind(it))
  filter liked.any
  filter useful(page.id) >= 2
  let where_it_is = level(page.id)
  emit { liked = liked }
}

test "in order" of d {
  mock drafts = ["x = 1", "x = 2", "x = 3"]
  mock trials = [{ passed: 3 }, { failed: 1, passed: 2 }, { passed: 1 }]
  mock kind = [false, true]
  mock useful = 3
  mock level = 2
  expect that liked == ["x = 3"] and where_it_is == 2 and trials.all(output == "")
}

test "one for all" of d {
  mock drafts = "x = 1"
  mock trials = { ok: true, passed: 3 }
  mock kind = [true]
  mock useful = [1]
  expect dropped by useful
}

test "a judge runs short" of d {
  mock drafts = ["x = 1", "x = 2", "x = 3"]
  mock trials = { ok: true }
  mock kind = [true, false]
  expect kept
}

test "none passes" of d {
  mock drafts = "x = 1"
  mock trials = { ok: false }
  expect dropped by liked
}
'''
    found = failures(tmp_path, spec)
    [short] = found.pop("a judge runs short")
    assert (short.code, short.label) == ("E0903", "it gives 2 answers and call 3 came")
    assert found == {"in order": (), "one for all": (), "none passes": ()}


def test_axes_draws_params_inputs_and_personas_are_given(tmp_path: Path) -> None:
    spec = '''
param most: int = 1
input shots: Page = jsonl("pages.jsonl") { key = id }
personas readers = jsonl("fixtures/readers.jsonl") { key = id }
dataset d {
  each page from pages
  draw reader ~ readers
  draw tone ~ ["dry", "warm"]
  draw extra ~ shots.pick(2)
  loop i in 1..most carry said: str[] = [] {
    gen line: str with writer """
      {{ reader }} {{ tone }} {{ page.id }}
    """
    next said = said + [line]
  }
  emit { said = said }
}

test "all given" of d {
  given pages = [{ id: "mine" }]
  given shots = [{ id: "s1" }, { id: "s2" }]
  given readers = [{ id: "nurse", text: "a nurse" }]
  given tone = "dry"
  given most = 3
  mock line = ["a", "b", "c"]
  expect that said == ["a", "b", "c"] and page.id == "mine" and reader.text == "a nurse"
  expect that extra.map(id).sort() == ["s1", "s2"] and tone == "dry"
}

test "the first of each" of d {
  mock line = "a"
  expect that page.id == "a" and said == ["a"]
}
'''
    found = failures(tmp_path, spec, readers=[{"id": "cook", "text": "a cook"}])
    assert found == {"all given": (), "the first of each": ()}


def test_rows_of_another_dataset_are_given(tmp_path: Path) -> None:
    spec = '''
dataset authors {
  each page from pages
  gen persona: str with writer """
    {{ page.id }}
  """
  emit { id = page.id, text = persona }
}
personas customers = authors
dataset d {
  each customer from customers
  gen ticket: str with writer """
    You are {{ customer }}.
  """
  emit { ticket = ticket, customer = customer.id }
}

test "of the personas" of d {
  given customers = [{ id: "p", text: "a pilot" }]
  mock ticket = "Help."
  expect that customer.text == "a pilot" and ticket == "Help."
}

test "of the dataset" of d {
  given authors = [{ id: "p", text: "a pilot" }]
  mock ticket = "Help."
  expect that customer.id == "p"
}
'''
    assert failures(tmp_path, spec) == {"of the personas": (), "of the dataset": ()}


VERDICTS = """
judge sure(text: str) -> bool by critic \"\"\"
  {{ text }}
\"\"\"
judge good(text: str) -> points by critic \"\"\"
  {{ text }}
\"\"\" {
  +1 "Is it kind?"
  +2 "Is it short?"
  -1 "Is it rude?"
}
judge deep(text: str) -> 1..5 by critic \"\"\"
  {{ text }}
\"\"\" {
  1 "one"
  2 "two"
  3 "three"
  4 "four"
  5 "five"
}
dataset d {
  each page from pages
  let p = (sure(page.id).p + 1 - sure("x").p) / 2
  let mean = deep(page.id).mean * deep(page.id).p
  let given = good(page.id).points
  emit { p = p, mean = mean, given = given }
}
test "a verdict that a test gives is without doubt" of d {
  mock sure = [true, false]
  mock deep = 4
  mock good = 1
  expect that p == 1 and mean == 4 and given == [1, 0, 0]
}
test "points that no questions make up are the first one's" of d {
  mock sure = false
  mock deep = 2
  mock good = 7
  expect that p == 0.5 and mean == 2 and given == [7, 0, 0]
}
test "the first questions that make up the points" of d {
  mock sure = false
  mock deep = 2
  mock good = -1
  expect that given == [0, 0, -1]
}
"""


def test_a_mocked_verdict_has_all_that_a_real_one_has(tmp_path: Path) -> None:
    assert failures(tmp_path, VERDICTS) == {
        "a verdict that a test gives is without doubt": (),
        "points that no questions make up are the first one's": (),
        "the first questions that make up the points": (),
    }


JSON = """
record Tool {
  id: str
  schema: json
}
dataset d {
  each tool from tools
  gen one: json(tool.schema) = ask(tool.id) with writer
  gen many: json(tool.schema)[2] = ask(tool.id) with writer
  emit { one = one, many = many, schema = tool.schema }
}
input tools: Tool = jsonl("tools.jsonl") { key = id }
test "objects" of d {
  given tool = { id: "t", schema: { type: "object", required: ["a"] } }
  mock one = { a: 3, b: [{ c: null }] }
  mock many = [{ a: 1 }, { a: "x" }]
  expect that conforms(one, tool.schema) and many.all(conforms(it, tool.schema)) and len(tool.schema) == 34
}
test "one after another" of d {
  given tool = { id: "t", schema: "{}" }
  mock one = 3
  mock many = [[1, "x"], [2, "y"]]
  expect that str(many.last) == "x"
}
"""


def test_data_under_a_schema_of_the_row_is_given_and_mocked_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "tools.jsonl").write_text('{"id": "t", "schema": "{}"}\n')
    assert failures(tmp_path, JSON) == {"objects": (), "one after another": ()}
